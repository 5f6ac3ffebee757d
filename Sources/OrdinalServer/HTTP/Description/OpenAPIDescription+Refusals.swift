extension OpenAPIDescription {
    /// How a request that fails is told: each of the other servers has its own way.
    enum RefusalStyle: String, CaseIterable {
        case problem = "Problem"
        case idalloc = "Idalloc"
        case text = "Text"
        case tinyid = "Tinyid"
        case empty = "Empty"

        fileprivate var content: String {
            switch self {
            case .problem:
                #""application/problem+json": {"schema": \#(OpenAPIDescription.reference("schemas", "Problem"))}"#
            case .idalloc:
                #""application/json": {"schema": \#(OpenAPIDescription.reference("schemas", "IdallocFailure"))}"#
            case .text:
                #""text/plain": {"schema": {"type": "string", "description": "What was wrong and what to do."}}"#
            case .tinyid:
                #""application/json": {"schema": \#(OpenAPIDescription.reference("schemas", "TinyidFailure"))}"#
            case .empty:
                #""text/plain": {"schema": {"type": "string", "maxLength": 0}}"#
            }
        }
    }

    /// Everything that can go wrong, by the status that tells it.
    private static let reasons: [(status: Int, reason: String, header: String?)] = [
        (400, "Something in the request is not as it must be.", nil),
        (401, "The client did not say who it is, or not rightly.", #""WWW-Authenticate": \#(header("Authenticate"))"#),
        (
            403,
            "Only an administrator may do this, the sequence belongs to the server itself, or there may be no more sequences.",
            nil
        ),
        (404, "There is no such sequence, and this request does not create it.", nil),
        (409, "The sequence, or the server, is in a state that does not allow it.", nil),
        (413, "The body is too long; the connection ends with the answer.", nil),
        (422, "The Idempotency-Key was used for another request.", nil),
        (429, "Too many requests, or too many new sequences.", #""Retry-After": \#(header("RetryAfter"))"#),
        (500, "The store did not confirm: it may have happened or not; or the server failed.", nil),
        (
            503, "No number within the time that a request may wait: the store is away, the node is busy or stopping.",
            #""Retry-After": \#(header("RetryAfter"))"#
        ),
    ]

    /// The responses that ``refused(_:_:)`` refers to.
    var refusals: String {
        var responses = RefusalStyle.allCases.flatMap { style in
            Self.reasons.map { status, reason, header in
                #"""
                  "\#(style.rawValue)\#(status)": {
                    "description": "\#(reason)",
                    "headers": {\#(standardHeaders)\#(header.map { ", " + $0 } ?? "")},
                    "content": {\#(style.content)}
                  }
                """#
            }
        }
        // The table of routes answers it before a route is found, so all have it in one form.
        responses.append(
            #"""
              "NotAllowed": {
                "description": "The path does not take this method.",
                "headers": {\#(standardHeaders), "Allow": \#(Self.header("Allow"))},
                "content": {\#(RefusalStyle.problem.content)}
              },
              "Timeout": {"description": "The request did not come in within its time; the connection is closed."}
            """#)
        return responses.joined(separator: ",\n")
    }

    /// The failing statuses of an operation. 405 is among those of every operation, 408 among those that read a body.
    func refused(_ style: RefusalStyle, _ statuses: Int...) -> String {
        var responses = statuses.map { status in
            #"    "\#(status)": \#(Self.reference("responses", "\(style.rawValue)\(status)"))"#
        }
        responses.append(#"    "405": \#(Self.reference("responses", "NotAllowed"))"#)
        if statuses.contains(413) { responses.append(timeout) }
        return responses.joined(separator: ",\n")
    }

    var timeout: String { #"    "408": \#(Self.reference("responses", "Timeout"))"# }

    /// The headers that every response has.
    var standardHeaders: String {
        #""\#(traceHeader)": \#(Self.header("Trace")), "Cache-Control": \#(Self.header("NoStore"))"#
    }

    static func header(_ name: String) -> String { reference("headers", name) }

    /// A successful response of an operation.
    ///
    /// - Parameters:
    ///   - content: Its media type and schema.
    ///   - headers: Headers beside those that every response has, each with a comma before it.
    func succeeded(_ description: String, _ content: String, status: Int = 200, headers: String = "") -> String {
        #"""
            "\#(status)": {
              "description": "\#(description)",
              "headers": {\#(standardHeaders)\#(headers)},
              "content": {\#(content)}
            }
        """#
    }

    /// A response or a body in JSON, by the name of its schema.
    func json(_ schema: String, example: String? = nil) -> String {
        let example = example.map { #", "example": \#($0)"# } ?? ""
        return #""application/json": {"schema": \#(Self.reference("schemas", schema))\#(example)}"#
    }

    /// A reference to a parameter that many requests share.
    func parameter(_ name: String) -> String { Self.reference("parameters", name) }

    /// A reference to one of the components: to spare the quotes that a raw string on one line cannot hold.
    static func reference(_ kind: String, _ name: String) -> String {
        "{\"$ref\": \"#/components/\(kind)/\(name)\"}"
    }
}
