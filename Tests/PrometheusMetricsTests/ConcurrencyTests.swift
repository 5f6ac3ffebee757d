import CoreMetrics
import NIOConcurrencyHelpers
import Testing

@testable import PrometheusMetrics

@Suite struct ConcurrencyTests {
    @Test func aMillionRecordsOfSeveralThreadsAddUp() async throws {
        let registry = PrometheusRegistry()
        let counter = registry.counter("c_total", help: "")
        let gauge = registry.gauge("g", help: "")
        let histogram = registry.histogram("h", bounds: [1, 2, 3], help: "")
        let threads = 4
        let each = 250_000
        await onThreads(threads) { thread in
            for index in 0..<each {
                counter.increment()
                counter.increment(by: 0.5)
                gauge.increment()
                histogram.record(Double(thread) + 0.5, count: 1 + index % 2)
            }
        }
        let values = threads * each
        #expect(counter.value == Double(values) * 1.5)
        #expect(gauge.value == Double(values))
        let expected = Int64(each + each / 2)
        #expect(histogram.value.counts == Array(repeating: expected, count: 4))
        #expect(histogram.value.sum == Double(expected) * (0.5 + 1.5 + 2.5 + 3.5))
    }

    /// Threads make, use and destroy while others scrape: whatever a scrape sees is a valid exposition, and in the end every
    /// value that was counted is there.
    @Test func everyScrapeIsValid() async throws {
        let registry = PrometheusRegistry(seriesLimit: 20, familyLimit: 60)
        let failures = NIOLockedValueBox<[any Error]>([])
        registry.collect { $0.counter("kept_total", 5, labels: [("from", "collector")], help: "") }
        await onThreads(6) { thread in
            if thread >= 4 {
                for _ in 0..<40 {
                    do { _ = try StrictReader(registry.exposition()) } catch {
                        failures.withLockedValue { $0.append(error) }
                    }
                }
                return
            }
            for index in 0..<1000 {
                let dimensions = [("of", "\(index % 30)")]
                Counter(label: "kept", dimensions: [("thread", "\(thread)")], factory: registry).increment()
                let name = "f.\(index % 80)"
                let counter = Counter(label: name, dimensions: dimensions, factory: registry)
                let timer = CoreMetrics.Timer(label: name, dimensions: dimensions, factory: registry)
                let meter = Meter(label: name + (thread % 2 == 0 ? "" : "_total"), factory: registry)
                counter.increment()
                timer.recordNanoseconds(5)
                meter.increment()
                if index % 3 != 0 { counter.destroy() }
                if index % 3 != 1 { timer.destroy() }
                if index % 3 != 2 { meter.destroy() }
            }
        }
        #expect(failures.withLockedValue { $0.map { "\($0)" } } == [])
        let read = try StrictReader(registry.exposition())
        #expect(read.types.count <= 61)
        for thread in 0..<4 { #expect(read.samples["kept_total{thread=\"\(thread)\"}"] == "1000") }
        #expect(read.samples["kept_total{from=\"collector\"}"] == "5")
    }

    /// Threads that ask for one series at the same moment get one object.
    @Test func oneSeriesIsMadeOnce() async throws {
        let registry = PrometheusRegistry()
        await onThreads(4) { _ in
            for index in 0..<500 { registry.counter("a\(index)", help: "").increment() }
        }
        let read = try StrictReader(registry.exposition())
        for index in 0..<500 { #expect(read.samples["a\(index)"] == "4") }
    }
}
