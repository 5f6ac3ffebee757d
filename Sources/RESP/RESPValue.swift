/// A reply, or a part of one.
public enum RESPValue: Hashable, Sendable {
    /// A line of text that is a status, such as `OK`. Bytes that are not UTF-8 are replaced.
    case simple(String)
    /// An error.
    case error(ErrorReply)
    case integer(Int64)
    case double(Double)
    case bool(Bool)
    /// The decimal digits of an integer of any size, with a minus sign if it is negative.
    case bigNumber(String)
    /// A string of bytes.
    case bulk([UInt8])
    /// Text, and in three letters its format, such as `txt` or `mkd`.
    case verbatim(format: String, text: [UInt8])
    /// The absence of a value; RESP2 has one for strings and one for arrays, which mean the same.
    case null
    case array([RESPValue])
    /// Pairs in the order of the wire.
    case map([RESPMapEntry])
    case set([RESPValue])
    /// A message that is no reply to a command.
    case push([RESPValue])
}

/// A pair of a map.
public struct RESPMapEntry: Hashable, Sendable {
    public var key: RESPValue
    public var value: RESPValue

    public init(key: RESPValue, value: RESPValue) {
        self.key = key
        self.value = value
    }
}

/// What a server said went wrong.
public struct ErrorReply: Error, Hashable, Sendable, CustomStringConvertible {
    /// The first word, which is the kind of error: `ERR`, `NOAUTH`, `MOVED` …
    public var prefix: String
    /// What comes after it.
    public var message: String

    public init(prefix: String, message: String) {
        self.prefix = prefix
        self.message = message
    }

    /// Splits the text of an error reply at its first blank.
    public init(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(prefix: String(words[0]), message: words.count > 1 ? String(words[1]) : "")
    }

    /// The text of the reply.
    public var description: String { message.isEmpty ? prefix : "\(prefix) \(message)" }
}

extension RESPValue {
    /// The number of an integer, or of a string that is the decimal form of one.
    public var asInteger: Int64? {
        switch self {
        case .integer(let value): value
        case .bulk(let bytes): bytes.span.bytes.decimalInteger
        default: nil
        }
    }

    /// The text of a string of any kind, if it is valid UTF-8.
    public var asText: String? {
        switch self {
        case .simple(let text): text
        case .bulk(let bytes), .verbatim(_, let bytes): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// The value itself, unless it is an error, which is thrown.
    public func get() throws(ErrorReply) -> RESPValue {
        if case .error(let error) = self { throw error }
        return self
    }
}
