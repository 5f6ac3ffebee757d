public import CoreMetrics
import Synchronization

/// A value that only grows. It may be used from any thread and never waits.
///
/// Get one from ``PrometheusRegistry/counter(_:labels:help:)``. Whole amounts are counted exactly, and wrap around at 2^64,
/// which Prometheus takes for a restart; fractions are added up apart from them.
public final class PrometheusCounter: Series, CounterHandler, FloatingPointCounterHandler {
    let key: SeriesKey
    private let whole = Atomic<UInt64>(0)
    private let fraction = Atomic<Double>(0)

    init(_ key: SeriesKey) { self.key = key }

    /// Adds `amount`, or nothing if it is negative: a counter never falls.
    public func increment(by amount: Int = 1) {
        increment(by: Int64(amount))
    }

    /// Adds `amount`, or nothing if it is negative: a counter never falls.
    public func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Adds `amount`, or nothing if it is negative or no finite number: a counter never falls.
    public func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.add(amount)
    }

    /// Begins at 0 again, which Prometheus takes for a restart.
    public func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.store(0, ordering: .relaxed)
    }

    /// What was added up so far.
    public var value: Double {
        Double(whole.load(ordering: .relaxed)) + fraction.load(ordering: .relaxed)
    }

    func write(to writer: inout ExpositionWriter, help: String) {
        let whole = whole.load(ordering: .relaxed)
        let fraction = fraction.load(ordering: .relaxed)
        writer.sample(key.family, .counter, key.labels, help) { text in
            if fraction == 0 { text.append(whole.description) } else { text.append(Double(whole) + fraction) }
        }
    }
}
