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
        var (host, port) = (text, text[text.endIndex...])
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[..<end].dropFirst()
            port = text[end...].dropFirst()
            guard port.isEmpty || port.hasPrefix(":") else {
                throw InvalidServerLocation("after the ] of an IPv6 address comes a colon and the port")
            }
            port = port.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[colon...].dropFirst()
            guard !port.contains(":") else {
                throw InvalidServerLocation("an IPv6 address is written in brackets, such as [::1]:6379")
            }
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "%") }) else {
            throw InvalidServerLocation("the name or address of a host is missing or is not one")
        }
        guard !port.isEmpty else { return .host(String(host), port: defaultPort) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port), number > 0 else {
            throw InvalidServerLocation("a port is a number from 1 to 65535")
        }
        return .host(String(host), port: Int(number))
    }

    /// Replaces by `%` and two hexadecimal digits what is not a letter, a digit or one of `-._~`, nor to be kept.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        text.utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "0"..."9", "a"..."z", "A"..."Z", "-", ".", "_", "~": return String(scalar)
            case _ where kept.utf8.contains(byte): return String(scalar)
            default: return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    /// Replaces `%` and two hexadecimal digits by the byte that they stand for.
    static func decoded(_ text: Substring) throws(InvalidServerLocation) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = Substring(rest.prefix(2))
            guard digits.utf8.count == 2, !digits.hasPrefix("+"), let value = UInt8(digits, radix: 16) else {
                throw InvalidServerLocation("after a % come two hexadecimal digits; % itself is written %25")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
            throw InvalidServerLocation("what the % stand for is not UTF-8")
        }
        return decoded
    }
}

/// The parameters of the text of a ``RESPServerLocation``.
struct LocationParameters {
    private static let names = [
        "timeout", "password_file", "sentinel_password_file", "ca", "cert", "key", "db", "prefix",
    ]

    private var values: [String: String] = [:]

    init(_ query: Substring) throws(InvalidServerLocation) {
        for parameter in query.split(separator: "&") {
            let words = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(words[0])
            guard Self.names.contains(name) else {
                throw InvalidServerLocation(
                    "an unknown parameter; there are \(Self.names.joined(separator: ", "))")
            }
            guard words.count == 2, !words[1].isEmpty else { throw InvalidServerLocation("\(name) has no value") }
            guard values[name] == nil else { throw InvalidServerLocation("\(name) is given twice") }
            values[name] = try LocationParts.decoded(words[1])
        }
    }

    /// The value of a parameter, once.
    mutating func take(_ name: String) -> String? { values.removeValue(forKey: name) }

    /// Refuses what nobody took.
    func refuseRest() throws(InvalidServerLocation) {
        guard let name = values.keys.sorted().first else { return }
        throw InvalidServerLocation("\(name) means nothing here")
    }
}
