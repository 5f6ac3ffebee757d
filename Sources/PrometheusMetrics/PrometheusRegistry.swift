public import CoreMetrics
import NIOConcurrencyHelpers

/// The metrics of a program, and the text that Prometheus reads.
///
/// ```swift
/// let registry = PrometheusRegistry()
/// let issued = registry.counter("ordinal_numbers_issued_total", labels: [("front", "redis")], help: "Numbers handed out.")
/// issued.increment(by: 3)
/// let body = registry.exposition()  // Content-Type: PrometheusRegistry.contentType
/// ```
///
/// Metrics may be made, used and removed on any thread at any time. Asking twice for one name and the same labels gives
/// the same object. Two texts that become one name (`a.b` and `a-b`) are one family.
///
/// A series that cannot be part of the exposition is refused: its family or its name has another type already, or there
/// are too many. The object works all the same and nobody sees its values; `metrics_series_refused_total` counts how often
/// that happened, by `reason`.
///
/// As a `MetricsFactory` it shows the metrics of every library; see ``makeCounter(label:dimensions:)`` and its neighbours.
public final class PrometheusRegistry: MetricsFactory {
    /// The value of `Content-Type` for ``exposition()``.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let families: NIOLockedValueBox<RegisteredFamilies>
    private let collectors = NIOLockedValueBox<[@Sendable (inout ExpositionWriter) -> Void]>([])
    private let refused: [RegisteredFamilies.Refusal: PrometheusCounter]
    private let leftOut: PrometheusCounter

    /// An empty registry.
    ///
    /// - Parameters:
    ///   - seriesLimit: The most series of a family.
    ///   - familyLimit: The most families, two of the registry's own among them.
    public init(seriesLimit: Int = 1000, familyLimit: Int = 1000) {
        var own = RegisteredFamilies(familyLimit: max(2, familyLimit), seriesLimit: max(3, seriesLimit))
        func counter(_ name: String, _ labels: [(String, String)], help: String) -> PrometheusCounter {
            let key = SeriesKey(name, labels)
            return own.series(at: key, of: .init(type: .counter, help: help, bounds: [])) { _ in
                PrometheusCounter(key)
            }.series
        }
        var refused: [RegisteredFamilies.Refusal: PrometheusCounter] = [:]
        for refusal in RegisteredFamilies.Refusal.allCases {
            refused[refusal] = counter(
                "metrics_series_refused_total", [("reason", refusal.rawValue)],
                help: "How often a series was asked for that could not be shown.")
        }
        self.refused = refused
        leftOut = counter(
            "metrics_samples_left_out_total", [],
            help: "Samples of collectors that earlier scrapes left out: another type, or there twice.")
        families = NIOLockedValueBox(own)
    }

    /// A value that only grows. Its name should end in `_total`.
    public func counter(_ name: String, labels: [(String, String)] = [], help: String) -> PrometheusCounter {
        let key = SeriesKey(MetricName.family(name), labels)
        return series(at: key, .init(type: .counter, help: help, bounds: [])) { _ in PrometheusCounter(key) }
    }

    /// A value that goes up and down.
    public func gauge(_ name: String, labels: [(String, String)] = [], help: String) -> PrometheusGauge {
        let key = SeriesKey(MetricName.family(name), labels)
        return series(at: key, .init(type: .gauge, help: help, bounds: [])) { _ in PrometheusGauge(key) }
    }

    /// A distribution of values.
    ///
    /// - Parameter bounds: The upper bounds of the buckets. They are put in order; those that are not finite and those
    ///   beyond the hundredth are left out. The first series of a family decides for all of them.
    public func histogram(
        _ name: String, labels: [(String, String)] = [], bounds: [Double] = PrometheusHistogram.latencyBounds,
        help: String
    ) -> PrometheusHistogram {
        let key = SeriesKey(MetricName.family(name), labels)
        let bounds = PrometheusHistogram.usable(bounds)
        return series(at: key, .init(type: .histogram, help: help, bounds: bounds)) {
            PrometheusHistogram(key, bounds: $0)
        }
    }

    /// Takes a series out of the exposition. Whoever still has it may go on using it; nobody sees it.
    public func remove(_ counter: PrometheusCounter) { families.withLockedValue { $0.remove(counter) } }

    /// Takes a series out of the exposition. Whoever still has it may go on using it; nobody sees it.
    public func remove(_ gauge: PrometheusGauge) { families.withLockedValue { $0.remove(gauge) } }

    /// Takes a series out of the exposition. Whoever still has it may go on using it; nobody sees it.
    public func remove(_ histogram: PrometheusHistogram) { families.withLockedValue { $0.remove(histogram) } }

    /// Has `collector` called at each scrape, to write what is computed only then.
    ///
    /// Collectors are called in the order in which they came, after the registry's own metrics and without a lock, perhaps
    /// by two scrapes at once. Samples of a family that the registry or an earlier collector has as well join it if the type
    /// is the same; others are left out, and so is a series that is there already. `metrics_samples_left_out_total`
    /// counts them, one scrape later. The limits of the registry are not those of collectors: each bounds what it writes.
    public func collect(_ collector: @escaping @Sendable (inout ExpositionWriter) -> Void) {
        collectors.withLockedValue { $0.append(collector) }
    }

    /// All metrics in the text format of Prometheus, version 0.0.4.
    public func exposition() -> [UInt8] {
        var writer = ExpositionWriter()
        for family in families.withLockedValue({ $0.families.values.map { $0 } }) {
            // Nothing but a steady order, so that two scrapes can be compared by eye.
            for (_, series) in family.series.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                series.write(to: &writer, help: family.help)
            }
        }
        for collector in collectors.withLockedValue({ $0 }) { collector(&writer) }
        leftOut.increment(by: writer.samplesLeftOut)
        return writer.finish()
    }

    private func series<Made: Series>(
        at key: SeriesKey, _ family: RegisteredFamilies.Family, make: ([Double]) -> Made
    ) -> Made {
        let (series, refusal) = families.withLockedValue { $0.series(at: key, of: family, make: make) }
        if let refusal { refused[refusal]?.increment() }
        return series
    }
}
