import Locations

/// A store's location, with the servers in it that can be reached through a proxy.
///
/// A part with TLS that looks at the host's name, a Unix socket, sentinels and files are left as they are.
struct ProxiedLocation: Sendable {
    /// A server of the location.
    struct Server: Sendable, Equatable {
        let host: String
        let port: Int
    }

    private enum Piece: Sendable {
        case text(String)
        case server(Server)
    }

    private var pieces: [Piece] = []

    init(_ location: String) {
        for (index, part) in location.split(over: " over ").enumerated() {
            if index > 0 { pieces.append(.text(" over ")) }
            pieces += Self.pieces(of: part)
        }
    }

    /// The servers, in the order of the location.
    var servers: [Server] {
        pieces.compactMap { if case .server(let server) = $0 { server } else { nil } }
    }

    /// The location with these ports of this machine in place of the servers.
    func text(ports: [Int]) -> String {
        var ports = ports.makeIterator()
        return pieces.reduce(into: "") { text, piece in
            switch piece {
            case .text(let piece): text += piece
            case .server(let server): text += ports.next().map { "127.0.0.1:\($0)" } ?? "\(server.host):\(server.port)"
            }
        }
    }

    private static let defaultPorts = ["redis": 6379, "mysql": 3306, "mariadb": 3306, "postgres": 5432]

    private static func pieces(of part: String) -> [Piece] {
        let scheme = String(part.prefix { $0 != ":" })
        guard let defaultPort = defaultPorts[scheme], part.dropFirst(scheme.count).hasPrefix("://") else {
            return [.text(part)]
        }
        let rest = part.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let login = authority.lastIndex(of: "@").map { authority[...$0] } ?? ""
        guard let server = server(authority.dropFirst(login.count), defaultPort: defaultPort),
            scheme == "redis" || staysAsSafe(server, rest.dropFirst(authority.count))
        else { return [.text(part)] }
        return [
            .text("\(scheme)://\(login)"), .server(server), .text(String(rest.dropFirst(authority.count))),
        ]
    }

    private static func server(_ text: Substring, defaultPort: Int) -> Server? {
        let place: HostAndPort
        do { place = try HostAndPort(text) } catch { return nil }
        guard !place.host.isEmpty, !place.host.contains(",") else { return nil }
        return Server(host: place.host, port: place.port ?? defaultPort)
    }

    /// Whether a database is reached as safely at 127.0.0.1: far away the default is TLS that looks at the name, and
    /// here it is none.
    private static func staysAsSafe(_ server: Server, _ rest: Substring) -> Bool {
        let parameters = rest.split(separator: "?").dropFirst().first?.split(separator: "&") ?? []
        guard !parameters.contains(where: { $0.hasPrefix("socket=") }) else { return false }
        let isHere = server.host == "localhost" || server.host == "::1" || server.host.hasPrefix("127.")
        guard let tls = parameters.first(where: { $0.hasPrefix("tls=") })?.dropFirst(4) else { return isHere }
        return tls != "verify"
    }
}

extension String {
    /// The pieces between a separator of several characters.
    fileprivate func split(over separator: String) -> [String] {
        var pieces: [String] = []
        var rest = self[...]
        while let index = rest.indices.first(where: { rest[$0...].hasPrefix(separator) }) {
            pieces.append(String(rest[..<index]))
            rest = rest[index...].dropFirst(separator.count)
        }
        return pieces + [String(rest)]
    }
}
