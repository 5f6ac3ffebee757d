import Testing

@testable import Ordinal

@Suite struct RandomChainTests {
    typealias Plan = RandomWorld.Plan

    /// Runs many seeds, and names the first that breaks the contract.
    private func run(_ plan: Plan, seeds: Range<UInt64>) async {
        for seed in seeds {
            // Other tests run on the same few threads.
            await Task.yield()
            var world = RandomWorld(plan, seed: seed)
            do { try world.run() } catch {
                var again = RandomWorld(plan, seed: seed)
                again.log = []
                do { try again.run() } catch {}
                let log = (again.log ?? []).suffix(80).joined(separator: "\n")
                Issue.record("seed \(seed): \(error)\n\(log)")
                return
            }
        }
    }

    @Test func severalNodesWithEveryFault() async {
        await run(Plan(), seeds: 0..<500)
    }

    @Test func oneNodeWithEveryFault() async {
        var plan = Plan()
        plan.nodes = 1
        await run(plan, seeds: 0..<500)
    }

    @Test func oneNodeWithoutFaultsLeavesNoGap() async {
        var plan = Plan()
        plan.nodes = 1
        plan.isFaulty = false
        plan.crashes = false
        plan.goesBack = false
        plan.movesForward = false
        plan.changesLives = false
        await run(plan, seeds: 0..<500)
    }

    @Test func everyGapIsCounted() async {
        var plan = Plan()
        plan.goesBack = false
        await run(plan, seeds: 0..<500)
    }

    @Test func withAnIncrementAndAMaximum() async {
        var plan = Plan()
        plan.increment = 7
        plan.maximum = 4_000
        plan.goesBack = false
        await run(plan, seeds: 0..<500)
    }

    @Test func withoutAJournal() async {
        var plan = Plan()
        plan.hasJournal = false
        await run(plan, seeds: 0..<500)
    }
}
