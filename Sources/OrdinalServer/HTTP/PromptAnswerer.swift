import HTTPTypes
import Hummingbird
import NIOCore
import Ordinal
import PrometheusMetrics

/// Answers `POST /alloc` on the event loop that it came in on, if it is a plain request for numbers that are at hand.
///
/// That is what nearly every such request is, and the way through router and tasks costs several times as much as its answer.
/// Whatever is not plain, is wrong, or has to wait goes that way: then nothing was taken or counted on this one, and all is
/// checked again.
struct PromptAnswerer: Sendable {
    /// The longest body that is waited for, in bytes.
    let longestBody: Int

    private let services: HTTPServices
    private let origins: OriginPolicy
    private let traceHeader: HTTPField.Name
    private let dates: HTTPDate
    private let metrics: RouteMetrics

    /// Nothing is answered here while requests are logged or traced one by one.
    init?(_ services: HTTPServices, _ origins: OriginPolicy, traceHeader: HTTPField.Name, dates: HTTPDate) {
        guard !services.options.logsAccess, !RequestTracing.isOn else { return nil }
        longestBody = min(4_096, services.options.maximumBody)
        self.services = services
        self.origins = origins
        self.traceHeader = traceHeader
        self.dates = dates
        metrics = services.metrics.route("/alloc", method: "POST")
    }

    /// Whether it is worth while to wait for the body.
    func mayAnswer(_ head: HTTPRequest) -> Bool {
        head.path == "/alloc" && head.method == .post
            && head.headerFields[.contentLength].map { Int($0).map { $0 <= longestBody } ?? false } ?? true
            && head.headerFields[.idempotencyKey] == nil && head.headerFields[.expect] == nil
            && origins.standing(of: head) == .own
            && !services.rates.isLimiting && !services.connections.isDraining
    }

    /// The answer; nil if the request has to go the other way.
    func answer(
        _ head: HTTPRequest, _ body: ByteBuffer, since begin: NIODeadline
    ) -> (head: HTTPResponse, body: ByteBuffer)? {
        do throws(HTTPFailure) {
            let request = try AllocRequest(body)
            guard request.count <= services.options.maximumCount, !services.connections.isDraining,
                try services.authenticate(head.headerFields, secret: nil).role >= .use,
                let sequence = services.sequencer.live(request.name.bytes.span.bytes)
            else { return nil }
            let traceID = TraceID.of(head.headerFields, header: traceHeader)
            guard let runs = TraceID.$current.withValue(traceID, operation: { sequence.take(request.count) }) else {
                return nil
            }
            services.metrics.numbers.increment(by: request.count)
            let body = allocAnswer(runs, traceID: traceID)
            let fields: HTTPFields = [
                .contentType: Response.Kind.json.rawValue, .cacheControl: "no-store",
                .contentLength: "\(body.readableBytes)", .date: dates.now, traceHeader: traceID,
            ]
            metrics.count(.ok, nanoseconds: (NIODeadline.now() - begin).nanoseconds)
            return (HTTPResponse(status: .ok, headerFields: fields), body)
        } catch {
            // Told at length on the other way.
            return nil
        }
    }
}
