/// How often each latency was seen, in nanoseconds: a fixed amount of memory, and no value off by more than 0.8 %.
///
/// Up to 255 ns every value has a bucket of its own; above, each doubling is divided into 128 buckets of equal width, as in
/// HDR histograms. What is above ``highest`` counts as that.
package struct LatencyHistogram: Sendable, Equatable {
    /// The highest value that is told apart: a little over 18 minutes.
    package static let highest: Int64 = 1 << 40 - 1

    private static let subdivisions = 128
    private static let bucketCount = bucket(of: highest) + 1

    private var counts = [UInt64](repeating: 0, count: bucketCount)
    /// How many values were recorded.
    package private(set) var count: UInt64 = 0
    /// The highest value, exactly; 0 if there is none.
    package private(set) var maximum: Int64 = 0

    /// Makes an empty histogram.
    package init() {}

    /// Counts one value. A negative one, which only a clock that went back could make, counts as 0.
    package mutating func record(_ nanoseconds: Int64) {
        let value = min(max(0, nanoseconds), Self.highest)
        counts[Self.bucket(of: value)] += 1
        count += 1
        if value > maximum { maximum = value }
    }

    /// Adds everything that another one counted.
    package mutating func merge(_ other: LatencyHistogram) {
        for index in counts.indices { counts[index] += other.counts[index] }
        count += other.count
        maximum = max(maximum, other.maximum)
    }

    /// The smallest value that at least this part of all values do not exceed; 0 if there are none.
    ///
    /// - Parameter quantile: From 0 to 1, such as 0.999.
    package func value(at quantile: Double) -> Int64 {
        guard count > 0 else { return 0 }
        let rank = UInt64(max(1, (min(1, quantile) * Double(count)).rounded(.up)))
        var seen: UInt64 = 0
        for (index, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return min(Self.upperBound(of: index), maximum) }
        }
        return maximum
    }

    /// The bucket of a value from 0 to ``highest``.
    private static func bucket(of value: Int64) -> Int {
        // So many low bits are dropped that a number from 128 to 255 remains; none if it is small already.
        let shift = max(0, 63 - value.leadingZeroBitCount - 7)
        return shift * subdivisions + Int(value >> shift)
    }

    private static func upperBound(of bucket: Int) -> Int64 {
        let shift = max(0, bucket / subdivisions - 1)
        return Int64(bucket - shift * subdivisions + 1) << shift - 1
    }
}
