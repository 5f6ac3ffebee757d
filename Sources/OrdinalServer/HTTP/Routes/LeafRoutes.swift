import HTTPTypes
import Hummingbird
import Ordinal

/// `GET /api/segment/get/{key}`, as Leaf has it: the number and nothing else; a key must be there.
let leafRoutes: [HTTPRoute] = [
    HTTPRoute(
        .get, "/api/segment/get/{name}", role: .use,
        failure: { failure, _ in .text(failure.status, failure.detail.onSingleLine) }
    ) { exchange async throws(HTTPFailure) in
        let runs = try await exchange.numbers(try exchange.name(), count: 1, creates: false)
        return .text(.ok, runs.map { "\($0.first)" }.joined())
    }
]
