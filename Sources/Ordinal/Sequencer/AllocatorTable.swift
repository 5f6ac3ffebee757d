/// The sequences in memory, by name: an open-addressing hash table that is asked with bytes as they came off the wire.
///
/// A `Dictionary` keyed by ``SequenceName`` would need a name, and with it an allocation, for every look-up.
struct AllocatorTable {
    private var slots: [SequenceAllocator?] = Array(repeating: nil, count: 16)
    /// What is enough of a hash to begin with, and to tell nearly all others apart.
    private var hashes: [UInt32] = Array(repeating: 0, count: 16)
    private(set) var count = 0

    private var mask: Int { slots.count - 1 }

    private func home(_ hash: UInt32) -> Int { Int(hash) & mask }

    subscript(name: RawSpan) -> SequenceAllocator? {
        name.withUnsafeBytes { find($0, hash: Self.hash($0)).flatMap { slots[$0] } }
    }

    subscript(name: SequenceName) -> SequenceAllocator? { self[name.bytes.span.bytes] }

    /// Puts an allocator in, in place of the one of the same name.
    mutating func insert(_ allocator: SequenceAllocator) {
        if (count + 1) * 4 > slots.count * 3 { rehash(to: slots.count * 2) }
        let hash = allocator.name.bytes.withUnsafeBytes { Self.hash($0) }
        if let index = allocator.name.bytes.withUnsafeBytes({ find($0, hash: hash) }) {
            slots[index] = allocator
        } else {
            place(allocator, hash: hash)
            count += 1
        }
    }

    /// Takes an allocator out, unless another one has its name by now.
    mutating func remove(_ allocator: SequenceAllocator) {
        let found = allocator.name.bytes.withUnsafeBytes { find($0, hash: Self.hash($0)) }
        guard var hole = found, slots[hole] === allocator else { return }
        // Close the hole: a later entry of the same chain of probes must not be cut off by it.
        var index = (hole + 1) & mask
        while let next = slots[index] {
            let home = home(hashes[index])
            if (index - home) & mask >= (index - hole) & mask {
                slots[hole] = next
                hashes[hole] = hashes[index]
                hole = index
            }
            index = (index + 1) & mask
        }
        slots[hole] = nil
        count -= 1
        if slots.count > 16, count * 8 < slots.count { rehash(to: slots.count / 2) }
    }

    /// All of them, in no order.
    var all: [SequenceAllocator] { slots.compactMap(\.self) }

    private func find(_ name: UnsafeRawBufferPointer, hash: UInt32) -> Int? {
        var index = home(hash)
        while let candidate = slots[index] {
            if hashes[index] == hash, candidate.name.isEqual(to: name) { return index }
            index = (index + 1) & mask
        }
        return nil
    }

    private mutating func place(_ allocator: SequenceAllocator, hash: UInt32) {
        var index = home(hash)
        while slots[index] != nil { index = (index + 1) & mask }
        slots[index] = allocator
        hashes[index] = hash
    }

    private mutating func rehash(to size: Int) {
        let old = zip(slots, hashes).compactMap { slot, hash in slot.map { ($0, hash) } }
        slots = Array(repeating: nil, count: size)
        hashes = Array(repeating: 0, count: size)
        for (allocator, hash) in old { place(allocator, hash: hash) }
    }

    /// Seeded anew in every process, so that nobody can choose names that collide.
    private static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}

extension SequenceName {
    fileprivate func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == other.count else { return false }
        return bytes.withUnsafeBytes { bytes in
            var index = 0
            // Eight at a time: nearly every look-up comes here once, and finds what it looks for.
            while index + 8 <= other.count {
                let (mine, its) = (
                    bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self),
                    other.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                )
                guard mine == its else { return false }
                index += 8
            }
            while index < other.count {
                guard bytes[index] == other[index] else { return false }
                index += 1
            }
            return true
        }
    }
}
