import RESP

/// The replies as the commands need them; anything else is an unexpected reply.
extension RESPValue {
    var integer: Int64 {
        get throws(Failure) {
            guard let asInteger else { throw .unexpected(self) }
            return asInteger
        }
    }

    var elements: [RESPValue] {
        get throws(Failure) {
            guard case .array(let values) = self else { throw .unexpected(self) }
            return values
        }
    }

    /// The fields of a map, or of the flat array of pairs that RESP2 has instead.
    var fields: [String: RESPValue] {
        get throws(Failure) {
            var fields: [String: RESPValue] = [:]
            switch self {
            case .map(let entries):
                for entry in entries { fields[try entry.key.text] = entry.value }
            case .array(let values) where values.count % 2 == 0:
                for index in stride(from: 0, to: values.count, by: 2) {
                    fields[try values[index].text] = values[index + 1]
                }
            default: throw .unexpected(self)
            }
            return fields
        }
    }

    /// The text of a string, or of a number as people read it.
    var text: String {
        get throws(Failure) {
            switch self {
            case .integer(let value): return String(value)
            case .double(let value): return value.isFinite ? "\((value * 10).rounded() / 10)" : "\(value)"
            case .null: return "-"
            default:
                guard let asText else { throw .unexpected(self) }
                return asText
            }
        }
    }

    /// The value in a JSON document.
    var json: JSON {
        get throws(Failure) {
            switch self {
            case .null: return .null
            case .bool(let value): return .bool(value)
            case .integer(let value): return .integer(value)
            case .double(let value): return .number(value)
            case .array(let values), .set(let values), .push(let values):
                var elements: [JSON] = []
                for value in values { elements.append(try value.json) }
                return .array(elements)
            case .map: return try fields.json
            case .simple, .bulk, .verbatim, .bigNumber, .error: return .string(try text)
            }
        }
    }
}
