/// The first and the last eight bytes of a name, and its length: all of a name of up to 16 bytes.
///
/// A look-up finds them beside what it needs anyway. The name itself is elsewhere in memory, and with very many sequences
/// that is far away.
struct NameEnds: Equatable {
    private let first: UInt64
    private let last: UInt64
    private let count: Int

    init(_ name: UnsafeRawBufferPointer) {
        count = name.count
        if name.count >= 8 {
            first = name.loadUnaligned(as: UInt64.self)
            last = name.loadUnaligned(fromByteOffset: name.count - 8, as: UInt64.self)
        } else {
            first = name.reduce(0) { $0 << 8 | UInt64($1) }
            last = 0
        }
    }

    /// Whether there is nothing between the two ends.
    var areAll: Bool { count <= 16 }
}
