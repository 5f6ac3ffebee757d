/// What a histogram has recorded at one moment.
///
/// A collector that counts by itself, one plain array for each event loop for example, adds its arrays up and writes this.
public struct HistogramValue: Sendable {
    /// The upper bounds of the buckets, each greater than the one before it. The last bucket, without a bound, has none here.
    public var bounds: [Double]

    /// How many values fell into each bucket and into none before it: one more than there are bounds.
    public var counts: [Int64]

    /// The sum of all values.
    public var sum: Double

    /// A histogram of these parts. One whose parts do not fit together is left out when it is written.
    public init(bounds: [Double], counts: [Int64], sum: Double) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }

    /// How many values were recorded.
    public var count: Int64 { counts.reduce(0, &+) }

    var isWellFormed: Bool {
        counts.count == bounds.count + 1 && counts.allSatisfy { $0 >= 0 } && bounds.allSatisfy(\.isFinite)
            && zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }
    }
}
