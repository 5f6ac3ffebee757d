import NIOConcurrencyHelpers
import Ordinal
import Synchronization

/// Admits requests up to the configured rates: of the server, of each client and for each sequence.
///
/// A request is charged to all of them or, if one refuses it, to none. Without any limit a check is one comparison.
final class RateLimiter: Sendable {
    private struct State {
        var server: TokenBucket?
        var clients: BucketTable?
        var sequences: BucketTable?
    }

    /// Nil if there is no limit.
    private let state: NIOLockedValueBox<State>?
    private let now: @Sendable () -> Duration
    private let refusedByServer = Atomic<Int>(0)
    private let refusedByClient = Atomic<Int>(0)
    private let refusedBySequence = Atomic<Int>(0)

    /// - Parameters:
    ///   - maximumBuckets: How many clients, and how many sequences, are told apart while their buckets are not full. Those
    ///     beyond share a bucket.
    ///   - now: The time since some fixed moment.
    init(_ limits: RateLimits, maximumBuckets: Int = 100_000, now: @escaping @Sendable () -> Duration) {
        self.now = now
        guard limits != RateLimits() else {
            state = nil
            return
        }
        let start = now()
        state = NIOLockedValueBox(
            State(
                server: limits.server.map { TokenBucket($0, now: start) },
                clients: limits.client.map { BucketTable($0, limit: maximumBuckets, now: start) },
                sequences: limits.sequence.map { BucketTable($0, limit: maximumBuckets, now: start) }))
    }

    /// Whether there is any limit.
    var isLimiting: Bool { state != nil }

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
        state?.withLockedValue { ($0.clients?.count ?? 0, $0.sequences?.count ?? 0) } ?? (0, 0)
    }

    /// Admits `requests` requests of a client that are about no sequence or about this one.
    ///
    /// - Returns: Nil if they are admitted; otherwise why not, and none of them is.
    func check(client: ClientKey, sequence: SequenceName? = nil, requests: Int = 1) -> RateRefusal? {
        guard let state else { return nil }
        let sequence = sequence.map { Self.hash($0.bytes.span.bytes) }
        return check(state, client: client, sequence: sequence, requests: requests)
    }

    /// Admits `requests` requests of a client about the sequence of this name, as it came off the wire.
    ///
    /// - Returns: Nil if they are admitted; otherwise why not, and none of them is.
    func check(client: ClientKey, sequence: RawSpan, requests: Int = 1) -> RateRefusal? {
        guard let state else { return nil }
        return check(state, client: client, sequence: Self.hash(sequence), requests: requests)
    }

    private func check(
        _ state: NIOLockedValueBox<State>, client: ClientKey, sequence: Int?, requests: Int
    ) -> RateRefusal? {
        let now = now()
        let client = client.hashValue
        let refusal = state.withLockedValue { state -> RateRefusal? in
            let clientPlace = state.clients?.place(of: client, now: now)
            let sequencePlace = sequence.flatMap { state.sequences?.place(of: $0, now: now) }
            // All are asked before one is charged.
            var refusal: RateRefusal?
            func note(_ wait: Duration?, _ scope: RateScope) {
                guard let wait, wait > refusal?.retryAfter ?? .zero else { return }
                refusal = RateRefusal(scope: scope, retryAfter: wait)
            }
            note(state.server?.wait(for: requests, now: now), .server)
            if let clientPlace { note(state.clients?.wait(at: clientPlace, for: requests, now: now), .client) }
            if let sequencePlace { note(state.sequences?.wait(at: sequencePlace, for: requests, now: now), .sequence) }
            if let refusal { return refusal }
            _ = state.server?.take(requests, now: now)
            if let clientPlace { state.clients?.take(requests, of: client, at: clientPlace, now: now) }
            if let sequence, let sequencePlace {
                state.sequences?.take(requests, of: sequence, at: sequencePlace, now: now)
            }
            return nil
        }
        if let refusal { count(requests, refusedBy: refusal.scope) }
        return refusal
    }

    private func count(_ requests: Int, refusedBy scope: RateScope) {
        switch scope {
        case .server: refusedByServer.add(requests, ordering: .relaxed)
        case .client: refusedByClient.add(requests, ordering: .relaxed)
        case .sequence: refusedBySequence.add(requests, ordering: .relaxed)
        }
    }

    private static func hash(_ name: RawSpan) -> Int {
        var hasher = Hasher()
        name.withUnsafeBytes { hasher.combine(bytes: $0) }
        return hasher.finalize()
    }
}
