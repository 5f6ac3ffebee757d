import SeededRandom
import Testing

@testable import OrdinalServer

@Suite struct TokenBucketTests {
    private func rate(_ perSecond: Int, burst: Int? = nil) throws -> Rate {
        try #require(Rate(perSecond: perSecond, burst: burst))
    }

    @Test func ratesHaveARange() {
        #expect(Rate(perSecond: 0) == nil)
        #expect(Rate(perSecond: -1) == nil)
        #expect(Rate(perSecond: 1_000_000_001) == nil)
        #expect(Rate(perSecond: 1, burst: 0) == nil)
        #expect(Rate(perSecond: 1, burst: 1_000_000_001) == nil)
        #expect(Rate(perSecond: 7)?.burst == 7)
        #expect(Rate(perSecond: 1_000_000_000, burst: 1_000_000_000) != nil)
    }

    @Test func theWaitIsExact() throws {
        var bucket = TokenBucket(try rate(3, burst: 2), now: .zero)
        #expect(bucket.take(2, now: .zero) == nil)
        // A third of a second, rounded up to a whole nanosecond.
        #expect(bucket.take(1, now: .zero) == .nanoseconds(333_333_334))
        #expect(bucket.take(1, now: .nanoseconds(333_333_333)) == .nanoseconds(1))
        #expect(bucket.take(1, now: .nanoseconds(333_333_334)) == nil)
    }

    @Test func nothingDrifts() throws {
        // Looked at at odd times for a thousand seconds: exactly the rate comes out, and what was there at first.
        var bucket = TokenBucket(try rate(7, burst: 3), now: .zero)
        var now = Duration.zero
        var taken = 0
        while now < .seconds(1_000) {
            while bucket.take(1, now: now) == nil { taken += 1 }
            now += .nanoseconds(1_234_567)
        }
        #expect(bucket.take(1, now: .seconds(1_000)) == nil)
        #expect(taken + 1 == 3 + 7 * 1_000)
    }

    @Test func moreThanABurstLeavesADebt() throws {
        var bucket = TokenBucket(try rate(10), now: .zero)
        #expect(bucket.take(1, now: .zero) == nil)
        // From a full bucket only.
        #expect(bucket.take(25, now: .zero) == .milliseconds(100))
        #expect(bucket.take(25, now: .milliseconds(100)) == nil)
        #expect(bucket.take(1, now: .milliseconds(100)) == .milliseconds(1_600))
        #expect(bucket.isFull(now: .milliseconds(2_599)) == false)
        #expect(bucket.isFull(now: .milliseconds(2_600)))
    }

    @Test func nothingIsTakenByNothing() throws {
        var bucket = TokenBucket(try rate(1), now: .zero)
        #expect(bucket.take(1, now: .zero) == nil)
        #expect(bucket.take(0, now: .zero) == nil)
        #expect(bucket.take(-5, now: .zero) == nil)
        #expect(bucket.take(.min, now: .zero) == nil)
        #expect(bucket.take(1, now: .zero) == .seconds(1))
    }

    @Test func aClockThatStandsStillOrGoesBackGivesNothing() throws {
        var bucket = TokenBucket(try rate(1_000), now: .seconds(10))
        #expect(bucket.take(1_000, now: .seconds(10)) == nil)
        for step in 0..<1_000 {
            #expect(bucket.take(1, now: .seconds(10) - .microseconds(step)) != nil)
            #expect(bucket.take(1, now: .seconds(10)) == .milliseconds(1))
        }
        #expect(bucket.take(1, now: .milliseconds(9_999)) == .milliseconds(2))
        #expect(bucket.take(1, now: .milliseconds(10_001)) == nil)
    }

    @Test func aClockThatIsSetBackLocksNobodyOut() throws {
        var bucket = TokenBucket(try rate(1), now: .seconds(1_000_000))
        #expect(bucket.take(1, now: .seconds(1_000_000)) == nil)
        #expect(bucket.take(1, now: .zero) == .seconds(1))
        #expect(bucket.take(1, now: .seconds(1)) == nil)
    }

    @Test func noDurationAndNoCountOverflows() throws {
        let ends = [
            Duration(secondsComponent: .min, attosecondsComponent: 0), .seconds(-5), .zero, .nanoseconds(1),
            .seconds(4_000_000_000), Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999),
        ]
        let rates = [
            try rate(1), try rate(1_000_000_000), try rate(1, burst: 1_000_000_000), try rate(1_000_000_000, burst: 1),
        ]
        for rate in rates {
            for start in ends {
                var bucket = TokenBucket(rate, now: start)
                for end in ends + ends.reversed() {
                    for count in [1, 1_000_000_000, Int.max] {
                        let wait = bucket.take(count, now: end)
                        #expect(wait.map { $0 > .zero && $0 <= .seconds(2_000_000_001) } ?? true)
                    }
                }
            }
        }
    }

    @Test func agreesWithAModelInRandomOrders() throws {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let rate = try rate(.random(in: 1...50, using: &random), burst: .random(in: 1...20, using: &random))
            var now = Int64.random(in: 0...1_000_000_000_000, using: &random)
            var bucket = TokenBucket(rate, now: .nanoseconds(now))
            var model = ExactBucket(rate, now: now)
            for _ in 0..<100 {
                if random.chance(70) { now += .random(in: 0...300_000_000, using: &random) }
                let count = Int.random(in: 0...(random.chance(10) ? 40 : 4), using: &random)
                let wait = bucket.take(count, now: .nanoseconds(now))
                let expected = model.take(count, now: now)
                let told = expected.map { Duration.nanoseconds($0) }
                #expect(wait == told, "seed \(seed)")
                if let expected, random.chance(30) {
                    // What it said is true, to the nanosecond.
                    #expect(bucket.take(count, now: .nanoseconds(now + expected - 1)) != nil, "seed \(seed)")
                    #expect(bucket.take(count, now: .nanoseconds(now + expected)) == nil, "seed \(seed)")
                    now += expected
                    #expect(model.take(count, now: now) == nil)
                }
                if wait != told { return }
            }
        }
    }
}

/// A bucket that remembers every admission and counts anew each time, in wide integers.
struct ExactBucket {
    let rate: Rate
    private var admissions: [(time: Int64, count: Int)] = []
    private let start: Int64

    init(_ rate: Rate, now: Int64) {
        self.rate = rate
        start = now
    }

    mutating func take(_ count: Int, now: Int64) -> Int64? {
        guard count > 0 else { return nil }
        let full = Int128(rate.burst) * 1_000_000_000
        var level = full
        var last = start
        for admission in admissions + [(now, 0)] {
            level = min(full, level + Int128(admission.time - last) * Int128(rate.perSecond))
            level -= Int128(admission.count) * 1_000_000_000
            last = admission.time
        }
        let missing = min(full, Int128(count) * 1_000_000_000) - level
        if missing > 0 { return Int64((missing + Int128(rate.perSecond) - 1) / Int128(rate.perSecond)) }
        admissions.append((now, count))
        return nil
    }
}
