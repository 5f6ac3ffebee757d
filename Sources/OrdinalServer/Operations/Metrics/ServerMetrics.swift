import NIOCore
import Ordinal
import PrometheusMetrics

extension PrometheusRegistry {
    /// Has everything told at each scrape that is not counted as it happens.
    func collect(
        _ sequences: SequenceMetrics, connections: [(front: String, connections: Connections)], rates: RateLimiter,
        idempotency: @escaping @Sendable () -> Int
    ) {
        let process = ProcessMetrics()
        collect { writer in
            writer.gauge(
                "ordinal_build_info", 1, labels: [("version", OrdinalVersion.current)], help: "What is running.")
            sequences.write(to: &writer)
            for (front, connections) in connections {
                let labels = [("front", front)]
                writer.gauge("ordinal_connections", connections.count, labels: labels, help: "Open connections.")
                writer.counter(
                    "ordinal_connections_total", connections.accepted, labels: labels, help: "Connections that came.")
                writer.counter(
                    "ordinal_connections_refused_total", connections.rejected, labels: labels,
                    help: "Connections that there was no room for.")
            }
            for scope in RateScope.allCases {
                writer.counter(
                    "ordinal_rate_limited_total", rates.refused(by: scope), labels: [("scope", scope.rawValue)],
                    help: "Requests that were refused because too many came.")
            }
            writer.gauge("ordinal_idempotency_keys", idempotency(), help: "Idempotency keys that are remembered.")
            process.write(to: &writer)
        }
    }
}
