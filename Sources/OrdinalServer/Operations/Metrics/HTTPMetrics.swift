import HTTPTypes
import NIOConcurrencyHelpers
import PrometheusMetrics

/// What the HTTP front counts.
struct HTTPMetrics: Sendable {
    private let registry: PrometheusRegistry
    let numbers: PrometheusCounter

    init(_ registry: PrometheusRegistry) {
        self.registry = registry
        numbers = .issued(by: "http", registry)
    }

    /// What is counted of one route.
    func route(_ path: String, method: String) -> RouteMetrics {
        RouteMetrics(path, method, registry)
    }
}

/// What is counted of the requests of one route.
final class RouteMetrics: Sendable {
    private let path: String
    private let method: String
    private let registry: PrometheusRegistry
    private let duration: PrometheusHistogram
    /// By status: there are few, and each is made when it first comes.
    private let counters = NIOLockedValueBox<[Int: PrometheusCounter]>([:])

    fileprivate init(_ path: String, _ method: String, _ registry: PrometheusRegistry) {
        self.path = path
        self.method = method
        self.registry = registry
        duration = registry.histogram(
            "ordinal_http_request_duration_seconds", labels: [("route", path)],
            help: "From a request's first line to its answer.")
    }

    func count(_ status: HTTPResponse.Status, nanoseconds: Int64) {
        duration.record(nanoseconds: nanoseconds, count: 1)
        let counter = counters.withLockedValue { counters in
            if let counter = counters[status.code] { return counter }
            let counter = registry.counter(
                "ordinal_http_requests_total",
                labels: [("route", path), ("method", method), ("code", "\(status.code)")], help: "Requests over HTTP.")
            counters[status.code] = counter
            return counter
        }
        counter.increment()
    }
}
