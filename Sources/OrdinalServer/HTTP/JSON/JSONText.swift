package import NIOCore

/// A text in JSON, written piece by piece.
///
/// By hand, because the order of the members is part of what is promised, and `JSONEncoder` changes it from one process to the
/// next.
package struct JSONText {
    package private(set) var buffer: ByteBuffer
    private var needsComma = false

    package init(capacity: Int = 256) {
        buffer = ByteBuffer()
        buffer.reserveCapacity(capacity)
    }

    // MARK: - Structure

    package mutating func object(_ body: (inout JSONText) -> Void) { nest("{", "}", body) }
    package mutating func array(_ body: (inout JSONText) -> Void) { nest("[", "]", body) }

    mutating func array<Element>(_ elements: some Collection<Element>, _ body: (inout JSONText, Element) -> Void) {
        array { json in for element in elements { body(&json, element) } }
    }

    /// The name of a member, whose value follows.
    mutating func name(_ name: StaticString) {
        begin()
        buffer.writeInteger(UInt8(ascii: "\""))
        buffer.writeStaticString(name)
        buffer.writeStaticString("\":")
        needsComma = false
    }

    /// A name that is not known beforehand.
    package mutating func name(_ name: String) {
        write(name)
        buffer.writeStaticString(":")
        needsComma = false
    }

    private mutating func nest(_ open: StaticString, _ close: StaticString, _ body: (inout JSONText) -> Void) {
        begin()
        buffer.writeStaticString(open)
        needsComma = false
        body(&self)
        buffer.writeStaticString(close)
        needsComma = true
    }

    private mutating func begin() {
        if needsComma { buffer.writeInteger(UInt8(ascii: ",")) }
    }

    // MARK: - Members

    mutating func member(_ name: StaticString, _ number: Int64, quoted: Bool = false) {
        self.name(name)
        write(number, quoted: quoted)
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        self.name(name)
        write(value)
    }

    mutating func member(_ name: StaticString, _ value: Double?) {
        self.name(name)
        if let value { write(value) } else { writeNull() }
    }

    mutating func member(_ name: StaticString, _ text: String?) {
        self.name(name)
        write(text)
    }

    mutating func object(_ name: StaticString, _ body: (inout JSONText) -> Void) {
        self.name(name)
        object(body)
    }

    /// An object made of a value; null if there is none.
    mutating func object<Value>(_ name: StaticString, _ value: Value?, _ body: (inout JSONText, Value) -> Void) {
        self.name(name)
        guard let value else { return writeNull() }
        object { body(&$0, value) }
    }

    mutating func array(_ name: StaticString, _ body: (inout JSONText) -> Void) {
        self.name(name)
        array(body)
    }

    mutating func array<Element>(
        _ name: StaticString, _ elements: some Collection<Element>, _ body: (inout JSONText, Element) -> Void
    ) {
        self.name(name)
        array(elements, body)
    }

    // MARK: - Values

    /// - Parameter quoted: Whether it is written as a string, for readers that keep numbers in doubles.
    package mutating func write(_ number: Int64, quoted: Bool = false) {
        begin()
        if quoted { buffer.writeInteger(UInt8(ascii: "\"")) }
        buffer.writeDecimal(number)
        if quoted { buffer.writeInteger(UInt8(ascii: "\"")) }
        needsComma = true
    }

    mutating func write(_ value: Bool) {
        begin()
        buffer.writeStaticString(value ? "true" : "false")
        needsComma = true
    }

    /// A number with at most three decimals.
    package mutating func write(_ value: Double) {
        begin()
        let rounded = (value * 1_000).rounded() / 1_000
        buffer.writeString(rounded.isFinite ? "\(rounded)" : "null")
        needsComma = true
    }

    mutating func writeNull() {
        begin()
        buffer.writeStaticString("null")
        needsComma = true
    }

    package mutating func write(_ text: String) {
        begin()
        buffer.writeInteger(UInt8(ascii: "\""))
        if text.utf8.contains(where: Self.isEscaped) { writeEscaped(text) } else { buffer.writeString(text) }
        buffer.writeInteger(UInt8(ascii: "\""))
        needsComma = true
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func writeEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): buffer.writeStaticString("\\\"")
            case UInt8(ascii: "\\"): buffer.writeStaticString("\\\\")
            case 0..<0x20:
                buffer.writeStaticString("\\u00")
                buffer.writeInteger(Self.hex[Int(byte >> 4)])
                buffer.writeInteger(Self.hex[Int(byte & 15)])
            default: buffer.writeInteger(byte)
            }
        }
    }

    mutating func write(_ text: String?) {
        if let text { write(text) } else { writeNull() }
    }

    private static let hex = Array("0123456789abcdef".utf8)
}

extension ByteBuffer {
    /// Writes a number in decimal digits, without a `String`.
    mutating func writeDecimal(_ number: Int64) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        // Twenty characters hold every Int64 with its sign.
        withUnsafeMutableBytes(of: &digits) { digits in
            var (magnitude, start) = (number.magnitude, 20)
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(magnitude % 10)
                magnitude /= 10
            } while magnitude > 0
            if number < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            _ = writeBytes(UnsafeRawBufferPointer(rebasing: digits[start..<20]))
        }
    }
}
