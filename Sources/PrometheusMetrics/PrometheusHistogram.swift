public import CoreMetrics
import Synchronization

/// How many values fell into which bucket. It may be used from any thread and never waits.
///
/// Get one from ``PrometheusRegistry/histogram(_:labels:bounds:help:)``. Durations are in seconds. What is written at a
/// scrape is consistent in itself (the count is the sum of the buckets), while the sum may be a few values ahead or behind.
///
/// The buckets are plain memory, which makes the class unchecked: the pointer and its length are set once in `init`, freed
/// in `deinit` when nobody can use them any more, and every access between is an atomic one within the length.
public final class PrometheusHistogram: Series, RecorderHandler, TimerHandler, @unchecked Sendable {
    /// Bounds for latencies, in seconds: from 10 µs to 10 s, three in a decade.
    public static let latencyBounds: [Double] = [
        1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Bounds for counts and sizes: the powers of 4 from 1 to 4^15, which is about a thousand million.
    public static let sizeBounds: [Double] = (0...15).map { Double(1 << (2 * $0)) }

    /// The most bounds that a histogram has.
    static let maximumBounds = 100

    let key: SeriesKey
    private let bounds: [Double]
    private let buckets: UnsafeMutablePointer<Atomic<Int64>>
    private let sum = Atomic<Double>(0)

    /// - Parameter bounds: ``usable(_:)`` ones.
    init(_ key: SeriesKey, bounds: [Double]) {
        self.key = key
        self.bounds = bounds
        buckets = .allocate(capacity: bounds.count + 1)
        for index in 0...bounds.count { (buckets + index).initialize(to: Atomic(0)) }
    }

    deinit {
        buckets.deinitialize(count: bounds.count + 1)
        buckets.deallocate()
    }

    /// `bounds` in order, each once and finite, and not more than a histogram has.
    static func usable(_ bounds: [Double]) -> [Double] {
        Array(Set(bounds.filter(\.isFinite)).sorted().prefix(maximumBounds))
    }

    /// Records `value`, `count` times. A value that is not finite, or a count below 1, records nothing.
    public func record(_ value: Double, count: Int) {
        guard value.isFinite, count > 0 else { return }
        var low = 0
        var high = bounds.count
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < value { low = middle + 1 } else { high = middle }
        }
        // `low` is at most bounds.count, and there is one bucket more than bounds.
        buckets[low].wrappingAdd(Int64(count), ordering: .relaxed)
        sum.add(value * Double(count))
    }

    /// Records a duration in nanoseconds as seconds, `count` times: once for all commands of a packet, for example.
    ///
    /// A negative one, of a clock that went back, counts as 0.
    public func record(nanoseconds: Int64, count: Int = 1) {
        record(Double(max(0, nanoseconds)) / 1e9, count: count)
    }

    /// Records `value` once.
    public func record(_ value: Int) { record(Double(value), count: 1) }

    /// Records `value` once.
    public func record(_ value: Double) { record(value, count: 1) }

    /// Records `value` once.
    public func record(_ value: Int64) { record(Double(value), count: 1) }

    /// Records a duration as seconds, once. This is how a timer of swift-metrics says it.
    public func recordNanoseconds(_ duration: Int64) { record(nanoseconds: duration) }

    /// What was recorded so far.
    public var value: HistogramValue {
        HistogramValue(
            bounds: bounds, counts: (0...bounds.count).map { buckets[$0].load(ordering: .relaxed) },
            sum: sum.load(ordering: .relaxed))
    }

    func write(to writer: inout ExpositionWriter, help: String) {
        writer.histogram(key.family, value, key.labels, help)
    }
}
