/// The samples as they were written, equal ones counted together.
struct RawSamples {
    /// How often each was seen.
    private(set) var counts: [RawStack: Int] = [:]

    /// How many samples there are.
    private(set) var count = 0

    /// Reads what `cprofiler_buffer_words` describes.
    init(_ words: some RandomAccessCollection<UInt64>) {
        var rest = words[...]
        while let header = rest.first, header != 0 {
            let depth = Int(UInt32(truncatingIfNeeded: header))
            guard depth > 0, depth < rest.count else { break }
            let addresses = Array(rest.dropFirst().prefix(depth))
            counts[RawStack(thread: UInt32(header >> 32), addresses: addresses), default: 0] += 1
            count += 1
            rest = rest.dropFirst(1 + depth)
        }
    }
}

/// A stack in addresses.
struct RawStack: Hashable {
    /// The kernel's number of the thread.
    let thread: UInt32
    /// The innermost first, which is where the thread was; the others are where calls will return to.
    let addresses: [UInt64]

    /// Addresses within the instruction that was running or that called: after a call at the end of a function, the
    /// return address may be the next function's.
    var codeAddresses: [UInt64] {
        addresses.enumerated().map { $0.offset == 0 ? $0.element : $0.element &- 1 }
    }
}

extension RawSamples {
    /// The samples in names of threads and functions, the most frequent first.
    func named() -> [CPUProfile.Stack] {
        let stacks = counts.map { (thread: $0.key.thread, addresses: $0.key.codeAddresses, count: $0.value) }
        let names = Symbolizer.names(of: Set(stacks.lazy.flatMap(\.addresses)))
        var threads: [UInt32: String] = [:]
        for thread in Set(stacks.lazy.map(\.thread)) { threads[thread] = ThreadName.read(thread) }

        var merged: [[String]: Int] = [:]
        for stack in stacks {
            let functions = stack.addresses.reversed().map { names[$0] ?? Symbolizer.nameless($0) }
            merged[[threads[stack.thread] ?? ThreadName.ended(stack.thread)] + functions, default: 0] += stack.count
        }
        return merged.map { CPUProfile.Stack(frames: $0.key, count: $0.value) }
            .sorted { $0.count != $1.count ? $0.count > $1.count : $0.frames.lexicographicallyPrecedes($1.frames) }
    }
}
