/// What stands in a line that should hold a length: digits, CR, LF.
enum LengthLine {
    /// The number, and the offset behind the line end.
    case complete(Int, end: Int)
    /// Nothing is wrong so far, and the line end is not there yet.
    case incomplete
    /// The line holds something else than one number in its shortest form.
    case invalid
    /// The line is longer than any length could be.
    case endless

    /// The longest line, its end included: room for every 64-bit number, and a bound on what is looked at again when
    /// the line arrives in pieces.
    static let maximumLength = 32
}

extension RawSpan {
    /// The byte at `offset`.
    @inlinable
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        // Checked against the bounds; "unsafe" is that a type other than UInt8 might not accept every bit pattern.
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The byte at `offset`, which the caller has compared with `byteCount`.
    @inline(__always)
    private func uncheckedByte(at offset: Int) -> UInt8 {
        assert(offset >= 0 && offset < byteCount)
        return unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Reads the length in the line that begins at `start`: at most 18 digits, so that it cannot overflow.
    ///
    /// `start` is an offset of these bytes, or their end. `index` begins there and only grows, and each byte is read where
    /// `index` was found to be below `limit`, and so below `byteCount`: no read is out of bounds, and no `&+` wraps.
    @inline(__always)
    func lengthLine(at start: Int) -> LengthLine {
        // Nearly all of them have one digit.
        if byteCount &- start >= 3 {
            let digit = uncheckedByte(at: start) &- UInt8(ascii: "0")
            if digit <= 9, uncheckedByte(at: start &+ 1) == UInt8(ascii: "\r"),
                uncheckedByte(at: start &+ 2) == UInt8(ascii: "\n")
            {
                return .complete(Int(digit), end: start &+ 3)
            }
        }
        let limit = Swift.min(byteCount, start + LengthLine.maximumLength)
        var index = start
        let isNegative = index < limit && uncheckedByte(at: index) == UInt8(ascii: "-")
        if isNegative { index &+= 1 }
        let firstDigit = index
        var value = 0
        while index < limit {
            let digit = uncheckedByte(at: index) &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            // May wrap after the 18th digit; such a value is not used.
            value = value &* 10 &+ Int(digit)
            index &+= 1
        }
        guard index < limit else { return limit - start == LengthLine.maximumLength ? .endless : .incomplete }
        let digits = index &- firstDigit
        guard digits > 0, digits <= 18, uncheckedByte(at: index) == UInt8(ascii: "\r") else { return .invalid }
        guard digits == 1 || uncheckedByte(at: firstDigit) != UInt8(ascii: "0") else { return .invalid }
        guard index &+ 1 < byteCount else { return .incomplete }
        guard uncheckedByte(at: index &+ 1) == UInt8(ascii: "\n") else { return .invalid }
        return .complete(isNegative ? 0 &- value : value, end: index &+ 2)
    }
}
