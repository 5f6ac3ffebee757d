/// The sequences in memory, by name: an open-addressing hash table that is asked with bytes as they came off the wire.
///
/// A `Dictionary` keyed by ``SequenceName`` would need a name, and with it an allocation, for every look-up.
struct AllocatorTable {
    private struct Slot {
        /// What is enough of a hash to begin with and to tell nearly all others apart; 0 in an empty slot.
        var hash: UInt32 = 0
        var allocator: SequenceAllocator?
    }

    private var slots = Array(repeating: Slot(), count: 16)
    private(set) var count = 0

    private var mask: Int { slots.count - 1 }

    subscript(name: RawSpan) -> SequenceAllocator? {
        name.withUnsafeBytes { allocator(of: $0, hash: Self.hash($0)) }
    }

    func allocator(of name: UnsafeRawBufferPointer, hash: UInt32) -> SequenceAllocator? {
        find(name, hash: hash).flatMap { slots[$0].allocator }
    }

    subscript(name: SequenceName) -> SequenceAllocator? { self[name.bytes.span.bytes] }

    /// The first allocator whose name has this hash: nearly always the one that is looked for, but the name decides.
    func candidate(_ hash: UInt32) -> SequenceAllocator? {
        var index = Int(hash) & mask
        while slots[index].hash != 0 {
            if slots[index].hash == hash { return slots[index].allocator }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Puts an allocator in, in place of the one of the same name.
    mutating func insert(_ allocator: SequenceAllocator) {
        if (count + 1) * 4 > slots.count * 3 { rehash(to: slots.count * 2) }
        let hash = allocator.name.bytes.withUnsafeBytes { Self.hash($0) }
        if let index = allocator.name.bytes.withUnsafeBytes({ find($0, hash: hash) }) {
            slots[index].allocator = allocator
        } else {
            place(Slot(hash: hash, allocator: allocator))
            count += 1
        }
    }

    /// Takes an allocator out, unless another one has its name by now.
    mutating func remove(_ allocator: SequenceAllocator) {
        let found = allocator.name.bytes.withUnsafeBytes { find($0, hash: Self.hash($0)) }
        guard var hole = found, slots[hole].allocator === allocator else { return }
        // Close the hole: a later entry of the same chain of probes must not be cut off by it.
        var index = (hole + 1) & mask
        while slots[index].hash != 0 {
            let home = Int(slots[index].hash) & mask
            if (index - home) & mask >= (index - hole) & mask {
                slots[hole] = slots[index]
                hole = index
            }
            index = (index + 1) & mask
        }
        slots[hole] = Slot()
        count -= 1
        if slots.count > 16, count * 8 < slots.count { rehash(to: slots.count / 2) }
    }

    /// All of them, in no order.
    var all: [SequenceAllocator] { slots.compactMap(\.allocator) }

    private func find(_ name: UnsafeRawBufferPointer, hash: UInt32) -> Int? {
        var index = Int(hash) & mask
        while slots[index].hash != 0 {
            if slots[index].hash == hash, slots[index].allocator?.isNamed(name) == true { return index }
            index = (index + 1) & mask
        }
        return nil
    }

    private mutating func place(_ slot: Slot) {
        var index = Int(slot.hash) & mask
        while slots[index].hash != 0 { index = (index + 1) & mask }
        slots[index] = slot
    }

    private mutating func rehash(to size: Int) {
        let old = slots
        slots = Array(repeating: Slot(), count: size)
        for slot in old where slot.hash != 0 { place(slot) }
    }

    /// Seeded anew in every process, so that nobody can choose names that collide.
    static func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: name)
        return max(1, UInt32(truncatingIfNeeded: hasher.finalize()))
    }
}

extension SequenceName {
    func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
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
