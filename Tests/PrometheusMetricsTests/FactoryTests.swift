import CoreMetrics
import Testing

@testable import PrometheusMetrics

/// What libraries see: the types of swift-metrics over our factory.
@Suite struct FactoryTests {
    private let registry = PrometheusRegistry()

    @Test func everyKindIsShown() throws {
        Counter(label: "http.requests", dimensions: [("code", "200")], factory: registry).increment(by: 3)
        FloatingPointCounter(label: "energy", factory: registry).increment(by: 0.5)
        Gauge(label: "pool.size", factory: registry).record(4)
        Meter(label: "http.active", factory: registry).increment()
        Meter(label: "http.active", factory: registry).increment(by: 2)
        Meter(label: "http.active", factory: registry).decrement()
        Recorder(label: "body.bytes", factory: registry).record(5000)
        CoreMetrics.Timer(label: "http.request.duration", factory: registry).recordMilliseconds(20)
        let read = try StrictReader(registry.exposition())
        #expect(read.samples["http_requests_total{code=\"200\"}"] == "3")
        #expect(read.samples["energy_total"] == "0.5")
        #expect(read.samples["pool_size"] == "4")
        #expect(read.samples["http_active"] == "2")
        #expect(read.samples["body_bytes_bucket{le=\"4096\"}"] == "0")
        #expect(read.samples["body_bytes_bucket{le=\"16384\"}"] == "1")
        #expect(read.samples["http_request_duration_seconds_bucket{le=\"0.01\"}"] == "0")
        #expect(read.samples["http_request_duration_seconds_bucket{le=\"0.025\"}"] == "1")
        #expect(read.samples["http_request_duration_seconds_sum"] == "0.02")
        #expect(read.types["http_request_duration_seconds"] == "histogram")
        #expect(registry.text.contains("# HELP http_requests_total http.requests\n"))
    }

    @Test func bothCountersOfOneNameAreOne() {
        Counter(label: "a", factory: registry).increment(by: 2)
        FloatingPointCounter(label: "a", factory: registry).increment(by: 0.5)
        #expect(registry.samples("a_total") == ["a_total 2.5"])
    }

    @Test func oneLabelForSeveralKindsHarmsNobody() throws {
        Counter(label: "x", factory: registry).increment()
        CoreMetrics.Timer(label: "x", factory: registry).recordSeconds(1)
        Meter(label: "x", factory: registry).set(1)
        let recorder = Recorder(label: "x", factory: registry)
        recorder.record(1)
        recorder.destroy()
        let read = try StrictReader(registry.exposition())
        #expect(read.types["x"] == "gauge")
        #expect(read.samples["metrics_series_refused_total{reason=\"type_conflict\"}"] == "1")
    }

    @Test func destroyedMetricsAreGone() throws {
        let counter = Counter(label: "a", factory: registry)
        let floating = FloatingPointCounter(label: "b", factory: registry)
        let meter = Meter(label: "c", factory: registry)
        let gauge = Gauge(label: "d", factory: registry)
        let recorder = Recorder(label: "e", factory: registry)
        let timer = CoreMetrics.Timer(label: "f", factory: registry)
        #expect(try StrictReader(registry.exposition()).types.count == 8)
        counter.destroy()
        floating.destroy()
        meter.destroy()
        gauge.destroy()
        recorder.destroy()
        timer.destroy()
        counter.increment()
        #expect(try StrictReader(registry.exposition()).types.count == 2)
    }

    @Test func foreignHandlersAreIgnored() {
        let foreign = NOOPMetricsHandler.instance
        registry.destroyCounter(foreign)
        registry.destroyFloatingPointCounter(foreign)
        registry.destroyMeter(foreign)
        registry.destroyRecorder(foreign)
        registry.destroyTimer(foreign)
        #expect(registry.samples("metrics_samples_left_out_total") == ["metrics_samples_left_out_total 0"])
    }
}
