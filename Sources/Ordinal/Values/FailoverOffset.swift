/// How many numbers to leave out when the store went back: more than it can have lost.
///
/// What an asynchronous replica or an old backup lacks is the last reservations, and those are as large as the sequence is
/// busy. So the offset grows with the segments that are known to have been reserved of late.
public struct FailoverOffset: Hashable, Sendable {
    /// At least so many numbers.
    public let minimum: Int64
    /// And so many segments; 0: the minimum alone.
    public let segments: Int64

    /// Four million numbers or 100 segments, whichever is more.
    public static let standard = FailoverOffset(minimum: 4_000_000, segments: 100)

    /// So many numbers, however large the segments are.
    public static func exactly(_ count: Int64) -> FailoverOffset { FailoverOffset(minimum: count, segments: 0) }

    init(minimum: Int64, segments: Int64) {
        self.minimum = max(minimum, 0)
        self.segments = segments
    }

    /// At least four runs of `length` numbers: a run may be far larger than all segments before it.
    func covering(runsOf length: Int64) -> FailoverOffset {
        let (runs, overflow) = length.multipliedReportingOverflow(by: 4)
        return FailoverOffset(minimum: overflow ? .max : max(minimum, runs), segments: segments)
    }

    /// How many numbers that is with segments of `size` numbers.
    public func count(forSegmentsOf size: Int64) -> Int64 {
        let (product, overflow) = size.multipliedReportingOverflow(by: segments)
        return overflow ? .max : max(minimum, product)
    }
}
