/// What operators and their tools ask for.
extension OpenAPIDescription {
    var operationsPaths: String {
        #"""
        "/healthz": {
        "get": {
          "operationId": "health",
          "tags": ["operations"],
          "summary": "Whether the process lives.",
          "security": [],
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("It does.", #""text/plain": {"schema": {"type": "string", "const": "ok\n"}}"#)),
        \#(refused(.problem))
          }
        }
        },
        "/readyz": {
        "get": {
          "operationId": "readiness",
          "tags": ["operations"],
          "summary": "Whether numbers can be handed out now.",
          "security": [],
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("They can.", json("Readiness"))),
        \#(succeeded("They cannot, or the node is stopping.", json("Readiness"), status: 503)),
        \#(refused(.problem))
          }
        }
        },
        "/metrics": {
        "get": {
          "operationId": "metrics",
          "tags": ["operations"],
          "summary": "Figures for Prometheus.",
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("Prometheus' text format, version 0.0.4.", anyText)),
        \#(refused(.problem, 401))
          }
        }
        },
        "/openapi.json": {
        "get": {
          "operationId": "description",
          "tags": ["operations"],
          "summary": "This description.",
          "security": [],
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("The description, as it is set here.", #""application/json": {"schema": {"type": "object"}}"#)),
        \#(refused(.problem))
          }
        }
        }
        """#
    }

    var debugPaths: String {
        #"""
        "/debug/profile": {
        "get": {
          "operationId": "profile",
          "tags": ["debug"],
          "summary": "Takes a profile of where the server spends its time, and answers when it is taken.",
          "parameters": [
            {"name": "seconds", "in": "query", "description": "For how long.",
              "schema": {"type": "integer", "minimum": 1, "maximum": 60, "default": 10}, "example": 1},
            {"name": "hertz", "in": "query", "description": "How many samples per second.",
              "schema": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 99}, "example": 99},
            \#(parameter("traceID"))
          ],
          "responses": {
        \#(succeeded("After a comment, a line for each stack: its frames and how often it was seen.", anyText)),
        \#(refused(.problem, 400, 401, 403, 409, 500))
          }
        }
        },
        "/debug/memory": {
        "get": {
          "operationId": "memory",
          "tags": ["debug"],
          "summary": "How much memory the server uses.",
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("The figures.", json("Memory"))),
        \#(refused(.problem, 401, 403))
          }
        }
        },
        "/debug/sequences": {
        "get": {
          "operationId": "liveSequences",
          "tags": ["debug"],
          "summary": "The sequences that this node has in memory, the busiest first.",
          "parameters": [
            {"name": "limit", "in": "query", "description": "How many.",
              "schema": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}},
            \#(parameter("numbers")), \#(parameter("as")), \#(parameter("traceID"))
          ],
          "responses": {
        \#(succeeded("The sequences.", json("LiveSequences"))),
        \#(refused(.problem, 400, 401, 403))
          }
        }
        },
        "/debug/loops": {
        "get": {
          "operationId": "loops",
          "tags": ["debug"],
          "summary": "How late the event loops are.",
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("The event loops.", json("Loops"))),
        \#(refused(.problem, 401, 403))
          }
        }
        },
        "/debug/log-level": {
        "get": {
          "operationId": "logLevel",
          "tags": ["debug"],
          "summary": "From which level on the server logs.",
          "parameters": [\#(parameter("traceID"))],
          "responses": {
        \#(succeeded("The level.", json("LogLevel"))),
        \#(refused(.problem, 401, 403, 409))
          }
        },
        "put": {
          "operationId": "changeLogLevel",
          "tags": ["debug"],
          "summary": "Changes from which level on the server logs, until it is restarted or reads its settings anew.",
          "parameters": [\#(parameter("traceID"))],
          "requestBody": {"required": true, "content": {\#(json("LogLevel", example: #"{"level": "info"}"#))}},
          "responses": {
        \#(succeeded("The level as it is now.", json("LogLevel"))),
        \#(refused(.problem, 400, 401, 403, 409, 413))
          }
        }
        }
        """#
    }

    private var anyText: String { #""text/plain": {"schema": {"type": "string"}}"# }
}
