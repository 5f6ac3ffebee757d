import NIOCore
import RESP

/// A request means the same however its bytes arrive, is never more than the limits allow, and can be written again.
enum RequestsProperty {
    static func check(_ input: [UInt8]) throws {
        let narrow = RequestLimits(maxArguments: 5, maxBulkLength: 40, maxInlineLength: 30, maxRequestLength: 120)
        for limits in [RequestLimits(), narrow] {
            let (whole, split) = Delivery.all(of: input)
            let expected = try Requests(whole, limits)
            for delivery in split {
                let found = try Requests(delivery, limits)
                try require(
                    found.isSame(as: expected), "\(expected) at once, \(found) in \(delivery.pieces.map(\.count))")
            }
            try checkLimits(expected, limits)
        }
        let requests = try Requests(Delivery.all(of: input).whole, RequestLimits()).requests
        for request in requests { try checkWriting(request) }
    }

    private static func checkLimits(_ found: Requests, _ limits: RequestLimits) throws {
        for request in found.requests {
            try require((1...limits.maxArguments).contains(request.count), "\(request.count) arguments")
            let longest = max(limits.maxBulkLength, limits.maxInlineLength)
            try require(request.allSatisfy { $0.count <= longest }, "an argument above the limit: \(request)")
        }
    }

    private static func checkWriting(_ request: [[UInt8]]) throws {
        var buffer = ByteBuffer()
        buffer.writeRequest(request)
        let written = Delivery(pieces: [buffer.readableBytesView.asArray[...]], discards: false)
        let again = try Requests(written, RequestLimits())
        try require(again.requests == [request] && again.error == nil, "\(request) was read as \(again)")
        for argument in request {
            let text = String(decoding: argument, as: UTF8.self)
            let number = Int64(text).flatMap { "\($0)" == text ? $0 : nil }
            let found = argument.span.bytes.decimalInteger
            try require(found == number, "\(text) is \(String(describing: found))")
        }
    }
}

/// What a parser made of some bytes.
private struct Requests: CustomStringConvertible {
    private(set) var requests: [[[UInt8]]] = []
    private(set) var error: ProtocolError?
    private var left: [UInt8] = []

    init(_ delivery: Delivery, _ limits: RequestLimits) throws(Finding) {
        var parser = RequestParser(limits: limits)
        /// How many requests are the same as one before, and up to where.
        var repetitions: [(from: Int, count: Int)] = []
        var found: [[[UInt8]]] = []
        // A header may follow what the limit allows.
        let longestWait = max(limits.maxRequestLength + 40, limits.maxInlineLength + 1)
        do {
            left = try delivery.deliver { buffer throws(Interruption) in
                do throws(ProtocolError) {
                    while let length = try parser.parse(&buffer) {
                        let repeated = buffer.readableBytesSpan.repetitions(of: length, limit: 1_000)
                        repetitions.append((found.count, repeated))
                        found.append(Self.arguments(parser, length, buffer))
                        buffer.moveReaderIndex(forwardBy: length)
                    }
                } catch {
                    throw .wrong(error)
                }
                guard buffer.readableBytes <= longestWait else { throw .waiting(buffer.readableBytes) }
            }.readableBytesView.asArray
        } catch {
            switch error {
            case .wrong(let problem): self.error = problem
            case .waiting(let count): throw Finding(description: "\(count) bytes wait for more: \(limits)")
            }
        }
        requests = found
        for (first, count) in repetitions where first + count <= found.count {
            let same = found[first..<first + count].allSatisfy { $0 == found[first] }
            try require(same, "\(count) requests from \(first) on are not the same: \(self)")
        }
    }

    private enum Interruption: Error {
        case wrong(ProtocolError)
        case waiting(Int)
    }

    private static func arguments(_ parser: borrowing RequestParser, _ length: Int, _ buffer: ByteBuffer) -> [[UInt8]] {
        let bytes = Array(buffer.readableBytesView.prefix(length))
        return (0..<parser.argumentCount).map { Array(bytes[parser.argument($0)]) }
    }

    /// What is left over after an error depends on when it was found.
    func isSame(as other: Requests) -> Bool {
        requests == other.requests && error == other.error && (error != nil || left == other.left)
    }

    var description: String {
        let texts = requests.map { $0.map { String(decoding: $0, as: UTF8.self) } }
        return "\(texts), \(error.map(String.init(describing:)) ?? "no error"), \(left.count) bytes left"
    }
}

extension ByteBufferView {
    var asArray: [UInt8] { Array(self) }
}
