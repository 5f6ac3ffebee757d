import NIOCore

/// Reads JSON as RFC 8259 has it, and nothing else: no comma too many, no comment, no number with a leading zero.
package struct JSONReader {
    /// What is wrong with a text.
    package struct Problem: Error, CustomStringConvertible {
        package let description: String
    }

    /// How deep arrays and objects may be nested.
    static let maximumDepth = 32

    private let bytes: ByteBufferView
    private var index: ByteBufferView.Index
    private var depth = 0

    init(_ buffer: ByteBuffer) {
        bytes = buffer.readableBytesView
        index = bytes.startIndex
    }

    // MARK: - Structure

    /// Reads an object that is the whole text. `member` has to read the value that belongs to each name.
    mutating func document(_ member: (String, inout JSONReader) throws(Problem) -> Void) throws(Problem) {
        skipSpace()
        guard peek() == UInt8(ascii: "{") else { throw Problem(description: "it is not an object") }
        try object(member)
        skipSpace()
        guard index == bytes.endIndex else { throw problem("something follows the object") }
    }

    private mutating func object(_ member: (String, inout JSONReader) throws(Problem) -> Void) throws(Problem) {
        try nested("{", "}") { reader throws(Problem) in
            guard reader.peek() == UInt8(ascii: "\"") else { throw reader.problem("a name in quotes is expected") }
            let name = try reader.string()
            reader.skipSpace()
            guard reader.take(":") else { throw reader.problem("a colon is expected") }
            reader.skipSpace()
            try member(name, &reader)
        }
    }

    private mutating func nested(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ element: (inout JSONReader) throws(Problem) -> Void
    ) throws(Problem) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw problem("it is nested too deeply") }
        _ = take(open)
        skipSpace()
        if !take(close) {
            repeat {
                skipSpace()
                try element(&self)
                skipSpace()
            } while take(",")
            guard take(close) else { throw problem("a comma or \(close) is expected") }
        }
        depth -= 1
    }

    // MARK: - Values

    /// Reads a value of any kind.
    mutating func value() throws(Problem) -> JSONValue {
        guard let first = peek() else { throw problem("a value is expected") }
        switch first {
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "{"): try object { _, reader throws(Problem) in _ = try reader.value() }
        case UInt8(ascii: "["): try nested("[", "]") { reader throws(Problem) in _ = try reader.value() }
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw problem("a value is expected")
        }
        return .other
    }

    private mutating func literal(_ word: StaticString) throws(Problem) {
        let end = index + word.utf8CodeUnitCount
        guard end <= bytes.endIndex, word.withUTF8Buffer({ bytes[index..<end].elementsEqual($0) }) else {
            throw problem("a value is expected")
        }
        index = end
    }

    /// Reads a number, and answers it as it is written.
    private mutating func number() throws(Problem) -> String {
        let start = index
        _ = take("-")
        let leading = peek()
        try digits()
        guard leading != UInt8(ascii: "0") || index - start - (bytes[start] == UInt8(ascii: "-") ? 1 : 0) == 1 else {
            throw problem("a number has a leading zero")
        }
        if take(".") { try digits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() throws(Problem) {
        let start = index
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
        guard index > start else { throw problem("a digit is expected") }
    }

    /// Reads a string, from its first quote to its last.
    private mutating func string() throws(Problem) -> String {
        _ = take("\"")
        let start = index
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        var text = [UInt8](bytes[start..<index])
        while !take("\"") {
            guard let byte = peek() else { throw problem("a quote is missing") }
            guard byte >= 0x20 else { throw problem("a control character stands in a string") }
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            text.append(contentsOf: Array(String(try escaped()).utf8))
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw problem("a string is not UTF-8") }
        return string
    }

    private mutating func escaped() throws(Problem) -> Unicode.Scalar {
        guard let byte = peek() else { throw problem("a quote is missing") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try codePoint()
        default: throw problem("an escape is unknown")
        }
    }

    private mutating func codePoint() throws(Problem) -> Unicode.Scalar {
        var code = UInt32(try codeUnit())
        if UTF16.isLeadSurrogate(UInt16(truncatingIfNeeded: code)) {
            guard take("\\"), take("u") else { throw problem("half of a surrogate pair is missing") }
            let trail = try codeUnit()
            guard UTF16.isTrailSurrogate(trail) else { throw problem("half of a surrogate pair is missing") }
            code = 0x10000 + (code - 0xD800) << 10 + (UInt32(trail) - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw problem("half of a surrogate pair is missing") }
        return scalar
    }

    private mutating func codeUnit() throws(Problem) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw problem("\\u needs four hexadecimal digits")
            }
            index += 1
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }

    // MARK: - Bytes

    private func peek() -> UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.endIndex, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private func problem(_ what: String) -> Problem {
        Problem(description: "\(what) at byte \(index - bytes.startIndex + 1)")
    }
}

/// A value in JSON, as far as requests need to know it.
enum JSONValue: Hashable {
    case text(String)
    /// A number as it is written.
    case number(String)
    case null
    /// A truth value, an array or an object.
    case other
}
