import SeededRandom

extension SeededRandom {
    /// A number from 0 to below `bound`.
    mutating func pick(_ bound: Int) -> Int { next(below: bound) }

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
