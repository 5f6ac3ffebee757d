import HTTPTypes
import Hummingbird
package import NIOCore
package import Ordinal

/// `POST /alloc`, as idalloc has it: the same members in the same order, the same codes.
let idallocRoutes: [HTTPRoute] = [
    HTTPRoute(.post, "/alloc", role: .use, failure: allocFailure) { exchange async throws(HTTPFailure) in
        let body = try await exchange.body()
        let request = try AllocRequest(body)
        let limit = exchange.services.options.maximumCount
        guard request.count <= limit else { throw .badRequest("count must be at most \(limit)") }
        return try await exchange.once(about: request.name, count: request.count, body: body) {
            exchange async throws(HTTPFailure) in
            try await exchange.numbers(request.name, count: request.count, creates: exchange.mayCreate)
        } tell: { runs in
            allocAnswer(runs, traceID: exchange.traceID)
        }
    }
]

/// What idalloc's clients send: `{"serviceName":"order","count":3}`.
package struct AllocRequest {
    package let name: SequenceName
    package let count: Int64

    /// Reads the body of a request.
    package init(_ bytes: ByteBuffer) throws(HTTPFailure) {
        let body: JSONObject
        do throws(JSONReader.Problem) { body = try JSONObject(bytes) } catch {
            throw .badRequest("the body must be JSON such as {\"serviceName\":\"order\",\"count\":3}, but \(error)")
        }
        let service = try body.text("serviceName").required("serviceName").asServiceName
        guard (1...64).contains(service.utf8.count) else {
            throw .badRequest("serviceName must have 1 to 64 bytes")
        }
        name = try HTTPExchange.name(Array(service.utf8))
        // Nothing and 0 mean one.
        let given = try body.integer("count") ?? 0
        count = given == 0 ? 1 : given
        guard count >= 1 else { throw .badRequest("count must not be negative") }
    }
}

private let allocFailure: HTTPRoute.FailureStyle = { failure, exchange in
    let status = exchange.services.options.idallocStatus == .always200 ? .ok : failure.status
    return Response(
        status, .json,
        allocText(code: idallocCode(failure), message: failure.detail, traceID: exchange.traceID) { $0.writeNull() })
}

/// What tells of numbers.
func allocAnswer(_ runs: [Run], traceID: String) -> ByteBuffer {
    allocText(code: 0, message: "OK", traceID: traceID) { json in
        json.object { json in
            json.array("ids") { json in for run in runs { for number in run { json.write(number) } } }
        }
    }
}

private func allocText(
    code: Int64, message: String, traceID: String, _ data: (inout JSONText) -> Void
) -> ByteBuffer {
    var text = JSONText()
    text.object { json in
        json.member("code", code)
        json.member("msg", message.onSingleLine)
        json.name("data")
        data(&json)
        json.member("traceId", traceID)
        json.member("ts", WallClock.milliseconds)
    }
    return text.buffer
}

/// idalloc's code for a failure.
private func idallocCode(_ failure: HTTPFailure) -> Int64 {
    switch failure.status {
    case .unauthorized: 401_000
    case .forbidden: 403_000
    case .notFound: 404_000
    case .tooManyRequests: 429_000
    case .serviceUnavailable: 501_000
    case .internalServerError: 502_000
    default: failure.status.kind == .clientError ? 400_000 : 500_000
    }
}

extension String {
    /// The text without white space at its ends, in lower case.
    fileprivate var asServiceName: String {
        // Most names are like this already, which is much faster to see than to bring about.
        let isPlain = utf8.allSatisfy { (0x21...0x7E).contains($0) && !(0x41...0x5A).contains($0) }
        guard !isPlain else { return self }
        let isSpace: (Character) -> Bool = \.isWhitespace
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed()).lowercased()
    }
}
