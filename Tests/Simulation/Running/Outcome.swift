/// What came of one run.
public struct Outcome: Sendable {
    /// The promise that was broken, if one was.
    public let violation: Violation?
    /// Equal for two runs that were the same in every step.
    public let fingerprint: UInt64
    public let coverage: Coverage
    /// How many steps it took.
    public let steps: Int
    /// How many numbers were checked.
    public let numbers: Int
    /// What happened, if it was asked for.
    public let story: [String]
}

extension Scenario {
    /// Lets the scenario happen to the engine. The same scenario always comes to the same end.
    ///
    /// Call it on a thread that may be kept busy: everything happens there.
    public func run(tellsStory: Bool = false) -> Outcome {
        let world = World(self, tellsStory: tellsStory)
        world.run()
        return Outcome(
            violation: world.contract.violation, fingerprint: world.scheduler.fingerprint, coverage: world.coverage,
            steps: world.scheduler.steps, numbers: world.coverage[.numbers], story: world.story ?? [])
    }

    /// The smallest scenario found that breaks the same promise: events are left out as long as it still does.
    ///
    /// - Parameter rule: The promise.
    public func shrunk(breaking rule: Violation.Rule) -> Scenario {
        var smallest = self
        var size = max(1, events.count / 2)
        while true {
            var start = 0
            var hasShrunk = false
            while start < smallest.events.count {
                var candidate = smallest
                candidate.events.removeSubrange(start..<min(start + size, candidate.events.count))
                if candidate.run().violation?.rule == rule {
                    smallest = candidate
                    hasShrunk = true
                } else {
                    start += size
                }
            }
            if size == 1, !hasShrunk { return smallest }
            if !hasShrunk || size > 1 { size = max(1, size / 2) }
        }
    }
}
