import Testing

/// Where the contract ends: beyond it the checker finds the repetition that the documentation says there is.
@Suite struct BoundaryTests {
    @Test func storeAndJournalRestoredTogetherRepeatNumbers() {
        let bound = Bound(nodes: 1, reservations: 2, events: 2, restoresTogether: true)
        let report = explore(bound)
        #expect(report.counterExample?.violation == "1 was handed out before", "\(story(of: report, bound))")
        #expect(report.counterExample?.steps.map(\.kind).contains("restoreTogether") == true)
    }

    /// `ordinal advance --all --by N`, before numbers are taken.
    @Test func anAdvanceAfterThatMakesItGood() {
        let bound = Bound(
            nodes: 1, reservations: 2, events: 2, restoresTogether: true, operatorAdvances: true)
        let report = explore(bound)
        #expect(report.counterExample == nil, "\(story(of: report, bound))")
    }

    /// A restore that no node has noticed: one never had the sequence, or lost its journal.
    @Test func aRestoreThatNotEveryNodeCanSeeRepeatsNumbers() {
        let bound = Bound(reservations: 2, events: 1, keepsContract: false)
        let report = explore(bound)
        #expect(report.counterExample?.violation == "1 was handed out before", "\(story(of: report, bound))")
        #expect(report.counterExample?.steps.map(\.kind).contains("restore") == true)
    }
}
