import Glibc

/// A port of this machine that nobody else gets while its node is down.
///
/// A socket that is bound and does not listen keeps it: who asks for the port is refused, unless both allow that an
/// address is used again (`SO_REUSEADDR`), as servers do; so the node may listen there.
final class PortReservation: Sendable {
    let port: Int
    private let descriptor: Int32

    /// Finds a port by chance. Not by a seed: two runs with the same one would meet.
    init() throws(TortureError) {
        for _ in 0..<200 {
            // Below those that the system gives to outgoing connections.
            let port = Int.random(in: 20_000..<32_000)
            guard let descriptor = Self.reserve(port) else { continue }
            (self.port, self.descriptor) = (port, descriptor)
            return
        }
        throw TortureError("no port of this machine is free")
    }

    deinit { close(descriptor) }

    private static func reserve(_ port: Int) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isBound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        // Allowed only now, so that a port which somebody else reserved is not free for us.
        var yes: Int32 = 1
        let length = socklen_t(MemoryLayout<Int32>.size)
        guard isBound, setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, length) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
