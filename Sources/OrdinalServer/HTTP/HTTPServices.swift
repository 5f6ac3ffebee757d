import Logging
import Ordinal
import PrometheusMetrics

/// What every request of the HTTP front works with.
struct HTTPServices: Sendable {
    let sequencer: Sequencer
    let credentials: Credentials
    let options: HTTPOptions
    let creation: CreationPolicy
    let explainer: Explainer
    let readiness: Readiness
    let connections: Connections
    let executors: EventLoopExecutors
    let waits: PendingWaits
    let rates: RateLimiter
    let metrics: HTTPMetrics
    let registry: PrometheusRegistry
    let loops: EventLoopDelay
    let logOutput: LogOutput?
    let idempotency: IdempotencyMemory<RememberedAnswer>
    let logger: Logger
}
