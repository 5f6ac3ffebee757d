@testable import Ordinal

/// What an observer who sees everything writes down, to hold the world to its contract.
struct Ledger {
    struct LifeEntry {
        /// One bit for each number.
        var handedOut: UInt64 = 0
        /// The highest ceiling that was ever durable.
        var peak: Int64 = 0
        /// The highest origin that was ever durable.
        var origin: Int64 = 0
    }

    /// By life: the first has the number 1.
    var lives: [Life: LifeEntry] = [:]
    /// What every later number of a node must lie above.
    var highest: [[Life: Int64]]
    /// Numbers that nodes counted as gaps.
    var gaps: Int64 = 0
    /// Whether all gaps there are can be told from ``gaps``: nothing happened that loses numbers without a count.
    var isCounted = true
    /// Whether nobody lost an answer: then gaps are exactly what was counted.
    var isExact = true
    /// Whether the store ever lost something: then its ceiling may be too low until somebody reserves.
    var wentBack = false
    /// Which nodes were ever asked.
    var asked: Set<Int> = []
    var violation: String?

    init(nodes: Int) { highest = Array(repeating: [:], count: nodes) }

    mutating func handOut(_ number: Int64, of life: Life, by node: Int) {
        precondition((1...63).contains(number), "the bound allows for more numbers than are kept")
        let entry = lives[life, default: LifeEntry()]
        let last = highest[node][life] ?? 0
        if entry.handedOut & 1 << number != 0 {
            violation = "\(number) was handed out before"
        } else if number <= last {
            violation = "\(number) does not lie above \(last)"
        } else if number > entry.peak {
            violation = "\(number) lies above every ceiling that was durable so far, \(entry.peak)"
        }
        lives[life, default: LifeEntry()].handedOut |= 1 << number
        highest[node][life] = number
    }

    /// A SET was confirmed to a client of a node.
    mutating func moved(to number: Int64, _ life: Life, by node: Int) {
        highest[node][life] = max(highest[node][life] ?? 0, number)
    }

    /// The store holds something else.
    ///
    /// The ceiling never falls below a number that is in use.
    mutating func committed(_ contents: StoreContents) {
        guard let record = contents.live else { return }
        var entry = lives[record.life] ?? LifeEntry()
        entry.peak = max(entry.peak, record.ceiling)
        entry.origin = max(entry.origin, record.origin)
        lives[record.life] = entry
        let highest = Int64(63 - entry.handedOut.leadingZeroBitCount)
        if contents.tombstones.contains(record.life) {
            violation = "a life that had ended is back"
        } else if !wentBack, record.ceiling < highest {
            violation = "the ceiling fell to \(record.ceiling), and \(highest) was handed out"
        }
    }

    /// No node has anything in memory and no call is under way: what was reserved was handed out, or is counted.
    mutating func isQuiet(_ contents: StoreContents) {
        guard isCounted, let record = contents.live, let entry = lives[record.life] else { return }
        let missing = record.ceiling - Int64(entry.handedOut.nonzeroBitCount)
        if isExact ? missing != gaps : missing > gaps {
            violation = "\(missing) numbers are missing, and \(gaps) were counted"
        } else if isExact, asked.count == 1, missing != 0 {
            violation = "the only node stopped, and \(missing) numbers are missing"
        }
    }
}
