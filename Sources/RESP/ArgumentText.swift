extension RawSpan {
    /// The signed 64-bit number that these bytes are the one decimal form of, or nil.
    ///
    /// As strict as Redis: an optional minus sign and digits, no zeros in front, no `-0`, nothing else, no overflow.
    public var decimalInteger: Int64? {
        let isNegative = byteCount > 0 && byte(at: 0) == UInt8(ascii: "-")
        let start = isNegative ? 1 : 0
        let digits = byteCount - start
        guard digits > 0, digits <= 19 else { return nil }
        if byte(at: start) == UInt8(ascii: "0") { return digits == 1 && !isNegative ? 0 : nil }
        var magnitude: UInt64 = 0
        for index in start..<byteCount {
            let digit = byte(at: index) &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            // 19 digits are below 10^19, which is below 2^64.
            magnitude = magnitude &* 10 &+ UInt64(digit)
        }
        guard isNegative else { return Int64(exactly: magnitude) }
        guard magnitude <= Int64.min.magnitude else { return nil }
        // Wraps for the magnitude of Int64.min only, and to Int64.min.
        return 0 &- Int64(truncatingIfNeeded: magnitude)
    }

    /// Whether these bytes are `word`, with `A` to `Z` and `a` to `z` taken as equal.
    ///
    /// - Parameter word: Some ASCII text.
    public func equalsIgnoringCase(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard byteCount == count else { return false }
        return word.withUTF8Buffer { word in
            for index in 0..<count where byte(at: index).upperCased != word[index].upperCased { return false }
            return true
        }
    }
}

extension UInt8 {
    /// The ASCII capital of an ASCII letter, or the byte itself.
    fileprivate var upperCased: UInt8 {
        self &- UInt8(ascii: "a") < 26 ? self &- 0x20 : self
    }
}
