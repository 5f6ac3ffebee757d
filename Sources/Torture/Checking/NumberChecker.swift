/// Looks at every number that is received: whether it is new, and whether it is above those known when it was asked for.
///
/// One checker sees all connections to all nodes, in the order in which requests are sent and replies are received.
struct NumberChecker: Sendable {
    /// So much memory at most, in pages of two kilobytes.
    static let maximumPages = 200_000

    private var seen: [NumberSet]
    /// By node and sequence, the highest number received.
    private var highest: [Int64]
    /// By sequence, how many numbers were found missing before.
    private var knownMissing: [Int64]
    private let sequences: Int
    /// How many numbers were received.
    private(set) var numbers: Int64 = 0
    private(set) var violations = ViolationLog()

    init(nodes: Int, sequences: Int) {
        self.sequences = sequences
        seen = Array(repeating: NumberSet(), count: sequences)
        highest = Array(repeating: 0, count: nodes * sequences)
        knownMissing = Array(repeating: 0, count: sequences)
    }

    /// What the reply to a request that is sent now has to be above.
    func floor(node: Int, sequence: Int) -> Int64 { highest[node * sequences + sequence] }

    /// Takes down a run of numbers, most often of one.
    ///
    /// - Parameters:
    ///   - floor: What ``floor(node:sequence:)`` was when the request was sent.
    ///   - last: The last number of this sequence on this connection.
    ///   - story: Where it came from, for a violation.
    mutating func receive(
        _ run: ClosedRange<Int64>, of sequence: Int, node: Int, floor: Int64, after last: Int64, at second: Double,
        story: @autoclosure () -> String
    ) {
        numbers += Int64(run.count)
        if let number = seen[sequence].insert(run) {
            violations.add(.repeat, at: second, "\(number) of \(story()) was received before")
        }
        if run.lowerBound <= last {
            violations.add(.order, at: second, "\(run.lowerBound) of \(story()) came after \(last) on one connection")
        } else if run.lowerBound <= floor {
            violations.add(
                .order, at: second, "\(run.lowerBound) of \(story()) was asked for when the node had sent \(floor)")
        }
        let index = node * sequences + sequence
        highest[index] = max(highest[index], run.upperBound)
    }

    /// Checks that of a sequence whose first number is 1 nothing is missing that was there when it was asked before.
    mutating func expectNoHoles(in sequence: Int, name: String, at second: Double) {
        let set = seen[sequence]
        guard let bounds = set.bounds else { return }
        let missing = set.holes + bounds.lowerBound - 1
        let new = missing - knownMissing[sequence]
        knownMissing[sequence] = missing
        guard new > 0 else { return }
        let first = bounds.lowerBound > 1 ? 1 : set.firstHole ?? bounds.lowerBound
        violations.add(
            .gap, at: second, count: new,
            "\(new) numbers of \(name) up to \(bounds.upperBound) were left out by a clean stop, the first is \(first)"
        )
    }

    /// How many numbers were left out of these sequences.
    func holes(in sequences: Range<Int>) -> Int64 { sequences.reduce(0) { $0 + seen[$1].holes } }

    /// Whether there is no memory left to check more.
    var isFull: Bool { seen.reduce(0) { $0 + $1.pagesWithBits } > Self.maximumPages }

    /// Takes down what others saw.
    mutating func violate(_ kind: Violation.Kind, at second: Double, _ text: String) {
        violations.add(kind, at: second, text)
    }
}
