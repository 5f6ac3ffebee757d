/// Ordinal's own requests, `/v1`.
extension OpenAPIDescription {
    var numberPaths: String {
        #"""
        "/v1/sequences/{name}/next": {
        "post": {
          "operationId": "next",
          "tags": ["sequences"],
          "summary": "Takes numbers, in as many runs as it takes.",
          "description": "A sequence that does not exist is created, if the client may create sequences. Up to 1000 \#
        numbers are told one by one, more as ranges.",
          "parameters": [
            \#(parameter("name")), \#(parameter("count")), \#(parameter("numbers")), \#(parameter("as")),
            \#(parameter("idempotencyKey")), \#(parameter("traceID"))
          ],
          "responses": {
        \#(numbers),
        \#(refused(.problem, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503))
          }
        }
        },
        "/v1/sequences/{name}/run": {
        "post": {
          "operationId": "run",
          "tags": ["sequences"],
          "summary": "Takes a run: numbers without a gap between them.",
          "description": "What is left in hand and too short for the run is left out. A sequence that does not exist \#
        is created, if the client may create sequences.",
          "parameters": [
            \#(parameter("name")), \#(parameter("count")), \#(parameter("numbers")), \#(parameter("as")),
            \#(parameter("idempotencyKey")), \#(parameter("traceID"))
          ],
          "responses": {
        \#(run),
        \#(refused(.problem, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503))
          }
        }
        }
        """#
    }

    private var numbers: String {
        succeeded(
            "The numbers.", json("Numbers", example: #"{"name": "orders", "count": 3, "numbers": [1, 2, 3]}"#),
            headers: replayed)
    }

    private var run: String {
        let example = #"""
            {"name": "orders", "count": 3, "ranges": [{"first": 1, "last": 3, "increment": 1, "count": 3}]}
            """#
        return succeeded("The run, as its only range.", json("Numbers", example: example), headers: replayed)
    }

    private var location: String { #", "Location": \#(Self.header("Location"))"# }

    private var replayed: String { #", "Idempotency-Replayed": \#(Self.header("Replayed"))"# }

    var sequencesPaths: String {
        #"""
        "/v1/sequences": {
        "get": {
          "operationId": "listSequences",
          "tags": ["sequences"],
          "summary": "Lists sequences in the order of the bytes of their names.",
          "description": "For administrators.",
          "parameters": [
            {"name": "after", "in": "query", "description": "List those after this name: what next said.",
              "schema": {"$ref": "#/components/schemas/Name"}},
            {"name": "limit", "in": "query", "description": "How many.",
              "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
            \#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))
          ],
          "responses": {
        \#(succeeded("A page of sequences.", json("SequencePage"))),
        \#(refused(.problem, 400, 401, 403, 429, 500, 503))
          }
        },
        "post": {
          "operationId": "createSequence",
          "tags": ["sequences"],
          "summary": "Creates a sequence.",
          "description": "For administrators.",
          "parameters": [\#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))],
          "requestBody": {
            "required": true,
            "content": {\#(json("NewSequence", example: #"{"name": "orders", "start": 100}"#))}
          },
          "responses": {
        \#(succeeded("The new sequence.", json("Sequence"), status: 201, headers: location)),
        \#(refused(.problem, 400, 401, 403, 409, 413, 429, 500, 503))
          }
        }
        }
        """#
    }

    var sequencePaths: String {
        #"""
        "/v1/sequences/{name}": {
        "get": {
          "operationId": "showSequence",
          "tags": ["sequences"],
          "summary": "Shows a sequence: its record in the store, and what this node has of it.",
          "parameters": [
            \#(parameter("name")), \#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))
          ],
          "responses": {
        \#(succeeded("The sequence.", json("ShownSequence"))),
        \#(refused(.problem, 400, 401, 404, 429, 500, 503))
          }
        },
        "patch": {
          "operationId": "changeSequence",
          "tags": ["sequences"],
          "summary": "Changes the maximum of a sequence: to no less than its ceiling.",
          "description": "For administrators.",
          "parameters": [
            \#(parameter("name")), \#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))
          ],
          "requestBody": {
            "required": true,
            "content": {\#(json("ChangedSequence", example: #"{"maximum": 999999999}"#))}
          },
          "responses": {
        \#(succeeded("The sequence as it is now.", json("Sequence"))),
        \#(refused(.problem, 400, 401, 403, 404, 409, 413, 429, 500, 503))
          }
        },
        "delete": {
          "operationId": "deleteSequence",
          "tags": ["sequences"],
          "summary": "Deletes a sequence: its life ends.",
          "description": "For administrators. One that is created later under the same name begins a new life.",
          "parameters": [\#(parameter("name")), \#(parameter("traceID"))],
          "responses": {
            "204": {"description": "It is gone.", "headers": {\#(standardHeaders)}},
        \#(refused(.problem, 400, 401, 403, 404, 429, 500, 503))
          }
        }
        },
        "/v1/sequences/{name}/advance": {
        "post": {
          "operationId": "advanceSequence",
          "tags": ["sequences"],
          "summary": "Leaves numbers out: up to a number, or so many beyond the ceiling.",
          "description": "For administrators. To a number that it has passed changes nothing: it never goes back.",
          "parameters": [
            \#(parameter("name")), \#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))
          ],
          "requestBody": {
            "required": true,
            "content": {\#(json("AdvancedSequence", example: #"{"by": 1000}"#))}
          },
          "responses": {
        \#(succeeded("The sequence as it is now.", json("Sequence"))),
        \#(refused(.problem, 400, 401, 403, 404, 409, 413, 429, 500, 503))
          }
        }
        },
        "/v1/sequences/{name}/explain": {
        "get": {
          "operationId": "explainSequence",
          "tags": ["sequences"],
          "summary": "Explains in figures what is promised of a sequence.",
          "parameters": [
            \#(parameter("name")), \#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))
          ],
          "responses": {
        \#(succeeded("The explanation.", json("Explanation"))),
        \#(refused(.problem, 400, 401, 404, 429, 500, 503))
          }
        }
        }
        """#
    }
}
