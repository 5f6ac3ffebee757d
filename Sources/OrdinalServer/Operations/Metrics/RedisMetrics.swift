import NIOCore
import PrometheusMetrics

/// What the Redis front counts. A connection counts by itself and adds it up once per packet.
struct RedisMetrics: Sendable {
    /// What a connection did since it was last added up.
    struct Batch: Sendable {
        /// The last command in a row of the same kind, and how many there were.
        fileprivate var last: Kind?
        fileprivate var count = 0
        /// How many commands there were in all.
        fileprivate(set) var commands = 0
        /// How many numbers were handed out.
        var numbers: Int64 = 0
    }

    /// A command, by its place in the table; nil: one that is not there.
    struct Kind: Hashable, Sendable {
        let index: Int?
        let isError: Bool
    }

    private let ok: [PrometheusCounter]
    private let failed: [PrometheusCounter]
    private let unknown: PrometheusCounter
    private let duration: PrometheusHistogram
    let numbers: PrometheusCounter

    init(_ registry: PrometheusRegistry, table: CommandTable = .all) {
        func counter(_ command: String, _ outcome: String) -> PrometheusCounter {
            registry.counter(
                "ordinal_commands_total", labels: [("command", command), ("outcome", outcome)],
                help: "Commands of Redis clients.")
        }
        let names = table.commands.map { "\($0.name)".lowercased() }
        ok = names.map { counter($0, "ok") }
        failed = names.map { counter($0, "error") }
        unknown = counter("unknown", "error")
        duration = registry.histogram(
            "ordinal_command_duration_seconds", help: "From the arrival of a command to its reply.")
        numbers = .issued(by: "redis", registry)
    }

    /// Counts commands of a connection.
    func count(_ kind: Kind, times: Int = 1, in batch: inout Batch) {
        batch.commands += times
        guard batch.last != kind else {
            batch.count += times
            return
        }
        add(batch)
        batch.last = kind
        batch.count = times
    }

    /// Adds up what a connection did since `arrival`.
    func finish(_ batch: inout Batch, since arrival: NIODeadline) {
        guard batch.commands > 0 else { return }
        add(batch)
        duration.record(nanoseconds: (NIODeadline.now() - arrival).nanoseconds, count: batch.commands)
        if batch.numbers > 0 { numbers.increment(by: batch.numbers) }
        batch = Batch()
    }

    private func add(_ batch: Batch) {
        guard let last = batch.last else { return }
        guard let index = last.index else { return unknown.increment(by: batch.count) }
        (last.isError ? failed : ok)[index].increment(by: batch.count)
    }

    /// How many commands there were.
    var commands: Int64 { (ok + failed + [unknown]).reduce(0) { $0 + $1.whole } }
}

extension PrometheusCounter {
    /// Counts the numbers that a front handed out.
    static func issued(by front: String, _ registry: PrometheusRegistry) -> PrometheusCounter {
        registry.counter("ordinal_numbers_issued_total", labels: [("front", front)], help: "Numbers handed out.")
    }
}
