extension RawSpan {
    /// How many requests at the front are byte for byte the same as the first, which has `length` bytes: 1 or more.
    ///
    /// So a client that asks for the same thing many times in a packet costs one parse. Inline requests are not counted:
    /// the parser rewrites their bytes, so that others may look the same and mean something else.
    ///
    /// - Parameters:
    ///   - length: The length of the first request, as ``RequestParser/parse(_:)`` answered it.
    ///   - limit: How many to count at most, 1 or more.
    public func repetitions(of length: Int, limit: Int) -> Int {
        precondition(length >= 1 && length <= byteCount, "the first request is there")
        guard byte(at: 0) == UInt8(ascii: "*") else { return 1 }
        return withUnsafeBytes { bytes in
            var count = 1
            var start = length
            while count < limit, bytes.count - start >= length {
                for index in 0..<length where bytes[start + index] != bytes[index] { return count }
                count += 1
                start += length
            }
            return count
        }
    }
}
