import Testing

@testable import Simulation

@Suite struct ShrinkingTests {
    /// A store that does not notice that it is another server repeats numbers: that is found, replays, and shrinks.
    @Test func aBrokenStoreIsCaughtAndItsStoryIsShort() async throws {
        let found = await onThread { () -> (Scenario, Violation)? in
            for seed in 0..<2_000 as Range<UInt64> {
                var scenario = Scenario(seed: seed)
                scenario.hidesHome = true
                if let violation = scenario.run().violation { return (scenario, violation) }
            }
            return nil
        }
        let (scenario, violation) = try #require(found)
        let (small, outcome) = await onThread {
            let small = scenario.shrunk(breaking: violation.rule)
            return (small, small.run(tellsStory: true))
        }
        #expect(outcome.violation?.rule == violation.rule)
        #expect(small.eventCount <= min(12, scenario.eventCount))
        // No event is left that could be left out.
        for index in small.events.indices {
            var smaller = small
            smaller.events.remove(at: index)
            let outcome = await onThread { [smaller] in smaller.run() }
            #expect(outcome.violation?.rule != violation.rule)
        }
        #expect(outcome.story.contains { $0.contains("the store goes back") })
    }

    @Test func theRunnerStopsAtAFailure() async {
        let report = await onThread { SeedRunner(seeds: 0..<30, threads: 2, repeats: 1).run() }
        #expect(report.seeds == 30)
        #expect(report.failures.isEmpty)
        #expect(report.numbers > 0)
    }
}
