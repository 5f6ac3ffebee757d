public import CoreMetrics

/// The metrics of libraries. The label that a library gave is the help text; the name is made of it as Prometheus has it.
extension PrometheusRegistry {
    /// A counter. Its name ends in `_total`: `http.requests` is `http_requests_total`.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(MetricName.family(label, suffix: "_total"), labels: dimensions, help: label)
    }

    /// A counter that may grow by fractions. It is the same as the other counter of its name, if there is one.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(MetricName.family(label, suffix: "_total"), labels: dimensions, help: label)
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, labels: dimensions, help: label)
    }

    /// A histogram over ``PrometheusHistogram/sizeBounds`` if it aggregates, a gauge otherwise.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return gauge(label, labels: dimensions, help: label) }
        return histogram(label, labels: dimensions, bounds: PrometheusHistogram.sizeBounds, help: label)
    }

    /// A histogram in seconds over ``PrometheusHistogram/latencyBounds``. Its name ends in `_seconds`.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(MetricName.family(label, suffix: "_seconds"), labels: dimensions, help: label)
    }

    /// Removes the counter, whoever else made it too.
    public func destroyCounter(_ handler: any CounterHandler) {
        if let counter = handler as? PrometheusCounter { remove(counter) }
    }

    /// Removes the counter, whoever else made it too.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        if let counter = handler as? PrometheusCounter { remove(counter) }
    }

    /// Removes the gauge, whoever else made it too.
    public func destroyMeter(_ handler: any MeterHandler) {
        if let gauge = handler as? PrometheusGauge { remove(gauge) }
    }

    /// Removes the gauge or histogram, whoever else made it too.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        if let gauge = handler as? PrometheusGauge { remove(gauge) }
        if let histogram = handler as? PrometheusHistogram { remove(histogram) }
    }

    /// Removes the histogram, whoever else made it too.
    public func destroyTimer(_ handler: any TimerHandler) {
        if let histogram = handler as? PrometheusHistogram { remove(histogram) }
    }
}
