import Ordinal

/// How many numbers a node reserves in the store below, to leave the rest in Redis.
public struct BlockSize: Hashable, Sendable {
    /// How many times as many as it needs itself, at least 1. With 1 nothing is left in Redis.
    public let factor: Int64
    /// How many at most. A reservation for more than that gets what it asks for, and nothing is left.
    public let limit: Int64

    /// Ten times as many, a thousand million at most.
    public static let standard = BlockSize(factor: 10, limit: 1_000_000_000)

    /// Makes a size; values below 1 count as 1.
    public init(factor: Int64, limit: Int64 = 1_000_000_000) {
        self.factor = max(1, factor)
        self.limit = max(1, limit)
    }

    /// How many numbers to reserve for a caller who wants some.
    ///
    /// A block never has more than a tenth of the failover offset: that many numbers make good what a failover of the store
    /// below loses, and one lost reservation there loses one block.
    func count(for reservation: Reservation) -> Int64 {
        let offset = reservation.failoverOffset.count(forSegmentsOf: reservation.count)
        let (product, overflow) = reservation.count.multipliedReportingOverflow(by: factor)
        let size = min(overflow ? .max : product, limit, offset / 10)
        return max(size, reservation.count)
    }
}
