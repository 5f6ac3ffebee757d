/// Chance that repeats itself: the same seed, the same words.
struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// True in so many of 100 cases.
    mutating func chance(_ percent: Int) -> Bool { pick(100) < percent }

    /// A number from 0 to below `bound`. The bias of the remainder does not matter here.
    mutating func pick(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 1) % bound }

    mutating func pick(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + pick(range.upperBound - range.lowerBound + 1)
    }

    mutating func pick(_ range: ClosedRange<Int64>) -> Int64 {
        Int64(pick(Int(range.lowerBound)...Int(range.upperBound)))
    }

    mutating func pick<Element>(from elements: [Element]) -> Element { elements[pick(elements.count)] }

    /// A duration within a range of microseconds.
    mutating func microseconds(_ range: ClosedRange<Int>) -> Duration { .microseconds(pick(range)) }
}
