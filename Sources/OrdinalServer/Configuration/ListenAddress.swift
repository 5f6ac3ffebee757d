/// Where a front listens.
public struct ListenAddress: Hashable, Sendable, LosslessStringConvertible {
    /// A name or an address, without brackets.
    public var host: String
    /// A port; 0: one that is free.
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address as it is written in a configuration: `127.0.0.1:6389`, `[::1]:6389`.
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether only programs on this machine can reach it.
    ///
    /// A name other than `localhost` counts as reachable by others: what it means is known only to the resolver.
    public var isLoopback: Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Reads `HOST:PORT`.
    public init?(_ description: String) {
        do { try self.init(text: description) } catch { return nil }
    }

    /// Reads `HOST:PORT`, `[IPv6]:PORT`, or `:PORT` for every address of this machine.
    init(text: String) throws(WrongValue) {
        guard let colon = text.lastIndex(of: ":") else { throw WrongValue() }
        let digits = text[text.index(after: colon)...]
        guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = UInt16(digits) else { throw WrongValue() }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]"), host.count > 2 {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw WrongValue() }
        } else if host.contains(where: { ":[]".contains($0) }) {
            throw WrongValue("an IPv6 address stands in brackets, such as [::1]:6389")
        }
        guard !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "@" }) else { throw WrongValue() }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: Int(port))
    }
}
