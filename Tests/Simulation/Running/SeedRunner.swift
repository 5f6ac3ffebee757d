import Foundation
import NIOConcurrencyHelpers

/// Runs the scenarios of many seeds, on a thread per processor.
public final class SeedRunner: Sendable {
    /// What came of the seeds that were run.
    public struct Report: Sendable {
        /// How many seeds were run.
        public internal(set) var seeds = 0
        public internal(set) var numbers = 0
        public internal(set) var steps = 0
        public internal(set) var coverage = Coverage()
        /// Which seeds failed, lowest first, and how.
        public internal(set) var failures: [(seed: UInt64, violation: Violation)] = []
    }

    private struct State {
        var next: UInt64
        var report = Report()
        var working: Int
    }

    private let end: UInt64
    private let failureLimit: Int
    private let repeats: Int
    private let threads: Int
    private let deadline: ContinuousClock.Instant?
    private let state: NIOLockedValueBox<State>

    /// - Parameters:
    ///   - seeds: Which seeds.
    ///   - threads: How many seeds to run at once; nil: one per processor.
    ///   - timeLimit: After how long to stop, with fewer seeds; nil: never.
    ///   - failureLimit: After how many failures to stop.
    ///   - repeats: Each seed whose number this divides is run twice, and both runs must be the same; 0: none.
    public init(
        seeds: Range<UInt64>, threads: Int? = nil, timeLimit: Duration? = nil, failureLimit: Int = 1,
        repeats: Int = 100
    ) {
        end = seeds.upperBound
        deadline = timeLimit.map { .now + $0 }
        self.failureLimit = failureLimit
        self.repeats = repeats
        self.threads = max(1, threads ?? ProcessInfo.processInfo.activeProcessorCount)
        state = NIOLockedValueBox(State(next: seeds.lowerBound, working: self.threads))
    }

    /// Runs the seeds, and blocks the calling thread until they are through.
    ///
    /// - Parameter progress: Is called about once a second.
    public func run(progress: (Report) -> Void = { _ in }) -> Report {
        for index in 0..<threads {
            let thread = Thread { self.work(index) }
            thread.stackSize = 8 << 20
            thread.start()
        }
        var waited = 0
        while state.withLockedValue({ $0.working > 0 }) {
            Thread.sleep(forTimeInterval: 0.02)
            waited += 1
            if waited % 50 == 0 { progress(state.withLockedValue(\.report)) }
        }
        var report = state.withLockedValue(\.report)
        report.failures.sort { $0.seed < $1.seed }
        return report
    }

    private func work(_ index: Int) {
        while let seed = take() {
            CrashNote.isRunning(seed, on: index)
            let scenario = Scenario(seed: seed)
            let outcome = scenario.run()
            var violation = outcome.violation
            if violation == nil, repeats > 0, seed % UInt64(repeats) == 0,
                scenario.run().fingerprint != outcome.fingerprint
            {
                violation = Violation(rule: .contained, text: "a second run of the seed was another one")
            }
            state.withLockedValue { state in
                state.report.seeds += 1
                state.report.numbers += outcome.numbers
                state.report.steps += outcome.steps
                state.report.coverage.add(outcome.coverage)
                if let violation { state.report.failures.append((seed, violation)) }
            }
        }
        CrashNote.isRunning(.max, on: index)
        state.withLockedValue { $0.working -= 1 }
    }

    private func take() -> UInt64? {
        if let deadline, deadline < .now { return nil }
        return state.withLockedValue { state in
            guard state.next < end, state.report.failures.count < failureLimit else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }
}
