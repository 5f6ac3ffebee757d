import SeededRandom

extension SeededRandom {
    /// A time from `range`, in milliseconds.
    mutating func milliseconds(_ range: ClosedRange<Int>) -> Duration {
        .milliseconds(range.lowerBound + next(below: range.count))
    }
}
