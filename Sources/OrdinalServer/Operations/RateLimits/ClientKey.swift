import NIOCore

/// Whose requests are counted together.
enum ClientKey: Hashable, Sendable {
    /// One IPv4 address.
    case ipv4(UInt32)
    /// All IPv6 addresses with the same first 64 bits: one network has so many that each alone means nothing.
    case ipv6(prefix: UInt64)
    /// Who has authenticated, wherever they come from.
    case principal(String)
    /// Who comes without an address, over a socket of the machine itself.
    case local

    /// Makes the key of an address of 4 or 16 bytes, highest first, or answers nil if there are more or fewer.
    ///
    /// An IPv4 address that is written as an IPv6 one (`::ffff:192.0.2.1`, as a socket for both tells it) is an IPv4 address.
    init?(address: some Collection<UInt8>) {
        switch address.count {
        case 4:
            self = .ipv4(address.reduce(0) { $0 << 8 | UInt32($1) })
        case 16:
            if address.prefix(10).allSatisfy({ $0 == 0 }), address.dropFirst(10).prefix(2).allSatisfy({ $0 == 0xFF }) {
                self = .ipv4(address.suffix(4).reduce(0) { $0 << 8 | UInt32($1) })
            } else {
                self = .ipv6(prefix: address.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
            }
        default:
            return nil
        }
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
