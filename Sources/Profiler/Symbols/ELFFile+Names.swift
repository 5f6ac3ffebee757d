extension ELFFile {
    /// The longest name that is read; longer ones are cut.
    static var longestName: Int { 4096 }

    private static var symbolSize: Int { 24 }
    private static var symbolsPerRead: Int { 4096 }

    /// A function that may be the one at an address.
    private struct Function {
        let start: UInt64
        let size: UInt64
        let name: UInt32
    }

    /// The names, as they stand in the file, of the functions at some addresses of the file. Those that no function covers
    /// are left out.
    ///
    /// The table is read in pieces and only what was asked for is kept: a program has a hundred thousand functions and
    /// a profile a few hundred. The time is proportional to the table, whatever stands in it.
    func names(of addresses: Set<UInt64>) -> [UInt64: [UInt8]] {
        let addresses = addresses.sorted()
        var names: [UInt64: [UInt8]] = [:]
        var nearest: Function?
        for (address, function) in zip(addresses, functions(before: addresses)) {
            nearest = function ?? nearest
            guard let nearest, address - nearest.start < nearest.size else { continue }
            let name = name(at: nearest.name)
            if !name.isEmpty { names[address] = name }
        }
        return names
    }

    /// For each of the sorted addresses, the function that starts nearest before it, if that is after the address before.
    private func functions(before addresses: [UInt64]) -> [Function?] {
        var functions = [Function?](repeating: nil, count: addresses.count)
        var offset: UInt64 = 0
        while offset < symbols.size {
            let piece = Int(min(symbols.size - offset, UInt64(Self.symbolSize * Self.symbolsPerRead)))
            let bytes = source.bytes(at: symbols.offset + offset, count: piece)
            for start in stride(from: 0, to: bytes.count, by: Self.symbolSize) {
                guard let function = Self.function(bytes, at: start) else { continue }
                let index = addresses.firstIndex(notBefore: function.start)
                guard index < addresses.count else { continue }
                if functions[index].map({ $0.start < function.start }) ?? true { functions[index] = function }
            }
            guard bytes.count == piece else { break }
            offset += UInt64(piece)
        }
        return functions
    }

    /// The symbol at `start`, if it is a function of this file that has a size.
    private static func function(_ bytes: [UInt8], at start: Int) -> Function? {
        guard let name = bytes.integer(at: start, as: UInt32.self),
            let info = bytes.integer(at: start + 4, as: UInt8.self),
            let section = bytes.integer(at: start + 6, as: UInt16.self),
            let value = bytes.integer(at: start + 8, as: UInt64.self),
            let size = bytes.integer(at: start + 16, as: UInt64.self),
            info & 0x0F == 2 || info & 0x0F == 10, section != 0, size > 0
        else { return nil }
        return Function(start: value, size: size, name: name)
    }

    private func name(at offset: UInt32) -> [UInt8] {
        guard UInt64(offset) < names.size else { return [] }
        let count = min(names.size - UInt64(offset), UInt64(Self.longestName))
        let bytes = source.bytes(at: names.offset + UInt64(offset), count: Int(count))
        return Array(bytes.prefix { $0 != 0 })
    }
}

extension Array<UInt64> {
    /// The first place of a sorted array whose element is not less than `value`.
    fileprivate func firstIndex(notBefore value: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
