/// What other servers' clients send.
extension OpenAPIDescription {
    func idallocPaths(always200: Bool) -> String {
        let answer = """
            {"code": 0, "msg": "OK", "data": {"ids": [1, 2, 3]}, "traceId": "0af7651916cd43dd8448eb211c80319c", \
            "ts": 1767225600000}
            """
        let failures = refused(.idalloc, 400, 401, 403, 404, 409, 413, 429, 500, 503)
        let responses =
            always200
            ? [succeeded("The numbers, or why there are none.", json("IdallocAnswer")), refused(.idalloc), timeout]
            : [succeeded("The numbers.", json("IdallocNumbers", example: answer)), failures]
        return #"""
            "/alloc": {
            "post": {
              "operationId": "alloc",
              "tags": ["idalloc"],
              "summary": "Takes numbers, in as many runs as it takes.",
              "description": "A sequence that does not exist is created, if the client may create sequences.",
              "parameters": [\#(parameter("traceID"))],
              "requestBody": {
                "required": true,
                "content": {"application/json": {
                  "schema": {
                    "type": "object",
                    "required": ["serviceName"],
                    "properties": {
                      "serviceName": {
                        "description": "The name of the sequence. White space around it is left out, and it is put in \#
            lower case; then it has 1 to 64 bytes.",
                        "allOf": [{"$ref": "#/components/schemas/Name"}],
                        "maxLength": 64,
                        "pattern": "\\S"
                      },
                      "count": {
                        "description": "How many numbers; 0 means one.",
                        "type": ["integer", "null"], "format": "int64", "minimum": 0, "maximum": \#(maximumCount)
                      }
                    }
                  },
                  "example": {"serviceName": "order", "count": 3}
                }}
              },
              "responses": {
            \#(responses.joined(separator: ",\n"))
              }
            }
            }
            """#
    }

    var leafPaths: String {
        #"""
        "/api/segment/get/{name}": {
        "get": {
          "operationId": "leafSegmentGet",
          "tags": ["Leaf"],
          "summary": "Takes a number.",
          "description": "The number and nothing else. The sequence must be there.",
          "parameters": [\#(parameter("name")), \#(parameter("traceID"))],
          "responses": {
        \#(succeeded("The number.", #""text/plain": {"schema": {"type": "string", "pattern": "^[1-9][0-9]*$"}}"#)),
        \#(refused(.text, 400, 401, 404, 409, 429, 500, 503))
          }
        }
        }
        """#
    }

    func tinyidPaths(_ prefix: String, operation: String) -> String {
        let count = """
            {"name": "batchSize", "in": "query",
                "description": "How many numbers; no more than \(maximumCount) are given.",
                "schema": {"type": "integer", "format": "int64", "minimum": 1, "default": 1, "maximum": \(Int64.max)}}
            """
        let ids = succeeded("The numbers.", json("TinyidNumbers"))
        let segment = succeeded("The run.", json("TinyidSegment"))
        let idsSimple = succeeded(
            "The numbers, with commas between them.",
            #""text/plain": {"schema": {"type": "string", "pattern": "^[1-9][0-9]*(,[1-9][0-9]*)*$"}}"#)
        let segmentSimple = succeeded(
            "currentId, loadingId, maxId, delta and remainder, with commas between them.",
            #""text/plain": {"schema": {"type": "string", "pattern": "^-?[0-9]+(,-?[0-9]+){4}$"}}"#)
        let take = "Takes numbers."
        let run = "Takes a run of numbers that the client counts through by itself."
        return [
            tinyidPath(prefix, operation, "nextId", take, count: count, .tinyid, ids),
            tinyidPath(prefix, operation, "nextIdSimple", take, count: count, .empty, idsSimple),
            tinyidPath(prefix, operation, "nextSegmentId", run, count: nil, .tinyid, segment),
            tinyidPath(prefix, operation, "nextSegmentIdSimple", run, count: nil, .empty, segmentSimple),
        ].joined(separator: ",\n")
    }

    private func tinyidPath(
        _ prefix: String, _ operation: String, _ name: String, _ summary: String, count: String?, _ style: RefusalStyle,
        _ success: String
    ) -> String {
        let id = operation + name.prefix(1).uppercased() + name.dropFirst()
        return #"""
            "\#(prefix)/\#(name)": {
            "get": {
              "operationId": "\#(id)",
              "tags": ["tinyid"],
              "summary": "\#(summary)",
              "description": "The sequence must be there. The client says who it is as everywhere; tinyid's own \#
            parameter token means nothing.",
              "parameters": [
                {"name": "bizType", "in": "query", "required": true, "description": "The name of the sequence.",
                  "schema": {"$ref": "#/components/schemas/Name"}, "example": "orders"},
                \#(count.map { $0 + "," } ?? "")
                \#(parameter("traceID"))
              ],
              "responses": {
            \#(success),
            \#(refused(style, 400, 401, 404, 409, 429, 500, 503))
              }
            },
            "post": {
              "operationId": "\#(id)Post",
              "tags": ["tinyid"],
              "summary": "\#(summary)",
              "description": "As GET. A parameter of the query counts before the same one of the form.",
              "parameters": [\#(parameter("traceID"))],
              "requestBody": {
                "required": true,
                "content": {"application/x-www-form-urlencoded": {
                  "schema": {"$ref": "#/components/schemas/\#(count == nil ? "TinyidSegmentForm" : "TinyidForm")"},
                  "example": {"bizType": "orders"}
                }}
              },
              "responses": {
            \#(success),
            \#(refused(style, 400, 401, 404, 409, 413, 429, 500, 503))
              }
            }
            }
            """#
    }
}
