import Logging
import NIOConcurrencyHelpers
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
    let rates: RequestRates
    let metrics: HTTPMetrics
    let registry: PrometheusRegistry
    let loops: EventLoopDelay
    let logOutput: LogOutput?
    let idempotency: IdempotencyMemory<RememberedAnswer>
    let logger: Logger
}

/// The requests that wait for numbers or for the store, so that they can be told that the node stops.
final class PendingWaits: Sendable {
    private struct State {
        var cancels: [Int: @Sendable () -> Void] = [:]
        var next = 0
        var isStopping = false
    }

    private let state = NIOLockedValueBox(State())

    /// Keeps a way to end a wait, until ``end(_:)``.
    func begin(_ cancel: @escaping @Sendable () -> Void) -> Int {
        let (key, isStopping) = state.withLockedValue { state in
            state.next += 1
            state.cancels[state.next] = cancel
            return (state.next, state.isStopping)
        }
        if isStopping { cancel() }
        return key
    }

    func end(_ key: Int) { state.withLockedValue { $0.cancels[key] = nil } }

    /// Ends all waits, and those that are to come.
    func stop() {
        let cancels = state.withLockedValue { state in
            state.isStopping = true
            return Array(state.cancels.values)
        }
        for cancel in cancels { cancel() }
    }
}
