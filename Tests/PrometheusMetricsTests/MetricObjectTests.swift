import Testing

@testable import PrometheusMetrics

@Suite struct MetricObjectTests {
    private let registry = PrometheusRegistry()

    @Test func countersAddUpExactly() {
        let counter = registry.counter("c_total", help: "")
        counter.increment()
        counter.increment(by: 4)
        counter.increment(by: Int64.max)
        #expect(registry.samples("c_total") == ["c_total 9223372036854775812"])
        counter.reset()
        #expect(registry.samples("c_total") == ["c_total 0"])
    }

    @Test func countersNeverFall() {
        let counter = registry.counter("c_total", help: "")
        counter.increment(by: 2)
        counter.increment(by: 0.25)
        for amount in [-1, .nan, .infinity, -.infinity, 0] as [Double] { counter.increment(by: amount) }
        counter.increment(by: Int64.min)
        counter.increment(by: -3)
        #expect(counter.value == 2.25)
        #expect(registry.samples("c_total") == ["c_total 2.25"])
    }

    @Test func gaugesGoUpAndDown() {
        let gauge = registry.gauge("g", help: "")
        gauge.set(5)
        gauge.increment()
        gauge.decrement(by: 8.5)
        #expect(gauge.value == -2.5)
        gauge.record(Int64(7))
        #expect(registry.samples("g") == ["g 7"])
        gauge.record(.nan)
        #expect(registry.samples("g") == ["g NaN"])
    }

    @Test func aBoundBelongsToItsBucket() {
        let bounds = PrometheusHistogram.latencyBounds
        let histogram = registry.histogram("h", help: "")
        for bound in bounds {
            histogram.record(nanoseconds: Int64((bound * 1e9).rounded()))
            histogram.record(bound)
            histogram.record(bound.nextUp)
        }
        let value = histogram.value
        #expect(value.bounds == bounds)
        #expect(value.counts == [2] + Array(repeating: 3, count: bounds.count - 1) + [1])
        #expect(bounds.first == 1e-5 && bounds.last == 10 && bounds == bounds.sorted())
    }

    @Test func manyAreRecordedAtOnce() {
        let histogram = registry.histogram("h_seconds", bounds: [0.001, 1], help: "")
        histogram.record(nanoseconds: 500_000, count: 64)
        histogram.record(0.5, count: 3)
        histogram.record(nanoseconds: 2_000_000_000)
        #expect(histogram.value.counts == [64, 3, 1])
        #expect(histogram.value.sum == 64 * 0.0005 + 1.5 + 2)
        #expect(histogram.value.count == 68)
    }

    @Test func whatIsNoValueRecordsNothing() {
        let histogram = registry.histogram("h", bounds: [0, 1], help: "")
        for value in [Double.nan, .infinity, -.infinity] { histogram.record(value) }
        histogram.record(1, count: 0)
        histogram.record(1, count: -5)
        histogram.record(nanoseconds: 7, count: .min)
        #expect(histogram.value.counts == [0, 0, 0])
        histogram.record(nanoseconds: .min)
        #expect(histogram.value.counts == [1, 0, 0] && histogram.value.sum == 0)
        histogram.record(nanoseconds: .max, count: .max)
        #expect(histogram.value.counts == [1, 0, .max])
    }

    @Test func boundsAreMadeUsable() {
        let bounds = registry.histogram("h", bounds: [5, .nan, 1, .infinity, 5, -1], help: "").value.bounds
        #expect(bounds == [-1, 1, 5])
        let many = registry.histogram("m", bounds: (0..<1000).map(Double.init), help: "").value
        #expect(many.bounds.count == 100 && many.counts.count == 101)
    }
}
