import SeededRandom
import Testing

@testable import OrdinalServer

@Suite struct TokenBucketTests {
    private func rate(_ perSecond: Int) throws -> Rate { try #require(Rate(perSecond: perSecond)) }

    /// Takes so many tokens; true if they were all there.
    private func take(_ count: Int, from bucket: inout TokenBucket, now: Duration) -> Bool {
        for _ in 0..<count where bucket.take(now: now) != nil { return false }
        return true
    }

    @Test func ratesHaveARange() {
        #expect(Rate(perSecond: 0) == nil)
        #expect(Rate(perSecond: -1) == nil)
        #expect(Rate(perSecond: 1_000_000_001) == nil)
        #expect(Rate(perSecond: 1_000_000_000) != nil)
    }

    @Test func theWaitIsExact() throws {
        var bucket = TokenBucket(try rate(3), now: .zero)
        let hasThree = take(3, from: &bucket, now: .zero)
        #expect(hasThree)
        // A third of a second, rounded up to a whole nanosecond.
        let waits = [0, 333_333_333, 333_333_334].map { bucket.take(now: .nanoseconds($0)) }
        #expect(waits == [.nanoseconds(333_333_334), .nanoseconds(1), nil])
        let isFull = [1_333_333_332, 1_333_333_333, 1_333_333_334].map { bucket.isFull(now: .nanoseconds($0)) }
        #expect(isFull == [false, false, true])
    }

    @Test func nothingDrifts() throws {
        // Looked at at odd times for a thousand seconds: exactly the rate comes out, and what was there at first.
        var bucket = TokenBucket(try rate(7), now: .zero)
        var now = Duration.zero
        var taken = 0
        while now < .seconds(1_000) {
            while bucket.take(now: now) == nil { taken += 1 }
            now += .nanoseconds(1_234_567)
        }
        let last = bucket.take(now: .seconds(1_000))
        #expect(last == nil)
        #expect(taken + 1 == 7 + 7 * 1_000)
    }

    @Test func aClockThatStandsStillOrGoesBackGivesNothing() throws {
        var bucket = TokenBucket(try rate(1_000), now: .seconds(10))
        let hasAll = take(1_000, from: &bucket, now: .seconds(10))
        #expect(hasAll)
        for step in 0..<1_000 {
            let (earlier, now) = (bucket.take(now: .seconds(10) - .microseconds(step)), bucket.take(now: .seconds(10)))
            #expect(earlier != nil)
            #expect(now == .milliseconds(1))
        }
        let waits = [9_999, 10_001].map { bucket.take(now: .milliseconds($0)) }
        #expect(waits == [.milliseconds(2), nil])
    }

    @Test func aClockThatIsSetBackLocksNobodyOut() throws {
        var bucket = TokenBucket(try rate(1), now: .seconds(1_000_000))
        let waits = [1_000_000, 0, 1].map { bucket.take(now: .seconds($0)) }
        #expect(waits == [nil, .seconds(1), nil])
    }

    @Test func noDurationOverflows() throws {
        let ends = [
            Duration(secondsComponent: .min, attosecondsComponent: 0), .seconds(-5), .zero, .nanoseconds(1),
            .seconds(4_000_000_000), Duration(secondsComponent: .max, attosecondsComponent: 999_999_999_999_999_999),
        ]
        for rate in [try rate(1), try rate(1_000_000_000)] {
            for start in ends {
                var bucket = TokenBucket(rate, now: start)
                for end in ends + ends.reversed() {
                    for _ in 0..<3 {
                        let wait = bucket.take(now: end)
                        #expect(wait.map { $0 > .zero && $0 <= .seconds(2) } ?? true)
                    }
                }
            }
        }
    }

    @Test func agreesWithAModelInRandomOrders() throws {
        for seed in 0..<300 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let rate = try rate(.random(in: 1...20, using: &random))
            var now = Int64.random(in: 0...1_000_000_000_000, using: &random)
            var bucket = TokenBucket(rate, now: .nanoseconds(now))
            var model = ExactBucket(rate, now: now)
            for _ in 0..<100 {
                if random.chance(70) { now += .random(in: 0...300_000_000, using: &random) }
                let wait = bucket.take(now: .nanoseconds(now))
                let expected = model.take(now: now)
                let told = expected.map { Duration.nanoseconds($0) }
                #expect(wait == told, "seed \(seed)")
                if let expected, random.chance(30) {
                    // What it said is true, to the nanosecond.
                    let (before, then) = (
                        bucket.take(now: .nanoseconds(now + expected - 1)),
                        bucket.take(now: .nanoseconds(now + expected))
                    )
                    #expect(before != nil && then == nil, "seed \(seed)")
                    now += expected
                    let modelled = model.take(now: now)
                    #expect(modelled == nil)
                }
                if wait != told { return }
            }
        }
    }
}

/// A bucket that remembers every admission and counts anew each time, in wide integers.
struct ExactBucket {
    let rate: Rate
    private var admissions: [Int64] = []
    private let start: Int64

    init(_ rate: Rate, now: Int64) {
        self.rate = rate
        start = now
    }

    mutating func take(now: Int64) -> Int64? {
        let (token, full) = (Int128(1_000_000_000), Int128(rate.perSecond) * 1_000_000_000)
        var (level, last) = (full, start)
        for time in admissions {
            level = min(full, level + Int128(time - last) * Int128(rate.perSecond)) - token
            last = time
        }
        let missing = token - min(full, level + Int128(now - last) * Int128(rate.perSecond))
        if missing > 0 { return Int64((missing + Int128(rate.perSecond) - 1) / Int128(rate.perSecond)) }
        admissions.append(now)
        return nil
    }
}
