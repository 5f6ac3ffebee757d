import HTTPTypes
import Hummingbird
import Instrumentation
import ServiceContextModule
import Tracing

/// Spans for requests and for the calls of the store that they lead to, if the program has a tracer.
enum RequestTracing {
    /// Whether there is one. A program bootstraps it before it makes a server.
    static var isOn: Bool { !(InstrumentationSystem.tracer is NoOpTracer) }

    /// Answers a request within a span, as a child of the one that the request says it belongs to.
    static func span(
        _ route: String, _ request: Request, _ respond: @Sendable () async -> Response
    ) async -> Response {
        var context = ServiceContext.topLevel
        InstrumentationSystem.instrument.extract(request.headers, into: &context, using: FieldExtractor())
        return await withSpan("\(request.method.rawValue) \(route)", context: context, ofKind: .server) { span in
            span.attributes["http.request.method"] = request.method.rawValue
            span.attributes["http.route"] = route
            let response = await respond()
            span.attributes["http.response.status_code"] = Int64(response.status.code)
            if response.status.kind == .serverError { span.setStatus(SpanStatus(code: .error)) }
            return response
        }
    }

    private struct FieldExtractor: Extractor {
        func extract(key: String, from fields: HTTPFields) -> String? {
            HTTPField.Name(key).flatMap { fields[$0] }
        }
    }
}
