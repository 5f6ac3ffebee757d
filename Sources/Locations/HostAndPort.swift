/// A host and perhaps a port, as they stand in a location: `HOST`, `HOST:PORT` or `[IPv6 ADDRESS]:PORT`.
package struct HostAndPort: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address, without brackets. Whether it can be one is for the caller to say; it may be empty.
    package let host: String
    /// A port from 1 to 65535, or nil if there is none.
    package let port: Int?

    package init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    /// Reads a host and a port. Nothing is decoded.
    package init(_ text: Substring) throws(InvalidHostAndPort) {
        guard text.hasPrefix("[") else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            let port = text[colon...].dropFirst()
            guard !port.contains(":") else {
                throw InvalidHostAndPort("an IPv6 address is written in brackets: write [ADDRESS]:PORT")
            }
            self.init(host: String(text[..<colon]), port: colon < text.endIndex ? try Self.number(port) : nil)
            return
        }
        guard let end = text.firstIndex(of: "]") else {
            throw InvalidHostAndPort("the address is not closed: write [ADDRESS]:PORT")
        }
        let rest = text[end...].dropFirst()
        guard rest.isEmpty || rest.hasPrefix(":") else {
            throw InvalidHostAndPort("after the address comes a port: write [ADDRESS]:PORT")
        }
        self.init(
            host: String(text[..<end].dropFirst()), port: rest.isEmpty ? nil : try Self.number(rest.dropFirst()))
    }

    private static func number(_ text: Substring) throws(InvalidHostAndPort) -> Int {
        // Not a sign, which a number may have and a port may not.
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = UInt16(text),
            port > 0
        else { throw InvalidHostAndPort("a port is a number from 1 to 65535") }
        return Int(port)
    }

    /// What reads as the same.
    package var description: String {
        (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }
}

/// Why a text is not a host and a port. It repeats nothing of the text, which may be a part of a password.
package struct InvalidHostAndPort: Error, Hashable, Sendable, CustomStringConvertible {
    /// What would be right.
    package let description: String

    init(_ description: String) { self.description = description }
}
