import Testing

@testable import Ordinal

@Suite struct RandomChainTests {
    typealias Plan = RandomWorld.Plan

    /// Runs many seeds, and names the first that breaks the contract.
    private func run(_ plan: Plan, seeds: Range<UInt64>) {
        for seed in seeds {
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

    @Test func severalNodesWithEveryFault() {
        run(Plan(), seeds: 0..<1_500)
    }

    @Test func oneNodeWithEveryFault() {
        var plan = Plan()
        plan.nodes = 1
        run(plan, seeds: 0..<1_500)
    }

    @Test func oneNodeWithoutFaultsLeavesNoGap() {
        var plan = Plan()
        plan.nodes = 1
        plan.isFaulty = false
        plan.crashes = false
        plan.goesBack = false
        plan.movesForward = false
        plan.changesLives = false
        run(plan, seeds: 0..<1_000)
    }

    @Test func everyGapIsCounted() {
        var plan = Plan()
        plan.goesBack = false
        run(plan, seeds: 0..<1_500)
    }

    @Test func withAnIncrementAndAMaximum() {
        var plan = Plan()
        plan.increment = 7
        plan.maximum = 4_000
        plan.goesBack = false
        run(plan, seeds: 0..<1_000)
    }

    @Test func withoutAJournal() {
        var plan = Plan()
        plan.hasJournal = false
        run(plan, seeds: 0..<1_000)
    }
}
