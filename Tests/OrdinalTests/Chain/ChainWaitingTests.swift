import Testing

@testable import Ordinal

@Suite struct ChainWaitingTests {
    @Test func manyRequestsOpenOnce() {
        let harness = ChainHarness()
        let tickets = (0..<20).map { _ in harness.wait() }
        #expect(harness.begun == [.open])
        harness.finish(.opened(harness.record, floor: .min))
        #expect(harness.begun.count == 2 && harness.reservation?.count == 20)
        harness.reserve()
        #expect(harness.wakeOrder == tickets)
        #expect(harness.claim(tickets[7]) == .served([Run(first: 1, count: 1, increment: 1)]))
    }

    @Test func onceSomebodyWaitsEverybodyQueues() {
        let harness = ChainHarness.filled()
        _ = harness.wait(50)
        #expect(harness.chain.inHand.count == 9)
        #expect(harness.take() == nil && harness.take(inPieces: 5) == nil)
        _ = harness.wait()
        #expect(harness.chain.line.unready == 2)
    }

    @Test func newRequestsTakeOnlyWhatIsPromisedToNobody() {
        let harness = ChainHarness.opened()
        let tickets = (0..<9).map { _ in harness.wait() }
        harness.reserve()
        _ = harness.take()
        #expect(harness.take() == nil, "nine of the ten are promised")
        #expect(harness.take(inPieces: 5) == nil)
        for ticket in tickets { #expect(harness.claim(ticket) != .waiting) }
    }

    @Test func manyNumbersAtOnceDoNotBreakThePromiseOfARun() throws {
        // 15 numbers, then 6 after a gap; a run of ten is promised.
        var policy = SequencerPolicy.small
        policy.segmentSize = .fixed(15)
        let harness = ChainHarness.opened(policy: policy)
        let run = harness.wait(10)
        harness.reserve()
        _ = harness.join(0)
        try #require(harness.chain.inHand.count == 15)
        harness.chain.inHand.append(.sample(17, 22, stamp: 5), above: 0)
        harness.chain.received += 6
        _ = harness.take(inPieces: 100)
        #expect(harness.claim(run) != .waiting)
    }

    @Test func oneThatIsGoneTakesNothing() {
        let harness = ChainHarness.opened()
        let tickets = (0..<3).map { _ in harness.wait() }
        harness.reserve()
        harness.leave(tickets[0])
        harness.leave(tickets[0])
        #expect(harness.claim(tickets[1]) == .served([Run(first: 1, count: 1, increment: 1)]))
        #expect(harness.chain.line.promised == 1)
        let (claim, _) = harness.chain.claim(tickets[0], now: harness.now)
        #expect(claim == .gone)
    }

    @Test func whoLeavesMakesRoomForTheNext() {
        let harness = ChainHarness.filled()
        let run = harness.wait(50)
        let single = harness.wait()
        #expect(harness.wakes[single] == nil)
        harness.leave(run)
        #expect(harness.wakes[single] == .ready)
    }

    @Test func waitingIsBounded() {
        let harness = ChainHarness.opened()
        let early = harness.wait(wait: .seconds(1))
        let late = harness.wait(wait: .seconds(2))
        harness.now += .milliseconds(999)
        harness.expire()
        #expect(harness.wakes.isEmpty)
        harness.now += .milliseconds(1)
        harness.expire()
        guard case .failed(.timedOut) = harness.wakes[early] else {
            Issue.record("the time of the first is over")
            return
        }
        #expect(harness.wakes[late] == nil)
        #expect(harness.join(wait: .zero) != .waiting(2))
    }

    @Test func aRequestThatIsReadyDoesNotTimeOut() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.reserve()
        harness.now += .seconds(60)
        harness.expire()
        #expect(harness.claim(ticket) != .gone)
    }

