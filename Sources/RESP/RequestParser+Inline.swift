import NIOCore

extension RequestParser {
    /// Parses the line of text at the reader index: words between blanks, with the quotes and escapes of Redis.
    ///
    /// - Returns: The length of the line with its end, or nil if the end is not there yet.
    mutating func parseInline(_ buffer: inout ByteBuffer) throws(ProtocolError) -> Int? {
        let available = buffer.readableBytes
        guard let newline = buffer.readableBytesSpan.firstNewline(from: searched) else {
            // One more than the limit, for a CR that belongs to the line end.
            guard available <= limits.maxInlineLength + 1 else { throw .tooBigInlineRequest }
            searched = available
            return nil
        }
        searched = 0
        var lineEnd = newline
        if lineEnd > 0, buffer.readableBytesSpan.byte(at: lineEnd - 1) == UInt8(ascii: "\r") { lineEnd -= 1 }
        guard lineEnd <= limits.maxInlineLength else { throw .tooBigInlineRequest }

        var bytes = buffer.mutableReadableBytesSpan
        var words = InlineWords(end: lineEnd)
        while let word = try words.next(&bytes) {
            guard argumentCount < limits.maxArguments else { throw .tooBigInlineRequest }
            append(start: word.lowerBound, length: word.count)
        }
        return newline + 1
    }
}

extension RawSpan {
    /// The offset of the first LF at or after `start`.
    fileprivate func firstNewline(from start: Int) -> Int? {
        var index = start
        while index < byteCount {
            if byte(at: index) == UInt8(ascii: "\n") { return index }
            index += 1
        }
        return nil
    }
}

/// Splits a line into words.
///
/// A word with quotes or escapes is rewritten where it stands: what they stand for is never longer than they are, so that
/// the place written is never past the place read.
private struct InlineWords {
    /// The offset of the line's end.
    let end: Int
    private var read = 0
    private var written = 0

    init(end: Int) {
        self.end = end
    }

    /// The place of the next word, or nil at the end of the line.
    mutating func next(_ bytes: inout MutableRawSpan) throws(ProtocolError) -> Range<Int>? {
        while read < end, bytes.byte(at: read).isBlank { read += 1 }
        guard read < end else { return nil }
        let start = read
        written = read
        while read < end {
            let byte = bytes.byte(at: read)
            if byte.endsWord { break }
            read += 1
            switch byte {
            case UInt8(ascii: "\""): try copyDoubleQuoted(&bytes)
            case UInt8(ascii: "'"): try copySingleQuoted(&bytes)
            default: write(byte, &bytes)
            }
        }
        return start..<written
    }

    /// Copies up to the closing `"`, which must end the word.
    private mutating func copyDoubleQuoted(_ bytes: inout MutableRawSpan) throws(ProtocolError) {
        while read < end {
            let byte = bytes.byte(at: read)
            read += 1
            switch byte {
            case UInt8(ascii: "\""): return try expectWordEnd(bytes)
            case UInt8(ascii: "\\") where read < end: write(escaped(bytes), &bytes)
            default: write(byte, &bytes)
            }
        }
        throw .unbalancedQuotes
    }

    /// Copies up to the closing `'`, which must end the word. The only escape is `\'`.
    private mutating func copySingleQuoted(_ bytes: inout MutableRawSpan) throws(ProtocolError) {
        while read < end {
            var byte = bytes.byte(at: read)
            read += 1
            if byte == UInt8(ascii: "'") { return try expectWordEnd(bytes) }
            if byte == UInt8(ascii: "\\"), read < end, bytes.byte(at: read) == UInt8(ascii: "'") {
                byte = UInt8(ascii: "'")
                read += 1
            }
            write(byte, &bytes)
        }
        throw .unbalancedQuotes
    }

    /// What the escape after a backslash stands for.
    private mutating func escaped(_ bytes: borrowing MutableRawSpan) -> UInt8 {
        let byte = bytes.byte(at: read)
        read += 1
        switch byte {
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        case UInt8(ascii: "r"): return UInt8(ascii: "\r")
        case UInt8(ascii: "t"): return UInt8(ascii: "\t")
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "a"): return 0x07
        case UInt8(ascii: "x"):
            guard end - read >= 2, let high = bytes.byte(at: read).hexDigit,
                let low = bytes.byte(at: read + 1).hexDigit
            else { return byte }
            read += 2
            return high << 4 | low
        default: return byte
        }
    }

    private func expectWordEnd(_ bytes: borrowing MutableRawSpan) throws(ProtocolError) {
        guard read == end || bytes.byte(at: read).isBlank else { throw .unbalancedQuotes }
    }

    private mutating func write(_ byte: UInt8, _ bytes: inout MutableRawSpan) {
        bytes.storeBytes(of: byte, toByteOffset: written, as: UInt8.self)
        written += 1
    }
}

extension MutableRawSpan {
    fileprivate func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }
}

extension UInt8 {
    /// What ends a word without quotes. Redis knows fewer characters here than it skips between words.
    fileprivate var endsWord: Bool { self == 0x20 || self == 0x09 || self == 0x0D || self == 0x0A }

    /// What is skipped between words: the characters that C calls white space.
    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }

    fileprivate var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
