import Testing

@testable import Ordinal

/// Found by `ordinal torture`: "the store went back" on a store that never did.
@Suite struct GivenBackFloorTests {
    /// A node gives back a segment of which it used nothing. What lies below that is another node's, and may be given back
    /// by that one too: it is no floor of ours.
    @Test func whatOthersHadBelowASegmentGivenBackIsNoFloor() throws {
        var record = SequenceRecord.sample()
        let one = ChainHarness(record, seed: 1)
        let two = ChainHarness(record, seed: 2)
        one.open()
        let first = one.wait()
        one.reserve()
        #expect(one.claim(first) != .waiting)
        record = one.record

        // The client of the other node is gone before its segment comes.
        two.record = record
        two.open()
        let gone = two.wait()
        two.leave(gone)
        two.reserve()
        two.stop()
        two.release()
        record = two.record
        #expect(record.ceiling == 10)

        // The first node gets the same numbers and joins them with what it has, takes some more and gives all back.
        one.record = record
        for _ in 0..<5 { _ = one.take() }
        one.reserve()
        one.stop()
        one.release()
        record = one.record
        #expect(record.ceiling == 6)

        // Back at the second one: nothing was lost, and nothing is to be left out.
        let journal = two.chain.floor
        let again = ChainHarness(record, seed: 3)
        again.open(floor: journal)
        _ = again.wait()
        again.reserve()
        #expect(again.gaps(.mending) == 0, "floor \(journal), ceiling \(record.ceiling)")
    }

    /// The store did not take a segment back: somebody reserved above it, or the store went back since. The latter must
    /// still show itself, and it does only to a node whose floor is where the segment ended.
    @Test func whatWasNotTakenBackStaysBelowTheFloor() {
        let harness = ChainHarness.filled()
        harness.sweep()
        harness.sweep()
        #expect(harness.released?.last == 10)
        _ = harness.wait()
        harness.finish(.released(false))
        harness.finish(.opened(harness.record, floor: .min))
        #expect(harness.reservation?.above == 10)
    }
}
