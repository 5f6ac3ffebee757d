/// What a line of a reply is.
enum ReplyElement: Sendable {
    /// A value.
    case value(RESPValue)
    /// The header of a string of so many bytes.
    case body(BodyType, length: Int)
    /// The header of an aggregate of so many elements, or pairs.
    case aggregate(AggregateKind, count: Int)

    /// The longest line that is a header or holds a number, its line end included.
    static let maximumNumberLine = 64

    /// Whether lines of this type hold text; all others hold a number.
    static func isText(_ type: UInt8) throws(ReplyError) -> Bool {
        switch type {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "("): return true
        case UInt8(ascii: ":"), UInt8(ascii: ","), UInt8(ascii: "#"), UInt8(ascii: "_"), UInt8(ascii: "$"),
            UInt8(ascii: "!"), UInt8(ascii: "="), UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "~"),
            UInt8(ascii: ">"), UInt8(ascii: "|"):
            return false
        case UInt8(ascii: ";"), UInt8(ascii: "."): throw .streamed
        default: throw .unknownType(type)
        }
    }

    /// Reads a line, of which `text` is what stands between the type and the line end.
    init(type: UInt8, text: RawSpan) throws(ReplyError) {
        switch type {
        case UInt8(ascii: "+"): self = .value(.simple(String(text)))
        case UInt8(ascii: "-"): self = .value(.error(ErrorReply(String(text))))
        case UInt8(ascii: "("): self = .value(.bigNumber(try text.bigNumber()))
        case UInt8(ascii: ":"): self = .value(.integer(try text.integer()))
        case UInt8(ascii: ","): self = .value(.double(try text.double()))
        case UInt8(ascii: "#"): self = .value(.bool(try text.bool()))
        case UInt8(ascii: "_"):
            guard text.byteCount == 0 else { throw .invalidScalar }
            self = .value(.null)
        case UInt8(ascii: "$"): self = try text.isMinusOne ? .value(.null) : .body(.bulk, length: text.length())
        case UInt8(ascii: "!"): self = try .body(.error, length: text.length())
        case UInt8(ascii: "="): self = try .body(.verbatim, length: text.length())
        case UInt8(ascii: "*"): self = try text.isMinusOne ? .value(.null) : .aggregate(.array, count: text.length())
        case UInt8(ascii: "%"): self = try .aggregate(.map, count: text.length())
        case UInt8(ascii: "~"): self = try .aggregate(.set, count: text.length())
        case UInt8(ascii: ">"): self = try .aggregate(.push, count: text.length())
        case UInt8(ascii: "|"): self = try .aggregate(.attribute, count: text.length())
        default: throw .unknownType(type)
        }
    }
}

/// What the bytes behind a header with a length are.
enum BodyType: Sendable {
    case bulk, error, verbatim

    /// The value of the first `length` of these bytes, which a line end must follow.
    func value(of bytes: RawSpan, length: Int) throws(ReplyError) -> RESPValue {
        guard bytes.byte(at: length) == UInt8(ascii: "\r"), bytes.byte(at: length + 1) == UInt8(ascii: "\n") else {
            throw .expectedLineEnd
        }
        let bytes = bytes.extracting(first: length)
        switch self {
        case .bulk: return .bulk([UInt8](bytes))
        case .error: return .error(ErrorReply(String(bytes)))
        case .verbatim:
            guard bytes.byteCount >= 4, bytes.byte(at: 3) == UInt8(ascii: ":") else { throw .invalidVerbatim }
            return .verbatim(
                format: String(bytes.extracting(first: 3)), text: [UInt8](bytes.extracting(droppingFirst: 4)))
        }
    }
}

/// What a number of values make up.
enum AggregateKind: Sendable {
    case array, map, set, push, attribute

    /// How many values make up an aggregate of `count`.
    func elements(of count: Int) -> Int {
        switch self {
        // A count has at most 18 digits: twice as many is no overflow.
        case .map, .attribute: count * 2
        case .array, .set, .push: count
        }
    }

    /// The aggregate of these values, or nil for an attribute, which is dropped.
    func value(of elements: [RESPValue]) -> RESPValue? {
        switch self {
        case .array: .array(elements)
        case .set: .set(elements)
        case .push: .push(elements)
        case .attribute: nil
        case .map:
            .map(
                stride(from: 0, to: elements.count, by: 2).map {
                    RESPMapEntry(key: elements[$0], value: elements[$0 + 1])
                }
            )
        }
    }
}
