import NIOCore
import Ordinal

/// The rates up to which requests are admitted, for both fronts together.
///
/// What a request is about is known later than who sent it, so a request for a sequence that is asked for too often has cost
/// its client something all the same.
final class RequestRates: Sendable {
    private let clients: RateLimiter
    private let sequences: RateLimiter

    init(_ rates: ServerConfiguration.Rates, now: @escaping @Sendable () -> Duration = Environment.system.now) {
        func rate(_ perSecond: Int?) -> Rate? { perSecond.flatMap { Rate(perSecond: $0) } }
        clients = RateLimiter(RateLimits(server: rate(rates.server), client: rate(rates.client)), now: now)
        sequences = RateLimiter(RateLimits(sequence: rate(rates.sequence)), now: now)
    }

    /// Whether there is any limit.
    var isLimiting: Bool { clients.isLimiting || sequences.isLimiting }

    /// Admits a request of a client, or says why not.
    func check(_ client: ClientKey) -> RateRefusal? { clients.check(client: client) }

    /// Admits a request for a sequence, or says why not.
    func check(_ sequence: RawSpan) -> RateRefusal? { sequences.check(client: .local, sequence: sequence) }

    /// How many requests were refused.
    func refused(by scope: RateScope) -> Int {
        clients.refused(by: scope) + sequences.refused(by: scope)
    }
}

extension ClientKey {
    /// Whoever is at the other end of a connection.
    init(_ address: SocketAddress?) {
        // The system's own form: family, port, and then the address, highest byte first.
        let bytes: [UInt8] =
            switch address {
            case .v4(let address): withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
            case .v6(let address): withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
            case .unixDomainSocket, nil: []
            }
        self = ClientKey(address: bytes) ?? .local
    }
}
