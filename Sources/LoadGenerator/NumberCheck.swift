import RESP

/// Whether numbers were what a number server promises: all different, and on each connection rising.
///
/// Numbers of different sequences have nothing to do with one another. Of runs (`INCRBY`) the reply's number is looked at.
package struct NumberCheck: Sendable, Equatable {
    /// So many replies are looked at; they are kept in memory until the end.
    package static let maximumReplies = 20_000_000

    /// How many numbers were looked at.
    package internal(set) var numbers = 0
    /// How many replies were not looked at, because there were too many.
    package internal(set) var skipped = 0
    /// How many replies were no numbers.
    package internal(set) var notNumbers = 0
    /// How many numbers had been there already.
    package internal(set) var repeated = 0
    /// How many numbers were not above the one before, on the same connection.
    package internal(set) var notRising = 0
    /// One of the numbers that came twice.
    package internal(set) var example: Int64?

    /// Whether every reply that was looked at was right.
    package var isGood: Bool { notNumbers == 0 && repeated == 0 && notRising == 0 }

    /// Looks at what the connections got.
    init(_ records: [NumberRecord]) {
        var all: [NumberRecord.Entry] = []
        all.reserveCapacity(records.reduce(0) { $0 + $1.entries.count })
        for record in records {
            skipped += record.skipped
            notNumbers += record.notNumbers
            var last: [Int32: Int64] = [:]
            for entry in record.entries {
                if let before = last.updateValue(entry.number, forKey: entry.sequence), before >= entry.number {
                    notRising += 1
                }
            }
            all += record.entries
        }
        numbers = all.count
        all.sort { ($0.sequence, $0.number) < ($1.sequence, $1.number) }
        for index in all.indices.dropFirst() where all[index] == all[index - 1] {
            repeated += 1
            example = example ?? all[index].number
        }
    }
}

/// The numbers that one connection got, in their order.
struct NumberRecord: Sendable {
    struct Entry: Sendable, Equatable {
        let sequence: Int32
        let number: Int64
    }

    private(set) var entries: [Entry] = []
    private(set) var skipped = 0
    private(set) var notNumbers = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    mutating func add(_ reply: RESPValue, of sequence: Int32) {
        guard entries.count < limit else { return skipped += 1 }
        switch reply {
        case .integer(let number): entries.append(Entry(sequence: sequence, number: number))
        case .bulk(let bytes):
            guard let number = bytes.span.bytes.decimalInteger else { return notNumbers += 1 }
            entries.append(Entry(sequence: sequence, number: number))
        default: notNumbers += 1
        }
    }
}
