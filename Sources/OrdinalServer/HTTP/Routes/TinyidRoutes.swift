import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal

/// tinyid's server, under both paths that its clients are configured with. A `bizType` must be there.
let tinyidRoutes: [HTTPRoute] = ["/tinyid/id", "/id"].flatMap { prefix in
    [HTTPRequest.Method.get, .post].flatMap { method in
        [
            HTTPRoute(method, "\(prefix)/nextId", role: .use, secret: "token", failure: tinyidFailure) {
                exchange async throws(HTTPFailure) in
                let runs = try await TinyidRequest(exchange).numbers()
                return tinyidResponse { json in
                    json.array { json in for run in runs { for number in run { json.write(number) } } }
                }
            },
            HTTPRoute(method, "\(prefix)/nextIdSimple", role: .use, secret: "token", failure: simpleFailure) {
                exchange async throws(HTTPFailure) in
                let runs = try await TinyidRequest(exchange).numbers()
                return .text(.ok, runs.flatMap { run in run.map { "\($0)" } }.joined(separator: ","))
            },
            HTTPRoute(method, "\(prefix)/nextSegmentId", role: .use, secret: "token", failure: tinyidFailure) {
                exchange async throws(HTTPFailure) in
                let segment = try await TinyidRequest(exchange).segment()
                return tinyidResponse { json in
                    json.object { json in
                        json.member("maxId", segment.maximum)
                        json.member("loadingId", segment.loading)
                        json.member("currentId", segment.current)
                        json.member("delta", segment.delta)
                        json.member("remainder", segment.remainder)
                    }
                }
            },
            HTTPRoute(method, "\(prefix)/nextSegmentIdSimple", role: .use, secret: "token", failure: simpleFailure) {
                exchange async throws(HTTPFailure) in
                let segment = try await TinyidRequest(exchange).segment()
                let parts = [segment.current, segment.loading, segment.maximum, segment.delta, segment.remainder]
                return .text(.ok, parts.map(String.init).joined(separator: ","))
            },
        ]
    }
}

/// `bizType`, `batchSize` and, for whoever is configured to send it, `token`, from the query or a form.
private struct TinyidRequest {
    let exchange: HTTPExchange
    private let name: SequenceName
    private let batchSize: String?

    init(_ exchange: HTTPExchange) async throws(HTTPFailure) {
        self.exchange = exchange
        let query = FormText(exchange.request.uri.query ?? "")
        let form = exchange.request.method == .post ? try FormText(await exchange.body()) : FormText("")
        func value(_ name: String) throws(HTTPFailure) -> String? {
            if let value = try query.value(name) { return value }
            return try form.value(name)
        }
        guard let business = try value("bizType") else { throw .badRequest("bizType is missing") }
        name = try HTTPExchange.name(Array(business.utf8))
        batchSize = try value("batchSize")
    }

    func numbers() async throws(HTTPFailure) -> [Run] {
        guard let count = Int64(batchSize ?? "1"), count >= 1 else {
            throw .badRequest("batchSize must be a number from 1 up")
        }
        // tinyid gives fewer where more were asked for than it allows.
        let limit = exchange.services.options.maximumCount
        return try await exchange.numbers(name, count: min(count, limit), creates: false)
    }

    /// A contiguous run that the client counts through by itself.
    func segment() async throws(HTTPFailure) -> TinyidSegment {
        TinyidSegment(try await exchange.run(name, count: exchange.services.options.segmentSize, creates: false))
    }
}

/// A run in tinyid's words: the numbers above `current` up to `maximum` that leave `remainder` when divided by `delta`.
private struct TinyidSegment {
    let current: Int64
    let loading: Int64
    let maximum: Int64
    let delta: Int64
    let remainder: Int64

    init(_ run: Run) {
        current = run.first - run.increment
        maximum = run.last
        delta = run.increment
        remainder = run.first % run.increment
        // A client fetches the next segment when a fifth is used, as from tinyid's own server.
        loading = current + run.count / 5 * run.increment
    }
}

private func tinyidResponse(
    _ status: HTTPResponse.Status = .ok, code: Int64 = 200, message: String = "", _ data: (inout JSONText) -> Void
) -> Response {
    .json(status) { json in
        json.object { json in
            json.name("data")
            data(&json)
            json.member("code", code)
            json.member("message", message.onSingleLine)
        }
    }
}

/// tinyid knows two codes: a wrong token, and everything else.
private let tinyidFailure: HTTPRoute.FailureStyle = { failure, _ in
    let isToken = failure.status == .unauthorized || failure.status == .forbidden
    return tinyidResponse(failure.status, code: isToken ? 5 : 6, message: failure.detail) { $0.writeNull() }
}

/// In their simple form tinyid's answers are empty when there is nothing to give; the status tells why.
private let simpleFailure: HTTPRoute.FailureStyle = { failure, _ in .text(failure.status, "") }
