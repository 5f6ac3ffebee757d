import NIOCore
import RESP
import SeededRandom

/// How some bytes reach a parser.
enum Delivery: Hashable, Sendable, CustomStringConvertible {
    case allAtOnce
    case oneByOne
    case randomPieces(seed: UInt64)

    static let all: [Delivery] = [.allAtOnce, .oneByOne] + (1...20).map { .randomPieces(seed: $0) }

    var description: String {
        switch self {
        case .allAtOnce: "all at once"
        case .oneByOne: "one by one"
        case .randomPieces(let seed): "random pieces, seed \(seed)"
        }
    }

    /// Cuts `bytes` into pieces.
    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .allAtOnce: return [bytes]
        case .oneByOne: return bytes.map { [$0] }
        case .randomPieces(let seed):
            var generator = SeededRandom(seed: seed)
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...12, using: &generator))
                pieces.append(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            return pieces
        }
    }
}

/// What a parser of requests made of some bytes.
struct Requests: Equatable {
    var requests: [[String]] = []
    var error: ProtocolError?
    /// The bytes left over, which wait for more.
    var rest = 0

    /// Parses `bytes` as a server does.
    init(parsing bytes: [UInt8], limits: RequestLimits = RequestLimits(), delivery: Delivery = .allAtOnce) {
        var parser = RequestParser(limits: limits)
        var buffer = ByteBuffer()
        do throws(ProtocolError) {
            for piece in delivery.pieces(of: bytes) {
                buffer.writeBytes(piece)
                while let length = try parser.parse(&buffer) {
                    requests.append(Self.arguments(of: parser, in: buffer))
                    buffer.moveReaderIndex(forwardBy: length)
                }
            }
            rest = buffer.readableBytes
        } catch {
            self.error = error
        }
    }

    init(parsing text: String, limits: RequestLimits = RequestLimits(), delivery: Delivery = .allAtOnce) {
        self.init(parsing: Array(text.utf8), limits: limits, delivery: delivery)
    }

    /// The arguments of a complete request, one character per byte so that none is lost in UTF-8 repairs.
    static func arguments(of parser: borrowing RequestParser, in buffer: ByteBuffer) -> [String] {
        var arguments: [String] = []
        for index in 0..<parser.argumentCount {
            let bytes = buffer.readableBytesSpan.extracting(parser.argument(index))
            arguments.append(bytes.withUnsafeBytes { String(String.UnicodeScalarView($0.map { UnicodeScalar($0) })) })
        }
        return arguments
    }
}
