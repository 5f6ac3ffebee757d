import Foundation
import Testing

@testable import Simulation

@Suite struct SimulationTests {
    /// In CI: some thousands of seeds, or as many as there is time for.
    @Test func seedsKeepTheContract() async throws {
        let seeds = ProcessInfo.processInfo.environment["ORDINAL_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 2_500
        let report = await onThread {
            SeedRunner(seeds: 0..<seeds, timeLimit: .seconds(45), repeats: 50).run()
        }
        print("\(report.seeds) seeds, \(report.numbers) numbers checked in \(report.steps) steps")
        for failure in report.failures {
            let scenario = Scenario(seed: failure.seed)
            let small = await onThread { scenario.shrunk(breaking: failure.violation.rule).run(tellsStory: true) }
            Issue.record(
                """
                seed \(failure.seed): \(failure.violation); replay: scripts/simulate --seed \(failure.seed)
                \(small.story.joined(separator: "\n"))
                """)
        }
        // What never happens proves nothing. So few seeds need not reach everything that many do.
        if report.seeds >= 1_000 {
            let missing = Coverage.Item.allCases.filter { report.coverage[$0] == 0 && !Self.rare.contains($0) }
            #expect(missing.isEmpty, "never happened in \(report.seeds) seeds")
        }
        #expect(report.seeds >= 50)
    }

    /// What a thousand seeds may do without.
    private static let rare: Set<Coverage.Item> = [.unfinishedStops, .secondLoss]

    @Test(arguments: 0..<40 as Range<UInt64>)
    func aSeedIsTheSameEveryTime(seed: UInt64) async {
        let (first, second) = await onThread {
            (Scenario(seed: seed).run(), Scenario(seed: seed).run(tellsStory: true))
        }
        #expect(first.fingerprint == second.fingerprint)
        #expect(first.steps == second.steps)
        #expect(!second.story.isEmpty)
    }

    @Test func seedsDiffer() async {
        let prints = await onThread { (0..<20 as Range<UInt64>).map { Scenario(seed: $0).run().fingerprint } }
        #expect(Set(prints).count == prints.count)
    }
}

/// A world keeps its thread busy, which must not be one of the tasks' own.
func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        let thread = Thread { continuation.resume(returning: work()) }
        thread.stackSize = 8 << 20
        thread.start()
    }
}
