import NIOConcurrencyHelpers
import Ordinal
import Synchronization

/// Admits requests up to the configured rates, for both fronts together: of all clients, of each client, for each sequence.
///
/// What a request is about is known later than who sent it. So a request for a sequence that is asked for too often has
/// cost its client something all the same.
final class RateLimiter: Sendable {
    private struct Clients {
        var all: TokenBucket?
        var each: BucketTable?

        /// Charges a request to all clients together and to its own or, if one refuses it, to neither.
        mutating func check(_ client: Int, now: Duration) -> RateRefusal? {
            let place = each?.place(of: client, now: now)
            let own = place.flatMap { each?.wait(at: $0, now: now) }
            if let wait = all?.wait(now: now), wait >= own ?? .zero {
                return RateRefusal(scope: .server, retryAfter: wait)
            }
            if let own { return RateRefusal(scope: .client, retryAfter: own) }
            _ = all?.take(now: now)
            if let place { each?.take(of: client, at: place, now: now) }
            return nil
        }
    }

    // Nil if there is no limit: a check is one comparison then.
    private let clients: NIOLockedValueBox<Clients>?
    private let sequences: NIOLockedValueBox<BucketTable>?
    private let now: @Sendable () -> Duration
    private let refusedByServer = Atomic<Int>(0)
    private let refusedByClient = Atomic<Int>(0)
    private let refusedBySequence = Atomic<Int>(0)

    /// - Parameters:
    ///   - maximumBuckets: How many clients, and how many sequences, are told apart while their buckets are not full. Those
    ///     beyond share a bucket.
    ///   - now: The time since some fixed moment.
    init(
        _ rates: ServerConfiguration.Rates, maximumBuckets: Int = 100_000,
        now: @escaping @Sendable () -> Duration = Environment.system.now
    ) {
        self.now = now
        func table(_ perSecond: Int?) -> BucketTable? {
            perSecond.flatMap { Rate(perSecond: $0) }.map { BucketTable($0, limit: maximumBuckets, now: now()) }
        }
        let all = rates.server.flatMap { Rate(perSecond: $0) }.map { TokenBucket($0, now: now()) }
        let each = table(rates.client)
        clients = all != nil || each != nil ? NIOLockedValueBox(Clients(all: all, each: each)) : nil
        sequences = table(rates.sequence).map { NIOLockedValueBox($0) }
    }

    /// Whether there is any limit.
    var isLimiting: Bool { clients != nil || sequences != nil }

    /// How many requests a limit has refused.
    func refused(by scope: RateScope) -> Int {
        switch scope {
        case .server: refusedByServer.load(ordering: .relaxed)
        case .client: refusedByClient.load(ordering: .relaxed)
        case .sequence: refusedBySequence.load(ordering: .relaxed)
        }
    }

    /// How many clients and how many sequences have a bucket.
    var buckets: (clients: Int, sequences: Int) {
        (clients?.withLockedValue { $0.each?.count } ?? 0, sequences?.withLockedValue(\.count) ?? 0)
    }

    /// Admits a request of a client, or says why not.
    func check(_ client: ClientKey) -> RateRefusal? {
        guard let clients else { return nil }
        let (key, now) = (client.hashValue, now())
        let refusal = clients.withLockedValue { $0.check(key, now: now) }
        switch refusal?.scope {
        case .server: refusedByServer.add(1, ordering: .relaxed)
        case .client: refusedByClient.add(1, ordering: .relaxed)
        case .sequence, nil: break
        }
        return refusal
    }

    /// Admits a request for the sequence of this name, or says why not.
    func check(_ sequence: RawSpan) -> RateRefusal? {
        guard let sequences else { return nil }
        let (key, now) = (Self.hash(sequence), now())
        let wait = sequences.withLockedValue { table -> Duration? in
            let place = table.place(of: key, now: now)
            if let wait = table.wait(at: place, now: now) { return wait }
            table.take(of: key, at: place, now: now)
            return nil
        }
        guard let wait else { return nil }
        refusedBySequence.add(1, ordering: .relaxed)
        return RateRefusal(scope: .sequence, retryAfter: wait)
    }

    private static func hash(_ name: RawSpan) -> Int {
        var hasher = Hasher()
        name.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
