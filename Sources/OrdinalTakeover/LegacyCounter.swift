/// A counter of another numbering system, as it was read.
package struct LegacyCounter: Hashable, Sendable {
    /// How far it got.
    package enum Value: Hashable, Sendable {
        /// The highest number that may have been handed out, as the old system has it.
        case highest(UInt64)
        /// It never handed out a number. The text says why.
        case none(String)
        /// It is unknown. The text says why, and what to do.
        case unusable(String)
    }

    /// The name, byte for byte.
    package let name: [UInt8]
    /// How far it got.
    package var value: Value
    /// Where that was read: `MySQL` or `Redis`.
    package var place: String
    /// How many numbers to leave out beside the margin, because ``value`` is not exact.
    package var inaccuracy: Int64 = 0
    /// What tinyid calls delta: how many databases share the numbers.
    package var delta: Int64 = 1
    /// In how many databases it was found.
    package var databases = 1
    /// What people should know about it.
    package var notes: [String] = []
}

extension LegacyCounter {
    /// Takes in what another place says about the same counter.
    mutating func merge(_ other: LegacyCounter) {
        switch (value, other.value) {
        case (.unusable, _): break
        case (_, .unusable), (.none, .highest): (value, place) = (other.value, other.place)
        case (.highest(let own), .highest(let others)) where others > own:
            (value, place) = (other.value, other.place)
        case (.highest, _), (.none, .none): break
        }
        inaccuracy = max(inaccuracy, other.inaccuracy)
        delta = max(delta, other.delta)
        for note in other.notes where !notes.contains(note) { notes.append(note) }
    }
}

/// Counters by name: what several places say about one is merged.
struct LegacyCounters {
    private var byName: [[UInt8]: LegacyCounter] = [:]

    /// All of them, in the order of the bytes of their names.
    var sorted: [LegacyCounter] { byName.values.sorted { $0.name.lexicographicallyPrecedes($1.name) } }

    /// Adds what another place of the same database says.
    mutating func add(_ counter: LegacyCounter) {
        byName[counter.name, default: counter].merge(counter)
    }

    /// Adds what another database says.
    mutating func add(_ counters: [LegacyCounter]) {
        for counter in counters {
            guard var known = byName[counter.name] else {
                byName[counter.name] = counter
                continue
            }
            known.merge(counter)
            known.databases += counter.databases
            byName[counter.name] = known
        }
    }
}
