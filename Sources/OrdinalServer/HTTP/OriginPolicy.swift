import HTTPTypes
import Hummingbird

/// Which web pages may use this server from a browser.
///
/// A browser sends requests for any page that it shows, with whatever the user's machine can reach: without this, a page of
/// a stranger could use up the numbers of a server on the reader's own machine. Other clients send none of these fields.
struct OriginPolicy: Sendable {
    /// What a request is to this server.
    enum Standing: Equatable {
        /// It comes from no page of another origin.
        case own
        /// It comes from a page that may use the server, and whose browser has to be told so.
        case allowed(String)
        case foreign
    }

    /// Pages of these origins may: `https://shop.example.com`, or `*` for all.
    private let origins: Set<String>
    /// The fields that a page may send and see besides those that all may.
    private let traceHeader: String

    init(_ options: HTTPOptions) {
        origins = Set(options.allowedOrigins)
        traceHeader = options.traceHeader
    }

    func standing(of request: HTTPRequest) -> Standing {
        if let origin = request.headerFields[.origin] {
            if origins.contains(origin) || origins.contains("*") { return .allowed(origin) }
            return isOwn(origin, request) ? .own : .foreign
        }
        // A picture or a link of another page: its request names no origin, but says that it crosses one.
        switch request.headerFields[.secFetchSite] {
        case "cross-site", "same-site": return origins.contains("*") ? .own : .foreign
        default: return .own
        }
    }

    /// Whether a page was served under the name that the request was sent to.
    private func isOwn(_ origin: String, _ request: HTTPRequest) -> Bool {
        guard let authority = request.authority, let scheme = origin.firstRange(of: "://") else { return false }
        return origin[scheme.upperBound...] == authority
    }

    /// Tells a browser that the page may see the answer, whatever that is.
    func allow(_ origin: String, in fields: inout HTTPFields) {
        fields[.accessControlAllowOrigin] = origin
        fields[.vary] = "Origin"
        fields[.accessControlExposeHeaders] = "\(traceHeader), Idempotency-Replayed, Location, Retry-After"
    }

    /// The answer to a browser that asks before it sends what a page wants; nil if this is no such question.
    func preflight(_ request: HTTPRequest, _ standing: Standing) -> Response? {
        guard request.method == .options, request.headerFields[.accessControlRequestMethod] != nil,
            case .allowed = standing
        else { return nil }
        var response = Response(status: .noContent, headers: [.cacheControl: "no-store"])
        response.headers[.accessControlAllowMethods] = "GET, POST, PUT, PATCH, DELETE"
        response.headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Idempotency-Key, \(traceHeader)"
        response.headers[.accessControlMaxAge] = "600"
        return response
    }
}

extension HTTPFailure {
    static let foreignOrigin = HTTPFailure(
        .forbidden, "foreign-origin",
        "a web page of another origin may not use this server; http.allowed_origins names those that may")
}

extension HTTPField.Name {
    fileprivate static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
}
