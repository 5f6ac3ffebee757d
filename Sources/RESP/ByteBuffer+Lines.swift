import NIOCore

extension ByteBuffer {
    /// Writes a type byte, a number and a line end.
    mutating func writeLine(_ type: UInt8, _ value: Int64) {
        let digits = DecimalDigits(value)
        let count = 1 + digits.count + 2
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            bytes[0] = type
            digits.write(to: bytes, at: 1)
            bytes[count - 2] = UInt8(ascii: "\r")
            bytes[count - 1] = UInt8(ascii: "\n")
            return count
        }
    }

    /// Writes `count` lines of a type byte and a number each: `first`, `first + increment`, …
    mutating func writeLines(_ type: UInt8, _ first: Int64, count: Int, increment: Int64) {
        guard count > 0 else { return }
        let longest = 1 + 20 + 2
        writeWithUnsafeMutableBytes(minimumWritableBytes: count * longest) { bytes in
            var (end, value) = (0, first)
            for index in 0..<count {
                let digits = DecimalDigits(value)
                bytes[end] = type
                digits.write(to: bytes, at: end + 1)
                end += 1 + digits.count
                bytes[end] = UInt8(ascii: "\r")
                bytes[end + 1] = UInt8(ascii: "\n")
                end += 2
                // Not beyond the last: there may be no such number.
                if index < count - 1 { value += increment }
            }
            return end
        }
    }

    /// Writes a bulk string of the decimal digits of `value`.
    mutating func writeBulk(decimal value: Int64) {
        let digits = DecimalDigits(value)
        let header = DecimalDigits(Int64(digits.count))
        let count = 1 + header.count + 2 + digits.count + 2
        writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
            bytes[0] = UInt8(ascii: "$")
            header.write(to: bytes, at: 1)
            let body = 1 + header.count + 2
            bytes[body - 2] = UInt8(ascii: "\r")
            bytes[body - 1] = UInt8(ascii: "\n")
            digits.write(to: bytes, at: body)
            bytes[count - 2] = UInt8(ascii: "\r")
            bytes[count - 1] = UInt8(ascii: "\n")
            return count
        }
    }

    /// Writes the end of a line.
    mutating func writeLineEnd() {
        writeInteger(UInt16(0x0D0A))
    }

    /// Writes `text` so that it stays on its line: control characters become blanks, and what is over 1024 bytes is cut
    /// off, between two characters.
    mutating func writeOneLine(_ text: String) {
        let maximumLength = 1024
        var length = 0
        for scalar in text.unicodeScalars {
            let width = UTF8.width(scalar)
            guard length + width <= maximumLength else { break }
            length += width
        }
        // C0 controls and DEL are single bytes in UTF-8, and bytes of other characters are all above them.
        writeBytes(text.utf8.lazy.prefix(length).map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 })
    }
}

/// The decimal digits of a number, counted but not yet written, so that room is made for them once.
struct DecimalDigits {
    /// How many bytes they take, a minus sign included: 1 to 20.
    let count: Int
    private let magnitude: UInt64
    private let isNegative: Bool

    init(_ value: Int64) {
        magnitude = value.magnitude
        isNegative = value < 0
        var digits = 1
        var bound: UInt64 = 10
        while magnitude >= bound {
            digits += 1
            // 10^19 is the highest power of ten in 64 bits, and no Int64 has more than 19 digits.
            guard digits < 19 else { break }
            bound *= 10
        }
        count = isNegative ? digits + 1 : digits
    }

    /// Writes them to the `count` bytes from `offset` on, the last ones first.
    func write(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        precondition(offset + count <= bytes.count)
        var rest = magnitude
        var end = offset + count
        digitPairs.withUTF8Buffer { pairs in
            while rest >= 100 {
                let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
                rest = quotient
                end -= 2
                bytes[end] = pairs[Int(pair) * 2]
                bytes[end + 1] = pairs[Int(pair) * 2 + 1]
            }
            if rest >= 10 {
                end -= 2
                bytes[end] = pairs[Int(rest) * 2]
                bytes[end + 1] = pairs[Int(rest) * 2 + 1]
            } else {
                end -= 1
                bytes[end] = UInt8(ascii: "0") + UInt8(rest)
            }
        }
        if isNegative { bytes[offset] = UInt8(ascii: "-") }
    }
}

/// The numbers from 00 to 99: two digits at a time halve the number of divisions.
private let digitPairs: StaticString = """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657\
    585960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """
