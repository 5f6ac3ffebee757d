import NIOCore
import RESP
import SeededRandom

/// Which commands are sent.
enum CommandMix: Sendable {
    /// `GET` and `INCR` only: a clean stop leaves out no number of these, while runs and rows of numbers may.
    case single
    /// These, `INCRBY` and `MGET`.
    case all
}

/// A request that is on its way, and what its reply has to be above.
struct Request {
    /// The first sequence that it asks for.
    let sequence: Int
    /// How many numbers of it, in one run.
    let run: Int64
    /// What the number of the first sequence has to be above.
    let floor: Int64
    /// When it was sent, in nanoseconds.
    let sent: Int64
    /// What `MGET` asks for after the first sequence, and what it has to be above.
    var more: [(sequence: Int, floor: Int64)] = []
    /// Whether the reply is an array.
    var isRow = false

    /// How many numbers it may have to wait for, one after the other.
    var waits: Int64 { Int64(more.count + 1) }
}

/// Writes requests for sequences whose names are known.
struct RequestWriter: Sendable {
    /// The longest run that is asked for.
    static let longestRun = 500

    private let get: [UInt8] = Array("GET".utf8)
    private let increment: [UInt8] = Array("INCR".utf8)
    private let incrementBy: [UInt8] = Array("INCRBY".utf8)
    private let multiple: [UInt8] = Array("MGET".utf8)
    private let names: [[UInt8]]

    init(names: [String]) { self.names = names.map { Array($0.utf8) } }

    /// Writes a request, chosen at random.
    ///
    /// - Parameters:
    ///   - sequences: Which may be asked for; not empty.
    ///   - floor: What a number of a sequence has to be above.
    func write(
        _ mix: CommandMix, of sequences: Range<Int>, at now: Int64, _ random: inout SeededRandom,
        into buffer: inout ByteBuffer, floor: (Int) -> Int64
    ) -> Request {
        let sequence = pick(sequences, &random)
        let choice = random.next(below: mix == .all ? 100 : 90)
        switch choice {
        case 90..<95:
            let run = Int64(1 + random.next(below: Self.longestRun))
            buffer.writeRequest([incrementBy, names[sequence], Array("\(run)".utf8)])
            return Request(sequence: sequence, run: run, floor: floor(sequence), sent: now)
        case 95...:
            var request = Request(sequence: sequence, run: 1, floor: floor(sequence), sent: now, isRow: true)
            for _ in 0..<random.next(below: 4) {
                let other = pick(sequences, &random)
                request.more.append((other, floor(other)))
            }
            buffer.writeRequest([multiple, names[sequence]] + request.more.map { names[$0.sequence] })
            return request
        default:
            buffer.writeRequest([choice < 45 ? get : increment, names[sequence]])
            return Request(sequence: sequence, run: 1, floor: floor(sequence), sent: now)
        }
    }

    private func pick(_ sequences: Range<Int>, _ random: inout SeededRandom) -> Int {
        sequences.lowerBound + random.next(below: sequences.count)
    }
}
