import Ordinal

/// Numbers that a client got together.
struct Numbers {
    let first: Int64
    let count: Int64
    let increment: Int64

    init(first: Int64, count: Int64, increment: Int64 = 1) {
        (self.first, self.count, self.increment) = (first, count, increment)
    }

    init(_ run: Run) { (first, count, increment) = (run.first, run.count, run.increment) }

    init(_ number: Int64) { (first, count, increment) = (number, 1, 1) }

    var last: Int64 { first + (count - 1) * increment }
    var all: StrideThrough<Int64> { stride(from: first, through: last, by: Int(increment)) }
}

extension Segment {
    /// Whether `number` is one of this segment's, and `numbers` go in its steps.
    func fits(_ numbers: Numbers, at number: Int64) -> Bool {
        (numbers.count == 1 || numbers.increment == increment) && (number - first) % increment == 0
    }
}
