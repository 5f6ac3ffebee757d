/// A set of numbers that are dense for the most part: a bit for each, in pages, and no bits where a page is full.
struct NumberSet: Sendable {
    /// How many numbers a page holds.
    static let pageSize: Int64 = 1 << 14

    private struct Page: Sendable {
        /// Nothing once all are there.
        var words: [UInt64] = []
        var count: Int64 = 0
    }

    private var pages: [Int64: Page] = [:]
    /// How many numbers there are.
    private(set) var count: Int64 = 0
    /// The least and the greatest of them.
    private(set) var bounds: ClosedRange<Int64>?
    /// How many pages hold bits; each takes two kilobytes.
    private(set) var pagesWithBits = 0

    init() {}

    /// How many numbers between the least and the greatest are missing.
    var holes: Int64 { bounds.map { $0.upperBound - $0.lowerBound + 1 - count } ?? 0 }

    /// Adds a run of numbers.
    ///
    /// - Returns: The first of them that was there already.
    mutating func insert(_ run: ClosedRange<Int64>) -> Int64? {
        bounds = bounds.map { min($0.lowerBound, run.lowerBound)...max($0.upperBound, run.upperBound) } ?? run
        var present: Int64?
        var first = run.lowerBound
        while true {
            let page = first >> 14
            let last = min(run.upperBound, page << 14 + (Self.pageSize - 1))
            let found = insert(Int(first & (Self.pageSize - 1))...Int(last & (Self.pageSize - 1)), into: page)
            if present == nil, let found { present = page << 14 + Int64(found) }
            guard last < run.upperBound else { return present }
            first = last + 1
        }
    }

    func contains(_ number: Int64) -> Bool {
        guard let page = pages[number >> 14] else { return false }
        guard !page.words.isEmpty else { return true }
        let bit = Int(number & (Self.pageSize - 1))
        return page.words[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    /// The first number above the least one that is missing.
    var firstHole: Int64? {
        guard holes > 0, let bounds else { return nil }
        var number = bounds.lowerBound
        while contains(number) {
            // A full page is stepped over; a look at each bit of the others is quick enough.
            let isFull = pages[number >> 14].map(\.words.isEmpty) ?? false
            number = isFull ? (number >> 14 + 1) << 14 : number + 1
        }
        return number
    }

    private mutating func insert(_ bits: ClosedRange<Int>, into index: Int64) -> Int? {
        var page = pages[index] ?? Page()
        if page.words.isEmpty {
            guard page.count == 0 else { return bits.lowerBound }
            page.words = [UInt64](repeating: 0, count: Int(Self.pageSize) / 64)
            pagesWithBits += 1
        }
        // Taken out, so that the words have one owner and are changed in place.
        pages[index] = nil
        defer { pages[index] = page }
        var present: Int?
        var added: Int64 = 0
        for word in bits.lowerBound >> 6...bits.upperBound >> 6 {
            let low = max(bits.lowerBound - word << 6, 0)
            let high = min(bits.upperBound - word << 6, 63)
            let mask = (UInt64.max >> UInt64(63 - (high - low))) << UInt64(low)
            let old = page.words[word] & mask
            if old != 0, present == nil { present = word << 6 + old.trailingZeroBitCount }
            added += Int64((mask & ~old).nonzeroBitCount)
            page.words[word] |= mask
        }
        count += added
        page.count += added
        if page.count == Self.pageSize {
            page.words = []
            pagesWithBits -= 1
        }
        return present
    }
}
