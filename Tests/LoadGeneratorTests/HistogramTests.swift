import SeededRandom
import Testing

@testable import LoadGenerator

@Suite struct HistogramTests {
    /// Values of all sizes, as latencies are: many small ones, few large ones.
    private static func samples(_ count: Int, seed: UInt64) -> [Int64] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in
            let bits = random.next(below: 40)
            return Int64(random.next(below: 1 << bits + 1))
        }
    }

    @Test(arguments: [1, 2, 3, 10, 1_000, 100_000])
    func quantilesAreThoseOfTheSortedSamples(count: Int) {
        let samples = Self.samples(count, seed: UInt64(count))
        var histogram = LatencyHistogram()
        for sample in samples { histogram.record(sample) }
        let sorted = samples.sorted()
        for quantile in [0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1] {
            let rank = max(1, Int((quantile * Double(count)).rounded(.up)))
            let exact = sorted[rank - 1]
            let value = histogram.value(at: quantile)
            #expect(value >= exact, "\(quantile)")
            #expect(Double(value - exact) <= Double(exact) / 128, "\(quantile): \(value) instead of \(exact)")
        }
        #expect(histogram.count == UInt64(count))
        #expect(histogram.maximum == sorted.last)
    }

    @Test func smallValuesAreExact() {
        for value in Int64(0)...255 {
            var histogram = LatencyHistogram()
            histogram.record(value)
            histogram.record(1_000)
            #expect(histogram.value(at: 0.5) == value)
        }
    }

    @Test func everyBoundaryOfABucketIsInItsOwnBucket() {
        for bits in 8..<40 {
            for offset in [-1, 0, 1] {
                var histogram = LatencyHistogram()
                let value = Int64(1) << Int64(bits) + Int64(offset)
                histogram.record(value)
                histogram.record(LatencyHistogram.highest)
                let found = histogram.value(at: 0.5)
                #expect(found >= value && Double(found - value) <= Double(value) / 128)
            }
        }
    }

    @Test func whatIsOutOfRangeCountsAsTheNearest() {
        var histogram = LatencyHistogram()
        #expect(histogram.value(at: 0.5) == 0)
        histogram.record(-5)
        #expect(histogram.maximum == 0)
        histogram.record(.max)
        #expect(histogram.maximum == LatencyHistogram.highest)
        #expect(histogram.value(at: 1) == LatencyHistogram.highest)
    }

    @Test func mergedOnesCountAllValues() {
        let samples = Self.samples(1_000, seed: 7)
        var (all, first, second) = (LatencyHistogram(), LatencyHistogram(), LatencyHistogram())
        for (index, sample) in samples.enumerated() {
            all.record(sample)
            if index % 3 == 0 { first.record(sample) } else { second.record(sample) }
        }
        first.merge(second)
        #expect(first == all)
    }
}
