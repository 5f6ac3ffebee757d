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
                json.name("ready")
                json.write(readiness.isReady)
                json.name("store")
                json.write(exchange.sequencer.store.label)
                json.name("store_available")
                json.write(readiness.isStoreThere)
                json.name("seconds")
                json.write(readiness.since)
                json.name("runway_seconds")
                if let runway = readiness.runway { json.write(runway) } else { json.writeNull() }
                json.name("reason")
                json.write(readiness.reason)
            }
        }
    },
]
