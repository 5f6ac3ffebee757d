/// Random words that a seed decides: what was drawn once can be drawn again. (SplitMix64.)
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A number from 0 up to, not including, 1.
    package mutating func nextFraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number below `bound`, which is above 0. The bias is below one in 2^32 for bounds below 2^32.
    package mutating func next(below bound: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(bound)).high) }

    /// True in so many of 100 cases.
    package mutating func chance(_ percent: Int) -> Bool { next(below: 100) < percent }
}
