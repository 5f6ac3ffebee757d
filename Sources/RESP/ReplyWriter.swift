public import NIOCore

/// Writes replies into a buffer, in the version of the protocol that the connection speaks.
///
/// Where RESP2 has no type for a reply, the nearest one is written: a map becomes a flat array, a double a bulk string,
/// a boolean 1 or 0. Nothing allocates but the buffer when it grows.
///
/// Aggregates are written as a header, followed by as many replies as it says.
public struct ReplyWriter: Sendable {
    /// The replies written and not yet taken. The owner takes, clears and replaces it at will.
    public var buffer: ByteBuffer

    /// The version of the replies that follow.
    public var version: ProtocolVersion

    /// Makes a writer that appends to `buffer`.
    public init(buffer: ByteBuffer, version: ProtocolVersion = .resp2) {
        self.buffer = buffer
        self.version = version
    }

    // MARK: Scalars

    /// Writes an integer.
    public mutating func writeInteger(_ value: Int64) {
        buffer.writeLine(UInt8(ascii: ":"), value)
    }

    /// Writes `count` integers, each as a reply of its own: `first`, `first + increment`, …
    public mutating func writeIntegers(_ first: Int64, count: Int, increment: Int64) {
        buffer.writeLines(UInt8(ascii: ":"), first, count: count, increment: increment)
    }

    /// Writes null: the absence of a string or number.
    public mutating func writeNull() {
        switch version {
        case .resp2: buffer.writeStaticString("$-1\r\n")
        case .resp3: buffer.writeStaticString("_\r\n")
        }
    }

    /// Writes the absence of an array.
    public mutating func writeNullArray() {
        switch version {
        case .resp2: buffer.writeStaticString("*-1\r\n")
        case .resp3: buffer.writeStaticString("_\r\n")
        }
    }

    /// Writes a boolean; 1 or 0 in RESP2.
    public mutating func writeBool(_ value: Bool) {
        switch version {
        case .resp2: buffer.writeStaticString(value ? ":1\r\n" : ":0\r\n")
        case .resp3: buffer.writeStaticString(value ? "#t\r\n" : "#f\r\n")
        }
    }

    /// Writes a double in its shortest decimal form; a bulk string in RESP2.
    public mutating func writeDouble(_ value: Double) {
        var text = value.isNaN ? "nan" : value.description
        if text.hasSuffix(".0") { text.removeLast(2) }
        switch version {
        case .resp2: writeBulk(text)
        case .resp3:
            buffer.writeInteger(UInt8(ascii: ","))
            buffer.writeString(text)
            buffer.writeLineEnd()
        }
    }

    /// Writes the digits of an integer of any size; a bulk string in RESP2.
    ///
    /// - Precondition: `digits` are decimal digits, after a sign or none.
    public mutating func writeBigNumber(_ digits: String) {
        guard version == .resp3 else { return writeBulk(digits) }
        precondition(digits.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x2B })
        buffer.writeInteger(UInt8(ascii: "("))
        buffer.writeString(digits)
        buffer.writeLineEnd()
    }

    // MARK: Lines of text

    /// Writes a simple string that is known at compile time, such as `OK`.
    ///
    /// - Precondition: `text` has no control characters; it is written as it is.
    public mutating func writeSimple(_ text: StaticString) {
        buffer.writeInteger(UInt8(ascii: "+"))
        buffer.writeStaticString(text)
        buffer.writeLineEnd()
    }

    /// Writes a simple string; control characters become blanks, and at most 1024 bytes of it are written.
    public mutating func writeSimple(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "+"))
        buffer.writeOneLine(text)
        buffer.writeLineEnd()
    }

    /// Writes an error, `text` being its prefix (`ERR`, `NOAUTH` …) and its message.
    ///
    /// Control characters become blanks, so that no text, wherever it is from, can end the reply and begin another one.
    /// At most 1024 bytes of it are written.
    public mutating func writeError(_ text: String) {
        buffer.writeInteger(UInt8(ascii: "-"))
        buffer.writeOneLine(text)
        buffer.writeLineEnd()
    }

    // MARK: Strings of bytes

    /// Writes a bulk string of `bytes`.
    public mutating func writeBulk(_ bytes: RawSpan) {
        buffer.writeLine(UInt8(ascii: "$"), Int64(bytes.byteCount))
        buffer.writeBytes(bytes)
        buffer.writeLineEnd()
    }

    /// Writes a bulk string of `bytes`.
    public mutating func writeBulk(_ bytes: [UInt8]) {
        buffer.writeLine(UInt8(ascii: "$"), Int64(bytes.count))
        buffer.writeBytes(bytes)
        buffer.writeLineEnd()
    }

    /// Writes a bulk string of the UTF-8 bytes of `text`.
    public mutating func writeBulk(_ text: String) {
        buffer.writeLine(UInt8(ascii: "$"), Int64(text.utf8.count))
        buffer.writeString(text)
        buffer.writeLineEnd()
    }

    /// Writes a bulk string of the decimal digits of `value`.
    public mutating func writeBulk(integer value: Int64) {
        buffer.writeBulk(decimal: value)
    }

    /// Writes text with its format, three bytes such as `txt` or `mkd`; a plain bulk string in RESP2.
    ///
    /// - Precondition: `format` has three bytes.
    public mutating func writeVerbatim(_ text: [UInt8], format: String = "txt") {
        precondition(format.utf8.count == 3, "a format has three bytes")
        guard version == .resp3 else { return writeBulk(text) }
        buffer.writeLine(UInt8(ascii: "="), Int64(text.count + 4))
        buffer.writeString(format)
        buffer.writeInteger(UInt8(ascii: ":"))
        buffer.writeBytes(text)
        buffer.writeLineEnd()
    }

    // MARK: Headers of aggregates

    /// Begins an array; `count` replies follow.
    public mutating func writeArrayHeader(_ count: Int) {
        buffer.writeLine(UInt8(ascii: "*"), Int64(count))
    }

    /// Begins a map; `count` pairs follow, that is 2 × `count` replies. In RESP2 it is a flat array of them.
    public mutating func writeMapHeader(_ count: Int) {
        switch version {
        case .resp2: buffer.writeLine(UInt8(ascii: "*"), Int64(count) * 2)
        case .resp3: buffer.writeLine(UInt8(ascii: "%"), Int64(count))
        }
    }

    /// Begins a set; `count` replies follow. In RESP2 it is an array.
    public mutating func writeSetHeader(_ count: Int) {
        buffer.writeLine(UInt8(ascii: version == .resp3 ? "~" : "*"), Int64(count))
    }

    /// Begins a message that is no reply to a command; `count` replies follow. In RESP2 it is an array.
    public mutating func writePushHeader(_ count: Int) {
        buffer.writeLine(UInt8(ascii: version == .resp3 ? ">" : "*"), Int64(count))
    }
}
