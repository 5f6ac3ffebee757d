/// Visits every state of a system, breadth first, so that the first violation found is one with the fewest steps.
struct Checker<System: TransitionSystem> {
    struct CounterExample {
        let violation: String
        let steps: [System.Step]
    }

    struct Report {
        var states = 0
        var transitions = 0
        /// The length of the longest of the shortest ways to a state.
        var depth = 0
        var counterExample: CounterExample?
    }

    /// How a state was first reached, and where counted steps lead from it.
    private struct Visit {
        let parent: Int32
        let step: System.Step?
        /// One bit for each goal that is within reach.
        var goals: UInt8 = 0
    }

    let system: System
    /// Whether to check that every goal stays within reach.
    var checksProgress = true

    private var visits: [Visit] = []
    private var seen: [[UInt8]: Int32] = [:]
    private var edges: [(from: Int32, to: Int32)] = []
    private var report = Report()

    init(_ system: System, checksProgress: Bool = true) {
        self.system = system
        self.checksProgress = checksProgress
    }

    /// Explores until there is nothing new or something is wrong.
    mutating func run() -> Report {
        var frontier = [(visit(system.initial, from: -1, by: nil).index, system.initial)]
        while !frontier.isEmpty, report.counterExample == nil {
            var next: [(Int32, System.State)] = []
            for (index, state) in frontier where report.counterExample == nil {
                for step in system.steps(from: state) {
                    report.transitions += 1
                    let following = system.take(step, from: state)
                    let (to, isNew) = visit(following, from: index, by: step)
                    if report.counterExample != nil { break }
                    if isNew { next.append((to, following)) }
                    if checksProgress, system.isProgress(step) {
                        edges.append((index, to))
                        mark(index) { [system] in system.reaches($0, from: state, to: following) }
                    }
                }
                if checksProgress { mark(index) { [system] in system.reachesBeyondBound($0, from: state) } }
            }
            if !next.isEmpty { report.depth += 1 }
            frontier = next
        }
        report.states = visits.count
        if checksProgress, report.counterExample == nil { checkProgress() }
        return report
    }

    /// Notes a state, if it is new, and what is wrong with it: a wrong one may look like another that is not.
    private mutating func visit(
        _ state: System.State, from parent: Int32, by step: System.Step?
    ) -> (index: Int32, isNew: Bool) {
        let key = system.key(of: state)
        let violation = system.violation(in: state)
        if violation == nil, let known = seen[key] { return (known, false) }
        let index = Int32(visits.count)
        visits.append(Visit(parent: parent, step: step))
        seen[key] = index
        if let violation {
            report.counterExample = CounterExample(violation: violation, steps: way(to: index))
        }
        return (index, true)
    }

    private mutating func mark(_ index: Int32, _ isReached: (Int) -> Bool) {
        for goal in 0..<system.goals where visits[Int(index)].goals & 1 << goal == 0 && isReached(goal) {
            visits[Int(index)].goals |= 1 << goal
        }
    }

    /// Carries what is within reach back along the steps, until nothing changes.
    private mutating func checkProgress() {
        var changed = true
        while changed {
            changed = false
            for (from, to) in edges.reversed() {
                let goals = visits[Int(from)].goals | visits[Int(to)].goals
                guard goals != visits[Int(from)].goals else { continue }
                visits[Int(from)].goals = goals
                changed = true
            }
        }
        let all = UInt8(1 << system.goals) - 1
        guard let stuck = visits.firstIndex(where: { $0.goals != all }) else { return }
        let goal: Int = (0..<system.goals).first { visits[stuck].goals & 1 << $0 == 0 } ?? 0
        report.counterExample = CounterExample(
            violation: "goal \(goal) is out of reach, whatever happens", steps: way(to: Int32(stuck)))
    }

    private func way(to index: Int32) -> [System.Step] {
        var (steps, index): ([System.Step], Int32) = ([], index)
        while index >= 0 {
            if let step = visits[Int(index)].step { steps.append(step) }
            index = visits[Int(index)].parent
        }
        return steps.reversed()
    }
}
