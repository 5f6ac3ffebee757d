extension RawSpan {
    /// Whether this is `-1`, the length of what is absent.
    var isMinusOne: Bool {
        byteCount == 2 && byte(at: 0) == UInt8(ascii: "-") && byte(at: 1) == UInt8(ascii: "1")
    }

    /// A length or count: at most 18 digits.
    func length() throws(ReplyError) -> Int {
        guard byteCount != 1 || byte(at: 0) != UInt8(ascii: "?") else { throw .streamed }
        guard byteCount <= 18, let value = decimalInteger, value >= 0 else { throw .invalidLength }
        return Int(value)
    }

    func integer() throws(ReplyError) -> Int64 {
        // A plus sign is allowed by the protocol, though no server sends one.
        let hasPlus = byteCount > 1 && byte(at: 0) == UInt8(ascii: "+") && byte(at: 1) != UInt8(ascii: "-")
        guard let value = extracting(droppingFirst: hasPlus ? 1 : 0).decimalInteger else { throw .invalidScalar }
        return value
    }

    func bool() throws(ReplyError) -> Bool {
        guard byteCount == 1 else { throw .invalidScalar }
        switch byte(at: 0) {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default: throw .invalidScalar
        }
    }

    func double() throws(ReplyError) -> Double {
        let text = String(self)
        switch text {
        case "inf": return .infinity
        case "-inf": return -.infinity
        case "nan", "-nan": return .nan
        default:
            // The standard library also reads hexadecimal numbers and words.
            guard text.utf8.allSatisfy(\.isPartOfDouble), let value = Double(text) else { throw .invalidScalar }
            return value
        }
    }

    func bigNumber() throws(ReplyError) -> String {
        let start = byteCount > 0 && (byte(at: 0) == UInt8(ascii: "-") || byte(at: 0) == UInt8(ascii: "+")) ? 1 : 0
        guard start < byteCount else { throw .invalidScalar }
        for index in start..<byteCount where byte(at: index) &- UInt8(ascii: "0") > 9 { throw .invalidScalar }
        return String(self)
    }
}

extension UInt8 {
    fileprivate var isPartOfDouble: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
}

extension String {
    /// The text of these bytes; what is not UTF-8 is replaced.
    init(_ bytes: RawSpan) {
        self = bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension [UInt8] {
    /// A copy of these bytes.
    init(_ bytes: RawSpan) {
        self = bytes.withUnsafeBytes { [UInt8]($0) }
    }
}