    @Test func theReasonForWaitingIsTold() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.finish(.failed(.unavailable("disk full")))
        harness.now += .seconds(6)
        harness.expire()
        guard case .failed(.timedOut(let wait, let reason)) = harness.wakes[ticket] else {
            Issue.record("\(harness.wakes)")
            return
        }
        #expect(wait == .seconds(5) && reason.contains("disk full"))
    }

    @Test func tooManyAreRefused() {
        let harness = ChainHarness.opened()
        for _ in 0..<100 { _ = harness.wait() }
        guard case .refused(.overloaded) = harness.join() else {
            Issue.record("a hundred wait already")
            return
        }
    }

    @Test func aRunAbandonsTheRestAndCountsIt() {
        let harness = ChainHarness.filled()
        let run = harness.wait(12)
        // Another node reserved meanwhile.
        harness.record.ceiling = 50
        harness.reserve()
        #expect(harness.claim(run) == .served([Run(first: 51, count: 12, increment: 1)]))
        #expect(harness.gaps(.runDidNotFit) == 9)
        #expect(harness.take() == 63, "and the chain never goes back")
    }

    @Test func numbersInPiecesAbandonNothing() {
        let harness = ChainHarness.filled()
        #expect(harness.take(inPieces: 12) == nil, "not all of them are here")
        let pieces = harness.wait(Demand(12, inPieces: true))
        // Another node reserved meanwhile.
        harness.record.ceiling = 50
        harness.reserve()
        #expect(
            harness.claim(pieces)
                == .served([Run(first: 2, count: 9, increment: 1), Run(first: 51, count: 3, increment: 1)]))
        #expect(harness.gaps(.runDidNotFit) == 0)
        #expect(harness.take() == 54)
    }

    /// Whoever gives up has cost nothing, and what was in hand is there for others.
    @Test func aRequestInPiecesThatFailsCostsNothing() {
        let harness = ChainHarness.filled()
        let pieces = harness.wait(Demand(12, inPieces: true))
        harness.leave(pieces)
        #expect(harness.take(inPieces: 9) == [Run(first: 2, count: 9, increment: 1)])
        #expect(harness.gaps(.runDidNotFit) == 0)
    }

    @Test func aRunJoinsSegmentsThatAreAdjacent() {
        let harness = ChainHarness.filled()
        let run = harness.wait(12)
        harness.reserve()
        #expect(harness.claim(run) == .served([Run(first: 2, count: 12, increment: 1)]))
        #expect(harness.gaps(.runDidNotFit) == 0)
    }

    @Test func absenceIsToldToThoseWhoDoNotCreate() {
        let harness = ChainHarness()
        let looking = harness.wait()
        let creating = harness.wait(creates: true)
        harness.finish(.absent)
        #expect(harness.wakes[looking] == .failed(.missing))
        #expect(harness.errand == .create)
        let late = harness.wait()
        harness.finish(.opened(harness.record, floor: .min))
        harness.reserve()
        #expect(harness.claim(creating) != .waiting)
        #expect(harness.claim(late) != .waiting)
    }

    /// It may be there for them: somebody may have created it since the store was asked.
    @Test func absenceIsNotToldToThoseWhoCameAfterTheLookUpBegan() {
        let harness = ChainHarness()
        let early = harness.wait()
        let late = harness.wait()
        harness.finish(.absent)
        #expect(harness.wakes == [early: .failed(.missing)])
        #expect(harness.errand == .open, "it is looked up anew")
        harness.finish(.absent)
        #expect(harness.wakes[late] == .failed(.missing) && harness.isGone)
    }

    @Test func whatDoesNotExistLeavesMemory() {
        let harness = ChainHarness()
        _ = harness.wait()
        harness.finish(.absent)
        #expect(harness.isGone)
        #expect(harness.join() == .gone)
    }

    @Test func aRefusedCreationFailsThoseWhoCreate() {
        let harness = ChainHarness()
        let creating = harness.wait(creates: true)
        harness.finish(.absent)
        let looking = harness.wait()
        harness.finish(.refused(.creationRefused("limit")))
        #expect(harness.wakes[creating] == .failed(.creationRefused("limit")))
        #expect(harness.wakes[looking] == nil && harness.errand == .open)
        harness.finish(.absent)
        #expect(harness.wakes[looking] == .failed(.missing) && harness.isGone)
    }

    @Test func aFailedOpeningIsTriedAgainWhileSomebodyWaits() {
        let harness = ChainHarness()
        let ticket = harness.wait()
        harness.finish(.failed(.unavailable("away")))
        #expect(harness.errand == nil && harness.pauses.count == 1)
        harness.pauseEnded()
        #expect(harness.errand == .open)
        harness.leave(ticket)
        harness.finish(.failed(.unavailable("away")))
        #expect(harness.isGone && harness.pauses.count == 1)
    }
}
