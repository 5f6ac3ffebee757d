import Testing

@testable import PrometheusMetrics

@Suite struct RegistryTests {
    private let registry = PrometheusRegistry(seriesLimit: 5, familyLimit: 10)

    private func refused(_ reason: String) -> Double {
        registry.counter("metrics_series_refused_total", labels: [("reason", reason)], help: "").value
    }

    @Test func askingTwiceGivesTheSameObject() {
        let first = registry.counter("a.b", labels: [("x", "1"), ("y", "2")], help: "")
        #expect(registry.counter("a-b", labels: [("y", "2"), ("x", "1")], help: "") === first)
        #expect(registry.counter("a.b", labels: [("x", "1")], help: "") !== first)
    }

    @Test func anotherTypeIsRefused() throws {
        registry.counter("a", help: "").increment()
        let gauge = registry.gauge("a", help: "")
        gauge.set(5)
        #expect(gauge.value == 5)
        registry.histogram("a", help: "").record(1)
        registry.histogram("b", help: "").record(1)
        registry.counter("b_count", help: "").increment()
        #expect(registry.samples("a") == ["a 1"])
        #expect(refused("type_conflict") == 3)
        #expect(try StrictReader(registry.exposition()).types["b_count"] == nil)
        registry.remove(gauge)
        #expect(registry.samples("a") == ["a 1"])
    }

    @Test func seriesAndFamiliesAreBounded() {
        for index in 0..<8 { registry.counter("a", labels: [("i", "\(index)")], help: "").increment() }
        #expect(registry.samples("a{").count == 5)
        #expect(refused("too_many_series") == 3)
        for index in 0..<20 { registry.gauge("g\(index)", help: "").set(1) }
        #expect(registry.text.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }.count == 10)
        #expect(refused("too_many_families") == 13)
        // What is there already is still found.
        registry.counter("a", labels: [("i", "4")], help: "").increment()
        #expect(registry.samples("a{i=\"4\"}") == ["a{i=\"4\"} 2"])
    }

    @Test func removedSeriesMakeRoom() {
        let histograms = (0..<5).map { registry.histogram("a", labels: [("i", "\($0)")], help: "") }
        registry.remove(histograms[0])
        _ = registry.histogram("a", labels: [("i", "new")], help: "")
        #expect(refused("too_many_series") == 0)
        #expect(registry.samples("a_count").count == 5)
    }

    @Test func aFamilyThatIsGoneGivesItsNamesBack() {
        registry.remove(registry.histogram("a", help: ""))
        registry.counter("a_count", help: "").increment()
        registry.gauge("a", help: "").set(2)
        #expect(registry.samples("a") == ["a 2", "a_count 1"])
        #expect(refused("type_conflict") == 0)
    }

    @Test func removingAnOldOneLeavesTheNewOne() {
        let old = registry.counter("a", help: "")
        registry.remove(old)
        registry.remove(old)
        let new = registry.counter("a", help: "")
        #expect(new !== old)
        registry.remove(old)
        old.increment()
        #expect(registry.samples("a") == ["a 0"])
    }

    @Test func theFirstHistogramDecidesOnBounds() {
        _ = registry.histogram("a", labels: [("i", "1")], bounds: [1, 2], help: "")
        #expect(registry.histogram("a", labels: [("i", "2")], bounds: [7], help: "").value.bounds == [1, 2])
    }

    @Test func collectorsJoinFamilies() throws {
        registry.counter("a_total", labels: [("from", "registry")], help: "A.").increment()
        registry.collect { $0.counter("a_total", 7, labels: [("from", "first")], help: "") }
        registry.collect { $0.counter("a_total", 8, labels: [("from", "second")], help: "") }
        #expect(
            registry.text.hasPrefix(
                """
                # HELP a_total A.
                # TYPE a_total counter
                a_total{from="registry"} 1
                a_total{from="first"} 7
                a_total{from="second"} 8
                # HELP metrics
                """))
    }

    @Test func collectorsThatCollideAreLeftOutAndCounted() throws {
        registry.gauge("a", help: "").set(1)
        registry.collect { writer in
            writer.gauge("a", 2, help: "")
            writer.counter("a", 3, labels: [("x", "y")], help: "")
            writer.gauge("metrics_series_refused_total", 4, help: "")
            writer.gauge("b", 5, help: "")
        }
        for scrape in 0..<3 {
            let read = try StrictReader(registry.exposition())
            #expect(read.samples["a"] == "1")
            #expect(read.samples["b"] == "5")
            #expect(read.samples["metrics_samples_left_out_total"] == "\(scrape * 3)")
        }
    }

    @Test func aCollectorMayUseTheRegistry() throws {
        let registry = registry
        registry.collect { writer in
            registry.counter("scrapes_total", help: "").increment()
            writer.gauge("a", 1, help: "")
        }
        _ = registry.exposition()
        #expect(registry.samples("scrapes_total") == ["scrapes_total 1"])
    }

    @Test func aSmallLimitLeavesTheOwnCounters() throws {
        let registry = PrometheusRegistry(seriesLimit: -1, familyLimit: 0)
        _ = registry.gauge("a", help: "")
        let read = try StrictReader(registry.exposition())
        #expect(read.samples["metrics_series_refused_total{reason=\"too_many_families\"}"] == "1")
        #expect(read.types.count == 2)
    }
}
