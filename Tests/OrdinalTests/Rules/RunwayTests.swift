import Testing

@testable import Ordinal

@Suite struct RunwayTests {
    private func policy(_ size: SequencerPolicy.SegmentSize, runway: Duration = .seconds(60)) -> SequencerPolicy {
        var policy = SequencerPolicy()
        policy.segmentSize = size
        policy.runway = runway
        return policy
    }

    @Test func beginsWithTheSmallest() {
        let policy = self.policy(.adaptive(minimum: 1_000, maximum: 1_000_000))
        var runway = Runway(policy, now: .zero)
        #expect(runway.target == 1_000)
        runway.measure(issued: 0, now: .seconds(1), after: 0, policy: policy)
        #expect(runway.target == 1_000 && runway.lowWater == 500)
    }

    @Test func oneSegmentIsOneRunway() {
        let policy = self.policy(.adaptive(minimum: 10, maximum: 1_000_000))
        var runway = Runway(policy, now: .zero)
        var issued: Int64 = 0
        for second in 1...5 {
            issued += 100
            runway.measure(issued: issued, now: .seconds(second), after: runway.target, policy: policy)
        }
        #expect(runway.rate(issued: issued + 100, now: .seconds(6)) == 100)
        #expect(runway.target == 6_000 && runway.lowWater == 6_000)
    }

    @Test func aBurstGrowsTheSegmentStepByStep() {
        let policy = self.policy(.adaptive(minimum: 10, maximum: 1_000_000))
        var runway = Runway(policy, now: .zero)
        runway.measure(issued: 100_000, now: .seconds(1), after: 0, policy: policy)
        #expect(runway.target == 40)
        runway.measure(issued: 200_000, now: .seconds(2), after: 40, policy: policy)
        #expect(runway.target == 160)
    }

    /// A store that comes back knows nothing of reservations that it never got, and leaves no more out for them.
    @Test func attemptsInVainDoNotGrowTheSegment() {
        let policy = self.policy(.adaptive(minimum: 10, maximum: 1_000_000))
        var runway = Runway(policy, now: .zero)
        for second in 1...5 {
            runway.measure(issued: Int64(second) * 100_000, now: .seconds(second), after: 100, policy: policy)
        }
        #expect(runway.target == 400)
    }

    @Test func staysWithinItsBounds() {
        let policy = self.policy(.adaptive(minimum: 10, maximum: 500))
        var runway = Runway(policy, now: .zero)
        for second in 1...5 {
            runway.measure(issued: Int64(second) << 40, now: .seconds(second), after: 500, policy: policy)
        }
        #expect(runway.target == 500)
        runway.measure(issued: 5 << 40, now: .seconds(60), after: 500, policy: policy)
        #expect(runway.target == 10)
    }

    @Test func growsWithoutOverflow() {
        let policy = self.policy(.adaptive(minimum: 1 << 61, maximum: .max), runway: .seconds(1 << 40))
        var runway = Runway(policy, now: .zero)
        for _ in 0..<3 { runway.measure(issued: 1 << 61, now: .zero, after: 1 << 61, policy: policy) }
        #expect(runway.target >= 1 << 61)
        #expect(runway.count(waitedFor: 1 << 20, first: 1, after: 1 << 61, policy: policy) > 1 << 61)
    }

    @Test(arguments: [(0, 10), (1, 10), (10, 10), (11, 20), (30, 30)] as [(Int64, Int64)])
    func fixedSegmentsAreWholeMultiples(waitedFor: Int64, count: Int64) {
        let policy = policy(.fixed(10))
        #expect(
            Runway(policy, now: .zero).count(waitedFor: waitedFor, first: 1, after: 0, policy: policy) == count)
    }

    @Test func anAdaptiveSegmentCoversWhoWaitsAndARunway() {
        let policy = policy(.adaptive(minimum: 10, maximum: 99))
        let runway = Runway(policy, now: .zero)
        #expect(runway.count(waitedFor: 30, first: 1, after: 0, policy: policy) == 40)
        #expect(runway.count(waitedFor: 30, first: 30, after: 0, policy: policy) == 40)
    }

    /// Very many who wait do not make a segment of which a failover could lose more than it leaves out.
    @Test func whoeverIsFirstIsServedAndTheOthersInTheirTurn() {
        let policy = policy(.adaptive(minimum: 10, maximum: 99))
        let runway = Runway(policy, now: .zero)
        #expect(runway.count(waitedFor: 500, first: 1, after: 0, policy: policy) == 50)
        #expect(runway.count(waitedFor: 500, first: 1, after: 50, policy: policy) == 210)
        #expect(runway.count(waitedFor: 500, first: 300, after: 0, policy: policy) == 310)
    }

    @Test func sizesThatMakeNoSenseAreTakenForTheSmallest() {
        for size in [SequencerPolicy.SegmentSize.fixed(0), .fixed(-5), .adaptive(minimum: 0, maximum: -1)] {
            let policy = policy(size)
            var runway = Runway(policy, now: .zero)
            runway.measure(issued: 100, now: .seconds(1), after: 0, policy: policy)
            #expect(runway.count(waitedFor: 0, first: 0, after: 0, policy: policy) == 1)
        }
        #expect(FailoverOffset.exactly(-1).count(forSegmentsOf: 1) == 0)
    }

    @Test func theFailoverOffsetFollowsTheSegment() {
        var policy = SequencerPolicy()
        #expect(policy.offset.count(forSegmentsOf: 1) == 4_000_000)
        #expect(policy.offset.count(forSegmentsOf: 40_001) == 4_000_100)
        #expect(policy.offset.count(forSegmentsOf: .max) == .max)
        policy.maximumRun = 2_000_000
        #expect(policy.offset.count(forSegmentsOf: 1) == 8_000_000)
        policy.failoverOffset = 7
        #expect(policy.offset.count(forSegmentsOf: 40_001) == 7)
    }

    /// Whatever the last three reservations of a sequence that becomes busy were, a store that lacks them leaves out more.
    @Test func growthStaysBelowTheFailoverOffset() {
        for size in [Int64(1), 999, 10_000, 50_000_000] {
            var (lost, last) = (Int64(0), size)
            for _ in 0..<3 {
                last *= Runway.growth
                lost += last
            }
            #expect(lost < FailoverOffset.standard.count(forSegmentsOf: size))
        }
    }
}
