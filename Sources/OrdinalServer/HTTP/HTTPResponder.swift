import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// Answers the requests of all connections.
struct HTTPResponder: Sendable {
    private let services: HTTPServices
    private let router: RouterResponder<HTTPContext>
    private let dates = HTTPDate()
    private let origins: OriginPolicy
    private let traceHeader: HTTPField.Name
    /// What is asked for and is no route.
    private let refused: RouteMetrics
    /// Who answers what needs no router, if anybody does.
    let prompt: PromptAnswerer?

    init(_ services: HTTPServices) {
        self.services = services
        origins = OriginPolicy(services.options)
        traceHeader = HTTPField.Name(services.options.traceHeader) ?? HTTPField.Name.traceID
        prompt = PromptAnswerer(services, origins, traceHeader: traceHeader, dates: dates)
        let isTraced = RequestTracing.isOn
        refused = services.metrics.route("other", method: "any")
        let router = Router(context: HTTPContext.self)
        for (path, routes) in Dictionary(grouping: HTTPRoute.all, by: \.path) {
            for route in routes {
                let metrics = services.metrics.route(path, method: route.method.rawValue)
                router.on(RouterPath(path), method: route.method) { request, context in
                    let begin = NIODeadline.now()
                    let exchange = context.exchange(request)
                    let response = await TraceID.$current.withValue(exchange.traceID) {
                        guard isTraced else { return await route.respond(to: exchange) }
                        return await RequestTracing.span(path, request) { await route.respond(to: exchange) }
                    }
                    metrics.count(response.status, nanoseconds: (NIODeadline.now() - begin).nanoseconds)
                    return response
                }
            }
            if let route = routes.first(where: { $0.method == .get && !$0.isLimited }) {
                // What operators' tools look at without reading it. Nothing that gives numbers takes HEAD.
                router.on(RouterPath(path), method: .head) { request, context in
                    await route.respond(to: context.exchange(request))
                }
            }
            let allowed = routes.map(\.method.rawValue).sorted().joined(separator: ", ")
            let others = HTTPRequest.Method.known.filter { method in
                !routes.contains { $0.method == method || method == .head && $0.method == .get && !$0.isLimited }
            }
            for method in others {
                router.on(RouterPath(path), method: method) { _, _ in
                    var response = Response.problem(
                        HTTPFailure(.methodNotAllowed, "method-not-allowed", "this path takes \(allowed)"))
                    response.headers[.allow] = allowed
                    return response
                }
            }
        }
        self.router = router.buildResponder()
    }

    func respond(to request: Request, _ channel: any Channel) async throws -> Response {
        let begin = NIODeadline.now()
        let traceID = TraceID.of(request.headers, header: traceHeader)
        let context = HTTPContext(
            source: HTTPSource(channel: channel, services: services, traceID: traceID))
        let standing = origins.standing(of: request.head)
        var response: Response
        var isRoute = true
        if standing == .foreign {
            isRoute = false
            response = .problem(.foreignOrigin)
        } else if let preflight = origins.preflight(request.head, standing) {
            response = preflight
        } else {
            response = try await router.respond(to: request, context: context)
        }
        // The router's own answer for a path that it does not know is empty.
        if response.status == .notFound, response.headers[.contentType] == nil {
            isRoute = false
            response = .problem(
                HTTPFailure(.notFound, "no-such-path", "there is nothing at this path; see /openapi.json"))
        }
        if !isRoute || response.status == .methodNotAllowed {
            refused.count(response.status, nanoseconds: (NIODeadline.now() - begin).nanoseconds)
        }
        if case .allowed(let origin) = standing { origins.allow(origin, in: &response.headers) }
        if services.options.logsAccess { log(request, response, traceID, channel, NIODeadline.now() - begin) }
        // Some are answered just before their connection hears that it is to end. HTTP/2 has words of its own for it.
        if services.connections.isDraining, channel.parent?.parent == nil { response.headers[.connection] = "close" }
        response.headers[.date] = dates.now
        response.headers[traceHeader] = traceID
        if request.method == .head { response.body = ResponseBody() }
        return response
    }
}

extension HTTPResponder {
    /// Tells of a request: never its query or its fields, which may hold secrets.
    private func log(
        _ request: Request, _ response: Response, _ traceID: String, _ channel: any Channel, _ time: TimeAmount
    ) {
        services.logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path.prefix(512))",
                "status": "\(response.status.code)", "trace": "\(traceID)",
                "client": "\(channel.remoteAddress?.ipAddress ?? "")",
                "microseconds": "\(time.nanoseconds / 1_000)",
            ])
    }
}

/// What the router knows of a request.
struct HTTPContext: RequestContext {
    typealias Source = HTTPSource

    var coreContext: CoreRequestContextStorage
    private let source: HTTPSource

    init(source: HTTPSource) {
        coreContext = CoreRequestContextStorage(source: source)
        self.source = source
    }

    func exchange(_ request: Request) -> HTTPExchange {
        HTTPExchange(
            request: request, parameters: parameters, channel: source.channel, services: source.services,
            traceID: source.traceID)
    }
}

/// Where a request comes from.
struct HTTPSource: RequestContextSource {
    let channel: any Channel
    let services: HTTPServices
    let traceID: String

    var logger: Logger { services.logger }
}

extension HTTPRequest.Method {
    /// The methods that a path answers with 405 if it does not take them.
    fileprivate static let known: [HTTPRequest.Method] = [
        .get, .head, .post, .put, .patch, .delete, .options, .trace, .connect, HTTPRequest.Method("QUERY")!,
    ]
}
