extension OpenAPIDescription {
    /// What operators and administrators see.
    var operationsSchemas: String {
        #"""
          "Readiness": {
            "type": "object",
            "required": ["ready", "store", "store_available", "seconds", "runway_seconds", "reason"],
            "properties": {
              "ready": {"description": "Whether numbers can be handed out now.", "type": "boolean"},
              "store": {"description": "Which store, without its password.", "type": "string"},
              "store_available": {"description": "Whether the store answers.", "type": "boolean"},
              "seconds": {"description": "For how long it has answered, or not.", "type": "number", "minimum": 0},
              "runway_seconds": {
                "description": "The shortest time that numbers in hand last, of all sequences in use; null if none is.",
                "type": ["number", "null"], "minimum": 0
              },
              "reason": {"description": "Why not; null if ready.", "type": ["string", "null"]}
            }
          },
          "Bytes": {"type": "integer", "minimum": 0},
          "Memory": {
            "type": "object",
            "required": ["heap", "process"],
            "properties": {
              "heap": {
                "description": "What the allocator has.",
                "type": "object",
                "required": ["reserved_bytes", "in_use_bytes", "free_bytes", "mapped_bytes"],
                "additionalProperties": {"$ref": "#/components/schemas/Bytes"}
              },
              "process": {
                "description": "What the system gave the process; null where it does not say.",
                "type": ["object", "null"],
                "required": ["virtual_bytes", "resident_bytes", "shared_bytes", "peak_resident_bytes"],
                "additionalProperties": {"$ref": "#/components/schemas/Bytes"}
              }
            }
          },
          "LiveSequences": {
            "type": "object",
            "required": ["live", "sequences"],
            "properties": {
              "live": {"description": "How many sequences are in memory.", "type": "integer", "minimum": 0},
              "sequences": {
                "type": "array", "maxItems": 10000,
                "items": {
                  "type": "object",
                  "required": ["name", "failure"],
                  "allOf": [{"$ref": "#/components/schemas/SequenceHere"}],
                  "properties": {
                    "name": {"type": "string"},
                    "failure": {"description": "Why the store gave no numbers when last asked; null if it did.",
                      "type": ["string", "null"]}
                  }
                }
              }
            }
          },
          "Loops": {
            "type": "object",
            "required": ["loops"],
            "properties": {
              "loops": {
                "type": "array",
                "items": {
                  "type": "object",
                  "required": ["loop", "delay_seconds"],
                  "properties": {
                    "loop": {"type": "integer", "minimum": 0},
                    "delay_seconds": {"description": "How late it was last.", "type": "number", "minimum": 0}
                  }
                }
              }
            }
          },
          "LogLevel": {
            "type": "object", "additionalProperties": false,
            "required": ["level"],
            "properties": {
              "level": {
                "description": "This level and above are logged.",
                "type": "string", "enum": ["trace", "debug", "info", "notice", "warning", "error", "critical"]
              }
            }
          }
        """#
    }

    /// What other servers' clients get and send.
    var peerSchemas: String {
        #"""
          "IdallocNumbers": {
            "type": "object",
            "required": ["code", "msg", "data", "traceId", "ts"],
            "properties": {
              "code": {"const": 0},
              "msg": {"const": "OK"},
              "data": {
                "type": "object",
                "required": ["ids"],
                "properties": {
                  "ids": {"type": "array", "minItems": 1, "items": {"type": "integer", "format": "int64", "minimum": 1}}
                }
              },
              "traceId": {"description": "The same as in the header.", "type": "string"},
              "ts": {"description": "When, in milliseconds since 1970.", "type": "integer", "format": "int64"}
            }
          },
          "IdallocFailure": {
            "type": "object",
            "required": ["code", "msg", "data", "traceId", "ts"],
            "properties": {
              "code": {
                "description": "400000 something in the request, 401000 who is it, 403000 may not, 404000 no such \#
        sequence, 429000 too many requests, 500000 and 501000 the server, 502000 the store did not confirm.",
                "type": "integer", "enum": [400000, 401000, 403000, 404000, 429000, 500000, 501000, 502000]
              },
              "msg": {"description": "What was wrong and what to do, for people.", "type": "string"},
              "data": {"type": "null"},
              "traceId": {"description": "The same as in the header.", "type": "string"},
              "ts": {"description": "When, in milliseconds since 1970.", "type": "integer", "format": "int64"}
            }
          },
          "IdallocAnswer": {
            "oneOf": [
              {"$ref": "#/components/schemas/IdallocNumbers"}, {"$ref": "#/components/schemas/IdallocFailure"}
            ]
          },
          "TinyidNumbers": {
            "type": "object",
            "required": ["data", "code", "message"],
            "properties": {
              "data": {"type": "array", "minItems": 1, "items": {"type": "integer", "format": "int64", "minimum": 1}},
              "code": {"const": 200},
              "message": {"const": ""}
            }
          },
          "TinyidSegment": {
            "description": "The numbers above currentId up to maxId that leave remainder when divided by delta.",
            "type": "object",
            "required": ["data", "code", "message"],
            "properties": {
              "data": {
                "type": "object",
                "required": ["maxId", "loadingId", "currentId", "delta", "remainder"],
                "properties": {
                  "maxId": {"description": "The last number.", "type": "integer", "format": "int64"},
                  "loadingId": {"description": "From here on the client fetches the next run.", "type": "integer",
                    "format": "int64"},
                  "currentId": {"description": "The place before the first number.", "type": "integer",
                    "format": "int64"},
                  "delta": {"description": "The distance between a number and the next.", "type": "integer",
                    "format": "int64", "minimum": 1},
                  "remainder": {"type": "integer", "format": "int64", "minimum": 0}
                }
              },
              "code": {"const": 200},
              "message": {"const": ""}
            }
          },
          "TinyidFailure": {
            "type": "object",
            "required": ["data", "code", "message"],
            "properties": {
              "data": {"type": "null"},
              "code": {"description": "5: who is it, or may not; 6: everything else.", "enum": [5, 6]},
              "message": {"description": "What was wrong and what to do, for people.", "type": "string"}
            }
          },
          "TinyidForm": {
            "type": "object",
            "required": ["bizType"],
            "properties": {
              "bizType": {"$ref": "#/components/schemas/Name"},
              "batchSize": {
                "description": "How many numbers; no more than \#(maximumCount) are given.",
                "type": "integer", "format": "int64", "minimum": 1, "maximum": \#(Int64.max)
              }
            }
          },
          "TinyidSegmentForm": {
            "type": "object",
            "required": ["bizType"],
            "properties": {"bizType": {"$ref": "#/components/schemas/Name"}}
          }
        """#
    }
}
