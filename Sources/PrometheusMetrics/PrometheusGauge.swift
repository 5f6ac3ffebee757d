public import CoreMetrics
import Synchronization

/// A value that goes up and down. It may be used from any thread and never waits.
///
/// Get one from ``PrometheusRegistry/gauge(_:labels:help:)``. The value is a `Double`, as in Prometheus; an integer beyond
/// 2^53 that must be exact is written by a collector instead.
public final class PrometheusGauge: Series, RecorderHandler, MeterHandler {
    let key: SeriesKey
    private let current = Atomic<Double>(0)

    init(_ key: SeriesKey) { self.key = key }

    /// Replaces the value.
    public func set(_ value: Int) { set(Double(value)) }

    /// Replaces the value.
    public func set(_ value: Int64) { set(Double(value)) }

    /// Replaces the value.
    public func set(_ value: Double) { current.store(value, ordering: .relaxed) }

    /// Adds to the value.
    public func increment(by amount: Double = 1) { current.add(amount) }

    /// Takes from the value.
    public func decrement(by amount: Double = 1) { current.add(-amount) }

    /// Replaces the value. This is how a recorder of swift-metrics that does not aggregate says it.
    public func record(_ value: Int64) { set(value) }

    /// Replaces the value. This is how a recorder of swift-metrics that does not aggregate says it.
    public func record(_ value: Double) { set(value) }

    /// The value that was set last, and what was added since.
    public var value: Double { current.load(ordering: .relaxed) }

    func write(to writer: inout ExpositionWriter, help: String) {
        writer.sample(key.family, .gauge, key.labels, help) { $0.append(value) }
    }
}
