import Ordinal

/// What requests and responses are made of.
extension OpenAPIDescription {
    var schemas: String { [valueSchemas, recordSchemas, operationsSchemas, peerSchemas].joined(separator: ",\n") }

    /// Names, numbers and failures.
    private var valueSchemas: String {
        #"""
          "Name": {
            "description": "The name of a sequence: 1 to 255 bytes of UTF-8 without control characters. Names are \#
        bytes: Foo and foo are two, and so are composed and decomposed letters.",
            "type": "string", "minLength": 1, "maxLength": 255,
            "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]+$"
          },
          "Number": {
            "description": "A whole number, in quotes or not: see the parameter numbers.",
            "type": ["integer", "string"], "format": "int64", "pattern": "^-?[0-9]+$"
          },
          "GivenNumber": {
            "description": "A whole number from 1 to 2^62 - 1, in quotes or not.",
            "oneOf": [
              {"type": "integer", "format": "int64", "minimum": 1, "maximum": \#(SequenceOptions.highestNumber)},
              {"type": "string", "pattern": "^[1-9][0-9]{0,18}$"}
            ]
          },
          "GivenDistance": {
            "description": "A whole number from 0 to 2^62 - 1, in quotes or not.",
            "oneOf": [
              {"type": "integer", "format": "int64", "minimum": 0, "maximum": \#(SequenceOptions.highestNumber)},
              {"type": "string", "pattern": "^(0|[1-9][0-9]{0,18})$"}
            ]
          },
          "Problem": {
            "description": "Why a request failed, as RFC 9457 has it.",
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
              "type": {
                "description": "The kind, for programs: urn:ordinal:problem: and one of invalid-request, \#
        unauthorized, forbidden, no-such-path, method-not-allowed, no-such-sequence, reserved-sequence, \#
        sequence-exists, sequence-exhausted, would-go-back, out-of-range, body-too-long, \#
        idempotency-key-reused, idempotency-memory-full, rate-limited, creation-refused, \#
        too-many-sequences, foreign-origin, \#
        no-number-in-time, overloaded, store-away, stopping, unknown-outcome, profile-under-way, \#
        no-profile, log-not-here.",
                "type": "string", "pattern": "^urn:ordinal:problem:[a-z-]+$"
              },
              "title": {"description": "The status in words.", "type": "string"},
              "status": {"description": "The status.", "type": "integer", "minimum": 400, "maximum": 599},
              "detail": {"description": "What was wrong and what to do, for people.", "type": "string"}
            },
            "example": {
              "type": "urn:ordinal:problem:no-such-sequence", "title": "Not Found", "status": 404,
              "detail": "no such sequence"
            }
          }
        """#
    }

    private var recordSchemas: String {
        #"""
          "Numbers": {
            "description": "Numbers that were handed out to nobody else: either listed or in ranges.",
            "type": "object",
            "required": ["name", "count"],
            "properties": {
              "name": {"description": "The sequence.", "type": "string"},
              "count": {"description": "How many numbers.", "type": "integer", "minimum": 1, "maximum": \#(maximumRun)},
              "numbers": {
                "type": "array", "minItems": 1, "maxItems": 1000,
                "items": {"$ref": "#/components/schemas/Number"}
              },
              "ranges": {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Range"}}
            },
            "oneOf": [{"required": ["numbers"]}, {"required": ["ranges"]}]
          },
          "Range": {
            "description": "The numbers from first to last, increment apart.",
            "type": "object",
            "required": ["first", "last", "increment", "count"],
            "properties": {
              "first": {"$ref": "#/components/schemas/Number"},
              "last": {"$ref": "#/components/schemas/Number"},
              "increment": {"$ref": "#/components/schemas/Number"},
              "count": {"type": "integer", "minimum": 1}
            }
          },
          "Sequence": {
            "description": "The record of a sequence in the store.",
            "type": "object",
            "required": ["name", "life", "ceiling", "origin", "increment", "maximum", "home"],
            "properties": {
              "name": {"type": "string"},
              "life": {"description": "What tells it from an earlier one of the same name.", "type": "string",
                "pattern": "^[0-9a-f]{32}$"},
              "ceiling": {"description": "The highest number reserved so far, by any node.",
                "$ref": "#/components/schemas/Number"},
              "origin": {"description": "The ceiling at which it was created, or to which it was last moved.",
                "$ref": "#/components/schemas/Number"},
              "increment": {"description": "The distance between a number and the next.",
                "$ref": "#/components/schemas/Number"},
              "maximum": {"description": "The highest number that it may hand out.",
                "$ref": "#/components/schemas/Number"},
              "home": {"description": "Which server of the store last raised the ceiling.", "type": "string"}
            }
          },
          "SequencePage": {
            "type": "object",
            "required": ["sequences", "next"],
            "properties": {
              "sequences": {"type": "array", "maxItems": 1000, "items": {"$ref": "#/components/schemas/Sequence"}},
              "next": {"description": "What to ask for as after; null: there are no more.", "type": ["string", "null"]}
            }
          },
          "SequenceHere": {
            "description": "What this node has of a sequence.",
            "type": "object",
            "required": ["next", "in_hand", "issued", "rate", "runway_seconds", "waiting"],
            "properties": {
              "next": {"description": "The next number; null if none is in hand.",
                "anyOf": [{"$ref": "#/components/schemas/Number"}, {"type": "null"}]},
              "in_hand": {"description": "How many numbers are in memory.", "$ref": "#/components/schemas/Number"},
              "issued": {"description": "How many were handed out since it was loaded.",
                "$ref": "#/components/schemas/Number"},
              "rate": {"description": "How many are taken per second at present.", "type": "number", "minimum": 0},
              "runway_seconds": {"description": "How long those in hand last at this rate; null if none is taken.",
                "type": ["number", "null"], "minimum": 0},
              "waiting": {"description": "How many requests wait for a number.", "type": "integer", "minimum": 0}
            }
          },
          "ShownSequence": {
            "type": "object",
            "required": ["node"],
            "allOf": [{"$ref": "#/components/schemas/Sequence"}],
            "properties": {
              "node": {"description": "Null if this node does not have it in memory.",
                "anyOf": [{"$ref": "#/components/schemas/SequenceHere"}, {"type": "null"}]}
            }
          },
          "NewSequence": {
            "type": "object", "additionalProperties": false,
            "required": ["name"],
            "properties": {
              "name": {"$ref": "#/components/schemas/Name"},
              "start": {"description": "The first number, no higher than maximum; 1 unless given.",
                "anyOf": [{"$ref": "#/components/schemas/GivenNumber"}, {"type": "null"}]},
              "increment": {
                "description": "The distance between a number and the next; 1 unless given.",
                "oneOf": [
                  {"type": "integer", "minimum": 1, "maximum": \#(SequenceOptions.largestIncrement)},
                  {"type": "string", "pattern": "^([1-9][0-9]{0,5}|1000000)$"},
                  {"type": "null"}
                ]
              },
              "maximum": {"description": "The highest number that it may hand out; 2^62 - 1 unless given.",
                "anyOf": [{"$ref": "#/components/schemas/GivenNumber"}, {"type": "null"}]}
            }
          },
          "ChangedSequence": {
            "type": "object", "additionalProperties": false,
            "required": ["maximum"],
            "properties": {"maximum": {"$ref": "#/components/schemas/GivenNumber"}}
          },
          "AdvancedSequence": {
            "description": "Either the number up to which, or how many numbers are left out.",
            "oneOf": [
              {"type": "object", "required": ["to"], "additionalProperties": false,
                "properties": {"to": {"$ref": "#/components/schemas/GivenDistance"}}},
              {"type": "object", "required": ["by"], "additionalProperties": false,
                "properties": {"by": {"$ref": "#/components/schemas/GivenDistance"}}}
            ]
          },
          "Explanation": {
            "description": "What is promised of a sequence, in figures and in sentences.",
            "type": "object",
            "required": ["name", "life", "increment", "maximum", "ceiling", "next", "in_hand", "at_risk", "rate",
              "runway_seconds", "runway_asked_seconds", "wait_seconds", "numbers_left", "seconds_left",
              "failover_offset", "store", "home", "store_available", "explanation"],
            "properties": {
              "name": {"type": "string"},
              "life": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
              "increment": {"$ref": "#/components/schemas/Number"},
              "maximum": {"$ref": "#/components/schemas/Number"},
              "ceiling": {"description": "The highest number reserved so far, by any node.",
                "$ref": "#/components/schemas/Number"},
              "next": {"description": "The next number; null if this node has none in hand.",
                "anyOf": [{"$ref": "#/components/schemas/Number"}, {"type": "null"}]},
              "in_hand": {"description": "How many numbers are in memory.", "$ref": "#/components/schemas/Number"},
              "at_risk": {"description": "How many numbers a crash of this node skips at most: those in hand, and \#
        those that may be on their way.", "$ref": "#/components/schemas/Number"},
              "rate": {"description": "How many are taken here per second; null if too few were taken to tell.",
                "type": ["number", "null"], "minimum": 0},
              "runway_seconds": {"description": "How long those in hand last at this rate; null if that is not known.",
                "type": ["number", "null"], "minimum": 0},
              "runway_asked_seconds": {"description": "How long they should last: runway.",
                "type": "number", "minimum": 0},
              "wait_seconds": {"description": "How long a request waits at most.", "type": "number", "minimum": 0},
              "numbers_left": {"description": "How many are left up to the maximum.",
                "$ref": "#/components/schemas/Number"},
              "seconds_left": {"description": "How long they last at this rate; null if that is not known.",
                "type": ["number", "null"], "minimum": 0},
              "failover_offset": {"description": "If a failover or a restore loses fewer numbers and shows itself, \#
        none repeats.", "$ref": "#/components/schemas/Number"},
              "store": {"description": "What keeps the ceiling.", "type": "string"},
              "home": {"description": "Which server of the store answered; null if none did.",
                "type": ["string", "null"]},
              "store_available": {"description": "False: all this is what the node itself knows.", "type": "boolean"},
              "explanation": {"description": "Sentences.", "type": "array", "items": {"type": "string"}}
            }
          }
        """#
    }
}
