import HTTPTypes
import Hummingbird
import Ordinal

/// What operators and their tools ask for. Never limited, and without a password: nothing here is a secret.
let operationsRoutes: [HTTPRoute] = [
    HTTPRoute(.get, "/healthz", role: nil) { _ throws(HTTPFailure) in .text(.ok, "ok\n") },
    HTTPRoute(.get, "/readyz", role: nil) { exchange throws(HTTPFailure) in
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
