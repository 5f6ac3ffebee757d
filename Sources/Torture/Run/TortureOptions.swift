/// What is tortured, and how.
package struct TortureOptions: Sendable {
    /// A promise that is broken on purpose, to see that the check notices.
    package enum Sabotage: String, Sendable, CaseIterable {
        /// A sequence begins anew from its first number, so that numbers come again.
        case `repeat`
        /// A sequence begins anew where none of its numbers was yet, below those it had reached.
        case order
        /// Numbers are left out before a clean stop.
        case lose
    }

    /// The program whose command `serve` runs a node.
    package var program: String
    /// The store's location, as `serve` takes it.
    package var store: String
    /// For how long, from 5 seconds to a day.
    package var duration = Duration.seconds(60)
    /// How many nodes, from 1 to 16. On SQLite there is one, whatever this says.
    package var nodes = 3
    /// How many connections to each node, from 1 to 1,000.
    package var connections = 8
    /// How many sequences, from 1 to 10,000.
    package var sequences = 8
    /// How many requests are on their way on a connection at most, from 1 to 1,000.
    package var pipeline = 16
    /// Decides which faults come, how long they last and what is asked. When a node answers it does not decide.
    package var seed: UInt64
    /// Further settings of the nodes, such as `segment.max=1000`.
    package var settings: [String] = []
    /// How long a node lets a request wait; ``settings`` have to say the same if it is not 5 seconds.
    package var wait = Duration.seconds(5)
    /// Where journals and logs are put; nil: a new directory under `/tmp`.
    package var directory: String?
    /// What is broken on purpose.
    package var sabotage: Sabotage?

    /// A run of a minute with three nodes.
    package init(program: String, store: String, seed: UInt64) {
        self.program = program
        self.store = store
        self.seed = seed
    }

    /// The keys of a node's settings that the run itself decides.
    static let ownKeys = [
        "store", "redis.address", "http.address", "journal.path", "log.path", "log.format", "fallback", "drain",
    ]

    func check() throws(TortureError) {
        func check(_ value: Int, _ range: ClosedRange<Int>, _ what: String) throws(TortureError) {
            guard range.contains(value) else {
                throw TortureError("\(what) must be from \(range.lowerBound) to \(range.upperBound)")
            }
        }
        guard duration >= .seconds(5), duration <= .seconds(86_400) else {
            throw TortureError("the time must be from 5 seconds to a day")
        }
        try check(nodes, 1...16, "the number of nodes")
        try check(connections, 1...1_000, "the number of connections")
        try check(sequences, 1...10_000, "the number of sequences")
        try check(pipeline, 1...1_000, "the number of requests on their way")
        guard !store.isEmpty else { throw TortureError("there is no store: say where it is") }
        for setting in settings {
            let key = String(setting.prefix { $0 != "=" })
            guard key.utf8.count < setting.utf8.count else { throw TortureError("a setting is written key=value") }
            guard !Self.ownKeys.contains(key) else { throw TortureError("\(key) is decided by the run itself") }
        }
    }

    /// SQLite lets one process in.
    var isOneNodeStore: Bool { store.hasPrefix("sqlite:") }
}
