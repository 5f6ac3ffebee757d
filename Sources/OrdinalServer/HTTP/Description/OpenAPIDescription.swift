import Ordinal

/// What the HTTP front understands and answers, as OpenAPI 3.1 has it: what `GET /openapi.json` answers.
///
/// Written by hand, in pieces that are put together here: a group of routes is a file beside this one. What an operator
/// can set, such as limits, is said as it is set.
struct OpenAPIDescription: Sendable {
    private let version: String
    private let options: HTTPOptions
    private let isOpen: Bool
    let maximumRun: Int64

    var maximumCount: Int64 { options.maximumCount }
    var traceHeader: String { options.traceHeader }

    /// - Parameters:
    ///   - version: Which Ordinal it is.
    ///   - options: How the front is set.
    ///   - isOpen: Whether nobody needs to say who they are.
    ///   - maximumRun: How many numbers a request to `/v1` may ask for.
    init(
        version: String = OrdinalVersion.current, _ options: HTTPOptions = HTTPOptions(), isOpen: Bool = true,
        maximumRun: Int64 = 1_000_000
    ) {
        self.version = version
        self.options = options
        self.isOpen = isOpen
        self.maximumRun = maximumRun
    }

    /// The description of a server with the default settings.
    static func text(version: String) -> String { OpenAPIDescription(version: version).text }

    /// The description, in JSON.
    var text: String {
        #"""
        {
        "openapi": "3.1.0",
        "info": {
          "title": "Ordinal",
          "version": "\#(version)",
          "summary": "A number server: the next number of a named sequence.",
          "description": "\#(introduction)",
          "license": {"name": "MIT", "identifier": "MIT"}
        },
        "servers": [{"url": "/"}],
        "security": [\#(isOpen ? "{}, " : ""){"bearer": []}, {"basic": []}],
        "tags": [
          {"name": "sequences", "description": "Ordinal's own requests: numbers, and what an administrator does."},
          {"name": "idalloc", "description": "As idalloc has it."},
          {"name": "Leaf", "description": "As Leaf has it."},
          {"name": "tinyid", "description": "As tinyid has it, under both paths that its clients are given."},
          {"name": "operations", "description": "For operators and their tools; never limited."},
          {"name": "debug", "description": "A look inside the running server, for administrators."}
        ],
        "paths": {
        \#(paths.joined(separator: ",\n"))
        },
        "components": {
        "securitySchemes": {
          "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of the file auth.tokens_file, or one of the two passwords."
          },
          "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "User use or admin with its password, or the name of a client with its token."
          }
        },
        "parameters": {
        \#(parameters)
        },
        "headers": {
        \#(headers)
        },
        "responses": {
        \#(refusals)
        },
        "schemas": {
        \#(schemas)
        }
        }
        }

        """#
    }

    /// What is the same for all requests.
    private let introduction = [
        "Numbers of a sequence are unique within its life and increase on one node.",
        "Whatever hands out numbers is a POST, or a GET that other servers' clients send; HEAD is none.",
        "A request that is no HTTP, or whose head is too long, is answered 400 without a body.",
        "Paths that are not here are answered 404, and methods that a path does not take 405.",
        "Parameters that are not here mean nothing; one that is here and given twice is refused.",
        "Bodies may be sent under any content type.",
    ].joined(separator: " ")

    private var paths: [String] {
        [
            idallocPaths(always200: options.idallocStatus == .always200),
            leafPaths,
            tinyidPaths("/tinyid/id", operation: "tinyid"),
            tinyidPaths("/id", operation: "tinyidShort"),
            numberPaths, sequencesPaths, sequencePaths, operationsPaths, debugPaths,
        ]
    }

    // MARK: - What many requests share

    private var parameters: String {
        #"""
          "name": {
            "name": "name", "in": "path", "required": true,
            "description": "The name of the sequence, percent-encoded: a / in it is %2F.",
            "schema": {"$ref": "#/components/schemas/Name"},
            "example": "orders"
          },
          "count": {
            "name": "count", "in": "query",
            "description": "How many numbers.",
            "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": \#(maximumRun), "default": 1},
            "example": 3
          },
          "numbers": {
            "name": "numbers", "in": "query",
            "description": "How numbers are written: auto quotes those above 2^53, which readers that keep numbers \#
        in doubles would round; string quotes all, number none.",
            "schema": {"type": "string", "enum": ["auto", "string", "number"], "default": "auto"}
          },
          "as": {
            "name": "as", "in": "query",
            "description": "Whether numbers are told one by one, up to 1000 of them, or as ranges.",
            "schema": {"type": "string", "enum": ["numbers", "ranges"], "default": "numbers"}
          },
          "idempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "description": "A text of the client's own. A request that is repeated with its key gets the answer of \#
        the first, also after the connection broke: for ten minutes, from the same node, until that is restarted.",
            "schema": {"type": "string", "pattern": "^[!-~]+$", "minLength": 1, "maxLength": 255}
          },
          "traceID": {
            "name": "\#(options.traceHeader)", "in": "header",
            "description": "The name under which the request is found in logs. What is not 1 to 128 visible \#
        characters of ASCII is replaced; without it the trace id of W3C's traceparent is taken, or one is made.",
            "schema": {"type": "string"},
            "example": "0af7651916cd43dd8448eb211c80319c"
          }
        """#
    }

    private var headers: String {
        #"""
          "Trace": {
            "description": "The name under which the request is found in logs: the client's, or one that was made.",
            "required": true,
            "schema": {"type": "string", "minLength": 1, "maxLength": 128}
          },
          "NoStore": {
            "description": "Nothing may be kept on the way: a number would be handed out twice.",
            "required": true,
            "schema": {"type": "string", "const": "no-store"}
          },
          "RetryAfter": {
            "description": "After how many seconds it is worth another try.",
            "required": true,
            "schema": {"type": "integer", "minimum": 1}
          },
          "Allow": {
            "description": "The methods that the path takes.",
            "required": true,
            "schema": {"type": "string"}
          },
          "Authenticate": {
            "description": "How to say who one is.",
            "required": true,
            "schema": {"type": "string"}
          },
          "Replayed": {
            "description": "The answer is that of an earlier request with the same Idempotency-Key.",
            "schema": {"type": "string", "const": "true"}
          },
          "Location": {
            "description": "The path of the new sequence.",
            "required": true,
            "schema": {"type": "string", "format": "uri-reference"}
          }
        """#
    }
}
