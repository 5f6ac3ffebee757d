import Testing

@testable import Ordinal

@Suite struct ChainRefillTests {
    private var adaptive: SequencerPolicy {
        var policy = SequencerPolicy.small
        policy.segmentSize = .adaptive(minimum: 10, maximum: 100_000)
        return policy
    }

    @Test func aSequenceThatIsOnlyLookedAtReservesNothing() {
        let harness = ChainHarness.opened()
        #expect(harness.begun == [.open])
        #expect(harness.take() == nil && harness.errand == nil)
    }

    @Test func theFirstRequestReservesWhatItWaitsForAndARunway() {
        let harness = ChainHarness.opened(policy: adaptive)
        let ticket = harness.wait(3)
        #expect(harness.reservation?.count == 13 && harness.reservation?.above == .min)
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 1, count: 3, increment: 1)]))
    }

    @Test func aRefillBeginsUnderHalfASegmentAndOnlyOnce() {
        let harness = ChainHarness.filled(policy: .small)
        for number in 2...5 { #expect(harness.take() == Int64(number)) }
        #expect(harness.errand == nil, "five are left, which is half")
        #expect(harness.take() == 6)
        #expect(harness.reservation?.count == 10 && harness.reservation?.above == 10)
        for number in 7...10 { #expect(harness.take() == Int64(number)) }
        #expect(harness.begun.count == 3, "one at a time")
        #expect(harness.take() == nil)
    }

    @Test func aRefillAsksForOneRunwayAtThePresentRate() {
        let harness = ChainHarness.filled(policy: adaptive)
        for _ in 0..<40 {
            harness.now += .milliseconds(100)
            _ = harness.take()
            if harness.reservation != nil { harness.reserve() }
        }
        for _ in 0..<10_000 where harness.errand == nil {
            harness.now += .milliseconds(100)
            _ = harness.take()
        }
        let count = harness.reservation?.count ?? 0
        #expect((590...610).contains(count), "ten a second for sixty seconds, not \(count)")
    }

    @Test func noRequestWaitsInSteadyStateOverASlowStore() {
        // One event a microsecond of simulated time: 20,000 numbers a second, each call of the store takes 100 ms.
        var policy = SequencerPolicy()
        policy.runway = .seconds(1)
        let harness = ChainHarness.filled(policy: policy)
        var arrives: Duration?
        var waits = 0
        for tick in 0..<200_000 {
            harness.now += .microseconds(50)
            if harness.take() == nil, tick > 20_000 { waits += 1 }
            if harness.errand != nil, arrives == nil { arrives = harness.now + .milliseconds(100) }
            if let time = arrives, time <= harness.now {
                arrives = nil
                harness.reserve()
            }
        }
        #expect(waits == 0)
        #expect(harness.chain.issued > 170_000)
    }

    @Test func afterAFailureTheSmallestThatHelpsIsAskedFor() {
        let harness = ChainHarness.filled(policy: adaptive)
        for _ in 0..<50 {
            harness.now += .milliseconds(1)
            if harness.take() == nil || harness.reservation != nil { harness.reserve() }
        }
        for _ in 0..<10_000 where harness.errand == nil { _ = harness.take() }
        #expect((harness.reservation?.count ?? 0) > 10)
        harness.finish(.failed(.unavailable("away")))
        _ = harness.take()
        harness.pauseEnded()
        #expect(harness.reservation?.count == 10)
        harness.finish(.failed(.unavailable("away")))
        while harness.take() != nil {}
        let run = harness.wait(25)
        harness.pauseEnded()
        #expect(harness.reservation?.count == 25)
        harness.reserve()
        #expect(harness.claim(run) != .waiting)
    }

    @Test func backOffGrowsToHalfASecondWithJitter() {
        let harness = ChainHarness.opened()
        _ = harness.wait(wait: .seconds(1_000))
        for _ in 0..<12 {
            harness.finish(.failed(.unavailable("away")))
            #expect(harness.errand == nil)
            harness.pauseEnded()
        }
        for (index, pause) in harness.pauses.enumerated() {
            let longest = min(.milliseconds(500), .milliseconds(10) * (2 << index))
            #expect(pause >= longest / 2 && pause <= longest)
        }
        #expect(harness.pauses.count == 12 && Set(harness.pauses.suffix(6)).count > 1)
    }

    @Test func nobodyAsksSoNothingIsTriedAgain() {
        let harness = ChainHarness.filled()
        for _ in 0..<5 { _ = harness.take() }
        harness.finish(.failed(.unavailable("away")))
        harness.pauseEnded()
        #expect(harness.errand == nil)
        _ = harness.take()
        #expect(harness.reservation != nil, "the next request begins the errand")
    }

    @Test func aLostReplyCostsOneSegmentAndIsCounted() {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        harness.finish(.failed(.unknownOutcome("lost")))
        #expect(harness.gaps(.lostReply) == 10)
        harness.pauseEnded()
        #expect(harness.reservation?.above == .min)
        harness.reserve()
        #expect(harness.claim(ticket) != .waiting)
    }

    @Test func aStoreThatWentBackIsCounted() {
        let harness = ChainHarness.filled()
        while harness.take() != nil {}
        harness.reserve(home: .second)
        #expect(harness.gaps(.mending) == 1_000)
        #expect(harness.take() == 1_011)
    }

    @Test(
        arguments: [
            Segment.sample(1, 11, stamp: 0), .sample(1, 10, life: .two, stamp: 0), .sample(1, 10, stamp: 99),
            .sample(2, 20, by: 2, stamp: 0),
        ])
    func numbersThatWereNotAskedForAreRefused(segment: Segment) throws {
        let harness = ChainHarness.opened()
        let ticket = harness.wait()
        let reservation = try #require(harness.reservation)
        let answer = Segment(
            life: segment.life, first: segment.first, last: segment.last, increment: segment.increment,
            stamp: segment.stamp == Stamp(rawValue: 0) ? reservation.stamp : segment.stamp)
        harness.finish(.reserved(Reserved(segment: answer, skipped: 0), in: .zero))
        #expect(harness.chain.received == 0 && harness.wakes[ticket] == nil)
        #expect(harness.pauses.count == 1 && harness.take() == nil)
    }

    @Test func numbersBelowTheFloorAreRefused() throws {
        let harness = ChainHarness.filled()
        while harness.take() != nil {}
        let reservation = try #require(harness.reservation)
        let old = Segment(life: .one, first: 10, last: 19, increment: 1, stamp: reservation.stamp)
        harness.finish(.reserved(Reserved(segment: old, skipped: 0), in: .zero))
        #expect(harness.take() == nil)
        #expect(harness.gaps(.lostReply) > 0, "what the store gave and nobody can use is counted")
    }

    @Test func aMaximumThatWasRaisedElsewhereIsTheStoresAffair() {
        let harness = ChainHarness.opened(.sample(ceiling: 95, options: .sample(maximum: 100)))
        let ticket = harness.wait()
        harness.record.options = .sample(maximum: 200)
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 96, count: 1, increment: 1)]))
        #expect(harness.chain.inHand.count == 9)
    }

    @Test func fewerThanAskedForIsFine() {
        let harness = ChainHarness.opened(.sample(ceiling: 95, options: .sample(maximum: 100)))
        let ticket = harness.wait()
        harness.reserve()
        #expect(harness.claim(ticket) == .served([Run(first: 96, count: 1, increment: 1)]))
        #expect(harness.chain.inHand.count == 4)
    }
}
