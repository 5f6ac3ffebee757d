import Testing

@testable import Ordinal

@Suite struct ChainClosingTests {
    @Test func onlyWhatWasNotUsedBetweenTwoSweepsIsEvicted() {
        let harness = ChainHarness.filled()
        harness.sweep()
        #expect(harness.released == nil)
        _ = harness.take()
        harness.sweep()
        #expect(harness.released == nil)
        harness.sweep()
        #expect(harness.released?.first == 3 && harness.released?.last == 10)
    }

    @Test func neverWithARequestThatWaits() {
        let harness = ChainHarness.filled()
        _ = harness.wait(50)
        harness.finish(.failed(.unavailable("away")))
        harness.sweep()
        harness.sweep()
        #expect(harness.chain.phase == .open && harness.released == nil)
    }

    @Test func neverWithARequestThatIsReady() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.reserve()
        harness.sweep()
        harness.sweep()
        #expect(harness.claim(ticket) != .gone)
    }

    @Test func neverWithAnErrandUnderWay() {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        #expect(harness.reservation != nil)
        harness.sweep()
        harness.sweep()
        #expect(harness.chain.phase == .open && harness.reservation != nil)
    }

    @Test func whatWentIntoAReleaseIsNotHandedOut() {
        let harness = ChainHarness.filled()
        harness.stop()
        #expect(harness.released != nil)
        #expect(harness.take() == nil && harness.take(inPieces: 5) == nil)
        #expect(harness.join() == .refused(.stopping))
    }

    @Test func aRequestDuringTheReleaseIsServedAfterIt() {
        let harness = ChainHarness.filled()
        harness.sweep()
        harness.sweep()
        let ticket = harness.wait()
        #expect(harness.begun.count == 3)
        harness.release()
        #expect(harness.errand == .open && !harness.isGone)
        harness.finish(.opened(harness.record, floor: 1))
        #expect(harness.reservation?.above == 1)
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 2, count: 1, increment: 1)]))
        #expect(harness.gaps(.notGivenBack) == 0)
    }

    @Test(arguments: [
        SegmentChain.Outcome.released(false), .failed(.unavailable("away")), .failed(.unknownOutcome("?")),
    ])
    func whateverComesOfTheReleaseItsNumbersAreGone(outcome: SegmentChain.Outcome) {
        let harness = ChainHarness.filled()
        harness.sweep()
        harness.sweep()
        let ticket = harness.wait()
        harness.finish(outcome)
        #expect(harness.gaps(.notGivenBack) == 9)
        harness.finish(.opened(harness.record, floor: 1))
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 11, count: 1, increment: 1)]))
    }

    @Test func withoutNumbersThereIsNothingToRelease() {
        let harness = ChainHarness.filled(policy: onlyOne)
        harness.sweep()
        harness.sweep()
        #expect(harness.isGone && harness.released == nil)
    }

    private var onlyOne: SequencerPolicy {
        var policy = SequencerPolicy.small
        policy.segmentSize = .fixed(1)
        return policy
    }

    @Test func stopWaitsForTheErrandUnderWay() {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        harness.stop()
        #expect(harness.reservation != nil && !harness.isGone)
        #expect(harness.take() == 7, "what is in hand may be taken until it goes back")
        harness.reserve()
        #expect(harness.released?.first == 8 && harness.released?.last == 20, "adjacent segments are one run")
        harness.release()
        #expect(harness.isGone && harness.record.ceiling == 7)
    }

    /// Else the reservation would find the ceiling below what it lies above when it arrives, as if the store had gone back.
    @Test func whatAReservationWithoutAnAnswerLiesAboveIsNotGivenBack() throws {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        let reservation = try #require(harness.reservation)
        harness.finish(.failed(.unknownOutcome("no answer came")))
        harness.stop()
        #expect(harness.isGone && harness.released == nil)
        #expect(harness.gaps(.notGivenBack) == 4)
        #expect(try harness.record.reserve(reservation, home: harness.record.home).skipped == 0)
    }

    @Test func whatLiesAboveIsGivenBack() throws {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        let reservation = try #require(harness.reservation)
        harness.finish(.failed(.unknownOutcome("no answer came")))
        _ = harness.take()
        harness.pauseEnded()
        harness.reserve()
        harness.stop()
        #expect(harness.released?.first == 11)
        harness.release()
        #expect(harness.isGone && harness.gaps(.notGivenBack) == 3)
        #expect(try harness.record.reserve(reservation, home: harness.record.home).skipped == 0)
    }

    @Test func stopCountsWhatCannotGoBack() {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        harness.record.ceiling = 50
        harness.reserve()
        harness.stop()
        #expect(harness.gaps(.notGivenBack) == 4)
        #expect(harness.released?.first == 51)
        harness.release()
        #expect(harness.isGone && harness.record.ceiling == 50)
    }

    @Test func stopTellsThoseWhoWait() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.stop()
        #expect(harness.wakes[ticket] == .failed(.stopping))
        harness.reserve()
        harness.release()
        #expect(harness.isGone && harness.record.ceiling == 0)
    }

    @Test func stopServesThoseWhoAreReady() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.reserve()
        harness.stop()
        #expect(harness.released == nil)
        #expect(harness.claim(ticket) == .served([Run(first: 1, count: 1, increment: 1)]))
        #expect(harness.released?.first == 2)
    }

    @Test func stopDoesNotWaitForWhoClaimsInVain() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.reserve()
        harness.stop()
        harness.advance(to: 10)
        #expect(harness.claim(ticket) == .waiting)
        #expect(harness.wakes[ticket] == .failed(.stopping))
        #expect(harness.isGone)
    }

    @Test func stopDuringAPauseDoesNotWaitForItsEnd() {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        harness.finish(.failed(.unavailable("away")))
        harness.stop()
        #expect(harness.released != nil)
        harness.pauseEnded()
        harness.release()
        #expect(harness.isGone)
    }

    @Test func stopOfWhatWasNeverOpenedIsAtOnce() {
        let harness = ChainHarness()
        harness.stop()
        #expect(harness.isGone && harness.begun.isEmpty)
    }

    @Test func stopDuringACreation() {
        let harness = ChainHarness()
        let ticket = harness.wait(creates: true)
        harness.finish(.absent)
        harness.stop()
        #expect(harness.wakes[ticket] == .failed(.stopping))
        harness.finish(.opened(harness.record, floor: .min))
        #expect(harness.isGone && harness.begun == [.open, .create])
    }

    @Test func anEvictionAfterASetDoesNotTakeItBack() {
        let harness = ChainHarness.filled()
        harness.advance(to: 6)
        harness.stop()
        harness.reserve()
        harness.release()
        #expect(harness.record.ceiling == 6)
    }
}
