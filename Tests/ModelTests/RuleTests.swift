import Testing

/// The model can fail: without any one of the rules there is a way to break the contract.
@Suite struct RuleTests {
    /// A rule, and how the shortest story without it ends.
    struct Case: Sendable {
        let rule: Rule
        let bound: Bound
        let violation: String
        let steps: Int
    }

    static let cases = [
        Case(
            rule: .writeAhead, bound: Bound(nodes: 1, reservations: 1, events: 0),
            violation: "1 lies above every ceiling that was durable so far, 0", steps: 5),
        Case(
            rule: .stampOnRelease,
            bound: Bound(nodes: 1, reservations: 2, events: 3, kinds: ["evict", "repeatRelease"]),
            violation: "the ceiling fell to 1, and 2 was handed out", steps: 17),
        Case(
            rule: .homeInReservation, bound: Bound(reservations: 2, events: 1, kinds: ["failOver"]),
            violation: "1 was handed out before", steps: 11),
        Case(
            rule: .floorInReservation, bound: Bound(reservations: 4, events: 1, kinds: ["restore"]),
            violation: "3 was handed out before", steps: 17),
        Case(
            rule: .floorInJournal, bound: Bound(nodes: 1, reservations: 2, events: 2, kinds: ["crash", "restore"]),
            violation: "1 was handed out before", steps: 12),
        Case(
            rule: .floorBeforeRelease, bound: Bound(nodes: 1, reservations: 2, events: 2, kinds: ["stop"]),
            violation: "9 numbers are missing, and 8 were counted", steps: 16),
        Case(
            rule: .failoverOffset, bound: Bound(reservations: 2, events: 1, kinds: ["failOver"]),
            violation: "1 was handed out before", steps: 11),
        Case(
            rule: .tombstone, bound: Bound(nodes: 1, reservations: 1, events: 1, kinds: ["delete"]),
            violation: "a life that had ended is back", steps: 8),
        Case(
            rule: .mending, bound: Bound(reservations: 3, events: 1, kinds: ["failOver"]),
            violation: "1 was handed out before", steps: 15),
        Case(
            rule: .cutBySet, bound: Bound(nodes: 1, reservations: 1, events: 1, kinds: ["set"]),
            violation: "1 does not lie above 1", steps: 8),
    ]

    @Test(arguments: cases)
    func withoutARuleTheContractBreaks(example: Case) {
        let report = explore(example.bound, without: example.rule)
        let story = story(of: report, example.bound, without: example.rule)
        #expect(report.counterExample?.violation == example.violation, "\(story)")
        #expect(report.counterExample?.steps.count == example.steps, "\(story)")
    }

    @Test func everyRuleHasItsCase() {
        #expect(Set(Self.cases.map(\.rule)) == Set(Rule.allCases))
    }
}
