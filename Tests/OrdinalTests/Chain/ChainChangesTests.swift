import Testing

@testable import Ordinal

@Suite struct ChainChangesTests {
    // MARK: - Forward

    @Test func aSetCutsWhatIsInHand() {
        let harness = ChainHarness.filled()
        harness.advance(to: 5)
        #expect(harness.gaps(.movedForward) == 4)
        #expect(harness.take() == 6)
        harness.advance(to: 6)
        #expect(harness.gaps(.movedForward) == 4, "six was handed out already")
        #expect(harness.take() == 7)
    }

    @Test func aSetCutsWhatIsOnItsWay() throws {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        let reservation = try #require(harness.reservation)
        let reserved = try harness.record.reserve(reservation, home: .first)
        harness.advance(to: 4)
        harness.finish(.reserved(reserved, in: .zero))
        #expect(harness.claim(ticket) == .served([Run(first: 5, count: 1, increment: 1)]))
        #expect(harness.gaps(.movedForward) == 4)
    }

    @Test func aSetCutsAWholeSegmentOnItsWay() throws {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        let reserved = try harness.record.reserve(try #require(harness.reservation), home: .first)
        harness.advance(to: 10)
        harness.finish(.reserved(reserved, in: .zero))
        #expect(harness.gaps(.movedForward) == 10 && harness.wakes[ticket] == nil)
        #expect(harness.reservation?.above == 10)
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 11, count: 1, increment: 1)]))
    }

    @Test func whoWasPromisedWhatASetCutWaitsAtItsOldPlace() {
        let harness = ChainHarness.opened()
        let first = harness.wait()
        harness.reserve()
        harness.advance(to: 10)
        #expect(harness.claim(first) == .waiting)
        let second = harness.wait()
        harness.reserve()
        #expect(harness.wakeOrder.suffix(2) == [first, second])
        #expect(harness.claim(first) == .served([Run(first: 11, count: 1, increment: 1)]))
    }

    @Test func aMoveOfAnotherLifeIsNotHeard() {
        let harness = ChainHarness.filled()
        harness.moved(to: .sample(life: .two, ceiling: 500))
        #expect(harness.take() == 2)
    }

    // MARK: - The end of a life

    @Test func theNumbersOfALifeThatEndedAreDropped() {
        let harness = ChainHarness.filled()
        harness.ended()
        #expect(harness.take() == nil && harness.isGone)
        #expect(harness.chain.issued == 1)
    }

    @Test func aSegmentOfALifeThatEndedMeanwhileIsDropped() throws {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        let reserved = try harness.record.reserve(try #require(harness.reservation), home: .first)
        harness.ended()
        harness.finish(.reserved(reserved, in: .zero))
        #expect(harness.chain.inHand.count == 0)
        #expect(harness.gaps(.notGivenBack) == 0, "they are nobody's")
        #expect(harness.errand == .open, "somebody waits for what comes after it")
        harness.record = .sample(life: .two)
        harness.finish(.opened(harness.record, floor: .min))
        #expect(harness.reservation?.life == .two && harness.reservation?.above == .min)
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(life: .two, first: 1, count: 1, increment: 1)]))
    }

    @Test func theStoreSaysThatTheLifeEnded() {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        harness.finish(.failed(.ended))
        #expect(harness.isGone && harness.take() == nil)
    }

    @Test func anotherLifeThatEndedIsNotMeant() {
        let harness = ChainHarness.filled()
        harness.ended(.two)
        #expect(harness.take() == 2)
    }

    @Test func whoWasReadyClaimsInVainAndGetsTheNewLife() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.reserve()
        harness.ended()
        #expect(harness.claim(ticket) == .waiting)
        harness.record = .sample(life: .two, ceiling: 70)
        harness.finish(.opened(harness.record, floor: .min))
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(life: .two, first: 71, count: 1, increment: 1)]))
    }

    @Test func whoIsReadyAndSlowCausesNoLookUpAfterLookUp() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.reserve()
        harness.ended()
        let before = harness.begun.count
        for _ in 0..<10 where harness.errand != nil { harness.finish(.absent) }
        #expect(harness.begun.count - before <= 1)
        #expect(harness.claim(ticket) == .waiting)
        harness.finish(.absent)
        #expect(harness.wakes[ticket] == .failed(.missing) && harness.isGone)
    }

    @Test func whatIsForgottenIsNeitherUsedNorGivenBack() {
        let harness = ChainHarness.filled()
        harness.forget()
        #expect(harness.gaps(.notGivenBack) == 9)
        #expect(harness.isGone && harness.take() == nil && harness.released == nil)
    }

    @Test func whatArrivesForAForgottenLifeIsCounted() {
        let harness = ChainHarness.opened()
        _ = harness.wait()
        harness.forget()
        harness.reserve()
        #expect(harness.gaps(.notGivenBack) == 10, "the life may go on, and these numbers are nobody's")
        #expect(harness.chain.inHand.count == 0)
    }

    @Test func whatIsForgottenKeepsItsFloor() {
        let harness = ChainHarness.filled()
        let run = harness.wait(20)
        harness.forget()
        harness.finish(.failed(.unavailable("away")))
        #expect(harness.errand == .open || harness.chain.duty == .paused)
        harness.pauseEnded()
        harness.finish(.opened(.sample(ceiling: 3), floor: .min))
        #expect(harness.reservation?.above == 10)
        harness.leave(run)
    }

    // MARK: - Exhaustion

    @Test func singlesAreServedWhenARunDoesNotFitAnyMore() {
        let harness = ChainHarness.opened(.sample(ceiling: 90, options: .sample(maximum: 100)))
        let first = harness.wait()
        harness.reserve()
        _ = harness.claim(first)
        let run = harness.wait(50)
        let single = harness.wait()
        harness.reserve()
        #expect(harness.wakes[run] == .failed(.exhausted(maximum: 100)))
        #expect(harness.claim(single) == .served([Run(first: 92, count: 1, increment: 1)]))
        #expect(harness.join(20) == .refused(.exhausted(maximum: 100)))
        for number in 93...100 { #expect(harness.take() == Int64(number)) }
        #expect(harness.take() == nil && harness.errand == nil)
        #expect(harness.join() == .refused(.exhausted(maximum: 100)))
    }

    @Test func aHigherMaximumEndsTheExhaustion() {
        let harness = ChainHarness.opened(.sample(ceiling: 100, options: .sample(maximum: 100)))
        let refused = harness.wait()
        harness.reserve()
        #expect(harness.wakes[refused] == .failed(.exhausted(maximum: 100)))
        harness.record.options = .sample(maximum: 105)
        harness.moved(to: harness.record)
        let ticket = harness.wait()
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 101, count: 1, increment: 1)]))
        #expect(harness.chain.inHand.count == 4)
    }
}
