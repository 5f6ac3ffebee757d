import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal

/// One thing that can be asked for over HTTP: its entry in the table of routes.
struct HTTPRoute: Sendable {
    /// How a failure is told.
    typealias FailureStyle = @Sendable (HTTPFailure, HTTPExchange) -> Response

    let method: HTTPRequest.Method
    /// The path, with `{name}` for its parts that vary.
    let path: String
    /// What the client must be allowed to do; nil: nothing.
    let role: Role?
    /// Which parameters the query may have; nil: any, as those have it whose routes these are.
    let parameters: Set<String>?
    /// Which of them is a secret, where clients have no other way to send one.
    let secret: String?
    /// Whether it counts for the rates. What operators need does not: it must work just when too many requests come.
    let isLimited: Bool
    let failure: FailureStyle
    let handle: @Sendable (HTTPExchange) async throws(HTTPFailure) -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, role: Role?, isLimited: Bool = true,
        parameters: Set<String>? = nil, secret: String? = nil,
        failure: @escaping FailureStyle = { failure, _ in .problem(failure) },
        _ handle: @escaping @Sendable (HTTPExchange) async throws(HTTPFailure) -> Response
    ) {
        self.method = method
        self.path = path
        self.role = role
        self.isLimited = isLimited
        self.parameters = parameters
        self.secret = secret
        self.failure = failure
        self.handle = handle
    }

    /// Every route there is.
    static let all: [HTTPRoute] =
        idallocRoutes + leafRoutes + tinyidRoutes + sequenceRoutes + operationsRoutes
        + debugRoutes

    /// Answers a request: who asks, may they, and then the answer.
    func respond(to exchange: HTTPExchange) async -> Response {
        var exchange = exchange
        var response: Response
        do throws(HTTPFailure) {
            if let role {
                exchange.principal = try exchange.admit(for: role, isLimited: isLimited, secret: secret)
            }
            if let parameters { try FormText(exchange.request.uri.query ?? "").check(parameters) }
            response = try await handle(exchange)
        } catch {
            response = failure(error, exchange)
            if error.status == .unauthorized {
                response.headers[.wwwAuthenticate] = "Bearer realm=\"ordinal\", Basic realm=\"ordinal\""
            }
            if let seconds = error.retryAfter { response.headers[.retryAfter] = "\(seconds)" }
        }
        return response
    }
}

extension Response {
    /// A text in JSON.
    static func json(_ status: HTTPResponse.Status = .ok, _ body: (inout JSONText) -> Void) -> Response {
        var text = JSONText()
        body(&text)
        return Response(status, .json, text.buffer)
    }

    /// A plain text.
    static func text(_ status: HTTPResponse.Status = .ok, _ text: String) -> Response {
        Response(status, .text, ByteBuffer(string: text))
    }

    /// A failure as RFC 9457 has it.
    static func problem(_ failure: HTTPFailure) -> Response {
        var text = JSONText()
        text.object { json in
            json.member("type", "urn:ordinal:problem:\(failure.kind)")
            json.member("title", failure.status.reasonPhrase)
            json.member("status", Int64(failure.status.code))
            json.member("detail", failure.detail.onSingleLine)
        }
        return Response(failure.status, .problem, text.buffer)
    }

    enum Kind: String {
        case json = "application/json; charset=utf-8"
        case problem = "application/problem+json"
        case text = "text/plain; charset=utf-8"
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    /// Nothing here may be kept by anybody on the way: a number that is handed out twice is what this server is against.
    init(_ status: HTTPResponse.Status, _ kind: Kind, _ body: ByteBuffer) {
        self.init(
            status: status, headers: [.contentType: kind.rawValue, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: body))
    }
}
