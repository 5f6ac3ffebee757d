import NIOCore
import RESP
import SeededRandom

/// What is asked of the server, over and over.
package struct Workload: Sendable {
    /// What stands in a command for a random number of 12 digits, as in `redis-benchmark`.
    package static let placeholder = "__rand_int__"
    /// The highest number of different random numbers.
    package static let maximumSequences = 1_000_000_000

    /// How many sequences are asked for; 1 if the command is always the same.
    let sequences: Int
    /// The whole request. All commands have the same length.
    let request: [UInt8]
    /// Where in it the 12 digits belong.
    let places: [Int]

    /// A workload of one command.
    ///
    /// - Parameters:
    ///   - command: The command as it is typed: words with blanks between them, quotes as in `redis-cli`.
    ///   - sequences: How many random numbers there are for ``placeholder``, from 1 to ``maximumSequences``.
    package init(command: String, sequences: Int = 1) throws(LoadError) {
        guard (1...Self.maximumSequences).contains(sequences) else {
            throw LoadError("the number of sequences must be from 1 to \(Self.maximumSequences)")
        }
        self.sequences = sequences
        var buffer = ByteBuffer()
        buffer.writeRequest(try Self.arguments(of: command))
        let request = Array(buffer.readableBytesView)
        let placeholder = Array(Self.placeholder.utf8)
        places = request.indices.filter { request[$0...].starts(with: placeholder) }
        self.request = request
        guard sequences == 1 || !places.isEmpty else {
            throw LoadError("several sequences need a command with \(Self.placeholder) in it")
        }
    }

    private static func arguments(of command: String) throws(LoadError) -> [[UInt8]] {
        // Not taken for the protocol's own form, nor for several commands.
        guard !command.utf8.contains(where: { $0 == 0x0A || $0 == 0x0D }), !command.hasPrefix("*") else {
            throw LoadError("a command is one line of words")
        }
        var parser = RequestParser()
        var line = ByteBuffer(string: command + "\n")
        let length: Int?
        do throws(ProtocolError) { length = try parser.parse(&line) } catch {
            throw LoadError("the command cannot be understood: \(error)")
        }
        guard length != nil else { throw LoadError("the command is empty") }
        return (0..<parser.argumentCount).map { index in
            let range = parser.argument(index)
            return line.getBytes(at: line.readerIndex + range.lowerBound, length: range.count) ?? []
        }
    }
}

/// Writes the requests of a workload.
struct RequestWriter: Sendable {
    private let workload: Workload
    private var random: SeededRandom

    init(_ workload: Workload, seed: UInt64) {
        self.workload = workload
        random = SeededRandom(seed: seed)
    }

    /// Writes the next request.
    ///
    /// - Returns: Which of the sequences it asks for.
    mutating func write(into buffer: inout ByteBuffer) -> Int {
        guard !workload.places.isEmpty else {
            buffer.writeBytes(workload.request)
            return 0
        }
        let sequence = random.next(below: workload.sequences)
        let request = workload.request
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: request.count) { bytes in
            bytes.copyBytes(from: request)
            for place in workload.places {
                var rest = sequence
                // A place is where the 12 bytes of the placeholder are.
                for index in stride(from: place + 11, through: place, by: -1) {
                    bytes[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
            }
            return request.count
        }
        return sequence
    }
}
