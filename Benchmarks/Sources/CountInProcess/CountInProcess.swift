import Glibc
import Ordinal
import OrdinalSQLite
import Synchronization

/// What a number costs inside a program: `CountInProcess atomic|handle|run THREADS MILLIONS DATABASE`.
///
/// Every thread takes so many millions of numbers of one shared sequence. Prints the nanoseconds per number: the time that
/// passed, divided by the numbers of all threads together.
@main
struct CountInProcess {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 4, let threads = Int(arguments[1]), (1...64).contains(threads),
            let millions = Int(arguments[2]), (1...10_000).contains(millions)
        else { endWithUsage() }
        let count = millions * 1_000_000
        let elapsed: Duration
        switch arguments[0] {
        case "atomic":
            let counter = Counter()
            elapsed = try await time(threads) { counter.take(count) }
        case "handle":
            elapsed = try await withSequence(arguments[3]) { sequence in
                try await time(threads) { try await sequence.take(count) }
            }
        case "run":
            elapsed = try await withSequence(arguments[3]) { sequence in
                try await time(threads) { try await sequence.takeAllotments(count) }
            }
        default: endWithUsage()
        }
        print(elapsed / .nanoseconds(1) / Double(count * threads))
    }

    private static func endWithUsage() -> Never {
        print("usage: CountInProcess atomic|handle|run THREADS MILLIONS DATABASE")
        exit(64)
    }

    /// How long it takes that so many threads each do `work`.
    private static func time(
        _ threads: Int, _ work: @escaping @concurrent @Sendable () async throws -> Void
    ) async throws -> Duration {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for _ in 0..<threads { tasks.addTask { try await work() } }
            try await tasks.waitForAll()
        }
        return start.duration(to: .now)
    }

    private static func withSequence(
        _ path: String, _ body: (SharedSequence) async throws -> Duration
    ) async throws -> Duration {
        let store = try SQLiteStore.open(path: path)
        let sequencer = Sequencer(store: store)
        let sequence = SharedSequence(name: try SequenceName("bench"), sequencer: sequencer)
        // So that the size of segments is that of the rate that is measured.
        try await sequence.take(20_000_000)
        let elapsed = try await body(sequence)
        _ = await sequencer.shutDown(within: .seconds(10))
        await store.close()
        return elapsed
    }
}

/// The bare minimum of a shared, ordered sequence.
private final class Counter: Sendable {
    private let number = Atomic<Int64>(0)

    func take(_ count: Int) {
        var sum: Int64 = 0
        for _ in 0..<count { sum ^= number.wrappingAdd(1, ordering: .relaxed).newValue }
        consume(sum)
    }
}

/// One sequence that all threads share.
private struct SharedSequence: Sendable {
    let name: SequenceName
    let sequencer: Sequencer

    /// One after the other, through a handle.
    func take(_ count: Int) async throws {
        var handle = sequencer.handle(name, creates: true)
        var sum: Int64 = 0
        for _ in 0..<count {
            // One that is not at hand has to be waited for.
            if let number = handle.take() { sum ^= number } else { sum ^= try await handle.next() }
        }
        consume(sum)
    }

    /// Ten thousand at a time, and then one after the other.
    func takeAllotments(_ count: Int) async throws {
        var sum: Int64 = 0
        for _ in 0..<count / 10_000 {
            var numbers = try await sequencer.allot(name, count: 10_000, creates: true)
            while let number = numbers.take() { sum ^= number }
        }
        consume(sum)
    }
}

/// Uses a number, as far as the compiler can tell.
@inline(never) @_optimize(none)
private func consume(_ number: Int64) {}
