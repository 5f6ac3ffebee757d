import Locations

/// The parts of the text of a ``RESPServerLocation``.
struct LocationParts {
    enum Kind {
        case server, unixSocket, sentinels
    }

    let kind: Kind
    let usesTLS: Bool
    /// What stands between the scheme and the path.
    let authority: Substring
    /// The path, with its first slash.
    let path: Substring
    /// What follows the question mark.
    let query: Substring

    init(_ text: String) throws(InvalidServerLocation) {
        let forms =
            "redis://host:port, rediss://host:port, redis+unix:///path or redis+sentinel://host:port,…/master-name"
        guard text.utf8.count <= 4096 else { throw InvalidServerLocation("longer than 4096 bytes: write \(forms)") }
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw InvalidServerLocation("write \(forms)")
        }
        switch text[..<colon] {
        case "redis": (kind, usesTLS) = (.server, false)
        case "rediss": (kind, usesTLS) = (.server, true)
        case "redis+unix": (kind, usesTLS) = (.unixSocket, false)
        case "redis+sentinel": (kind, usesTLS) = (.sentinels, false)
        case "rediss+sentinel": (kind, usesTLS) = (.sentinels, true)
        default: throw InvalidServerLocation("write \(forms)")
        }
        let rest = text[text.index(colon, offsetBy: 3)...]
        let question = rest.firstIndex(of: "?") ?? rest.endIndex
        query = rest[question...].dropFirst()
        let slash = rest[..<question].firstIndex(of: "/") ?? question
        authority = rest[..<slash]
        path = rest[slash..<question]
        // An @ further on is most likely the end of a password that was cut: then nothing that follows may be repeated.
        let isCut = kind != .unixSocket && !authority.contains("@") && (path.contains("@") || query.contains("@"))
        guard !isCut else {
            throw InvalidServerLocation("in a password, / ? and @ are written %2F %3F and %40")
        }
    }

    /// User and password.
    var login: Substring? { authority.lastIndex(of: "@").map { authority[..<$0] } }

    /// The hosts.
    var hosts: Substring {
        guard let at = authority.lastIndex(of: "@") else { return authority }
        return authority[authority.index(after: at)...]
    }

    /// What stands between the slashes of the path.
    var pathWords: [Substring] {
        path.isEmpty ? [] : path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    }

    /// Reads `host`, `host:port` or `[IPv6 address]:port`.
    static func address(_ text: Substring, defaultPort: Int) throws(InvalidServerLocation) -> RESPAddress {
        let place: HostAndPort
        do { place = try HostAndPort(text) } catch { throw InvalidServerLocation(error.description) }
        let isPlain = place.host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }
        guard !place.host.isEmpty, isPlain else {
            throw InvalidServerLocation("the name or address of a host is missing or is not one")
        }
        return .host(place.host, port: place.port ?? defaultPort)
    }

    /// The text that stands in a location as `part`.
    static func decoded(_ part: Substring) throws(InvalidServerLocation) -> String {
        guard let bytes = PercentEncoding.decode(part.utf8) else {
            throw InvalidServerLocation("after a % come two hexadecimal digits; % itself is written %25")
        }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw InvalidServerLocation("what the % stand for is not UTF-8")
        }
        return text
    }
}
