import Testing

/// The checker itself, on a system small enough to see through.
@Suite struct CheckerTests {
    /// A counter that goes up by one or by two. From `trap` it goes nowhere.
    struct Counter: TransitionSystem {
        var limit = 20
        var forbidden: Int?
        var trap: Int?

        var initial: Int { 0 }
        var goals: Int { 1 }
        func steps(from state: Int) -> [Int] { state >= limit || state == trap ? [] : [1, 2] }
        func take(_ step: Int, from state: Int) -> Int { state + step }
        func key(of state: Int) -> [UInt8] { [UInt8(state)] }
        func violation(in state: Int) -> String? { state == forbidden ? "\(state) is reached" : nil }
        func isProgress(_ step: Int) -> Bool { true }
        func reaches(_ goal: Int, from state: Int, to next: Int) -> Bool { next >= limit }
        func reachesBeyondBound(_ goal: Int, from state: Int) -> Bool { state >= limit }
    }

    private func check(_ counter: Counter) -> Checker<Counter>.Report {
        var checker = Checker(counter)
        return checker.run()
    }

    @Test func everyStateAndStepIsSeenOnce() {
        let report = check(Counter())
        #expect(report.states == 22)
        #expect(report.transitions == 40)
        #expect(report.counterExample == nil)
    }

    @Test func theShortestWayToAViolationIsTold() {
        #expect(check(Counter(forbidden: 7)).counterExample?.steps.count == 4)
    }

    @Test func aStateWithoutAWayOnIsFound() {
        let example = check(Counter(trap: 5)).counterExample
        #expect(example?.steps.reduce(0, +) == 5)
        #expect(example?.violation == "goal 0 is out of reach, whatever happens")
    }
}
