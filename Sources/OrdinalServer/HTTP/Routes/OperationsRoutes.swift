import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal
import PrometheusMetrics

/// What operators and their tools ask for. Never limited; whether the server is well, it tells everybody.
let operationsRoutes: [HTTPRoute] = [
    HTTPRoute(.get, "/healthz", role: nil, isLimited: false) { _ throws(HTTPFailure) in .text(.ok, "ok\n") },
    HTTPRoute(.get, "/metrics", role: .use, isLimited: false) { exchange throws(HTTPFailure) in
        Response(.ok, .metrics, ByteBuffer(bytes: exchange.services.registry.exposition()))
    },
    HTTPRoute(.get, "/openapi.json", role: nil, isLimited: false) { exchange throws(HTTPFailure) in
        let services = exchange.services
        let description = OpenAPIDescription(
            services.options, isOpen: services.credentials.anonymousRole != nil,
            maximumRun: exchange.sequencer.policy.maximumRun)
        return Response(.ok, .json, ByteBuffer(string: description.text))
    },
    HTTPRoute(.get, "/readyz", role: nil, isLimited: false) { exchange throws(HTTPFailure) in
        let readiness = exchange.services.readiness.now(exchange.sequencer)
        return .json(readiness.isReady ? .ok : .serviceUnavailable) { json in
            json.object { json in
                json.member("ready", readiness.isReady)
                json.member("store", exchange.sequencer.store.label)
                json.member("store_available", readiness.isStoreThere)
                json.member("seconds", readiness.since)
                json.member("runway_seconds", readiness.runway)
                json.member("reason", readiness.reason)
            }
        }
    },
]
