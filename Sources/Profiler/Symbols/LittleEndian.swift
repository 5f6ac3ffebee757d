extension Array<UInt8> {
    /// The little-endian integer at `offset`, or nil where the bytes end before.
    func integer<Value: FixedWidthInteger & UnsignedInteger>(
        at offset: Int, as type: Value.Type = Value.self
    ) -> Value? {
        withUnsafeBytes { bytes in
            guard 0...bytes.count ~= offset, bytes.count - offset >= MemoryLayout<Value>.size else { return nil }
            return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
    }
}
