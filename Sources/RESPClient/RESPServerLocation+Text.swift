extension RESPServerLocation {
    /// Reads a location.
    ///
    /// - Parameters:
    ///   - text: The location; see ``RESPServerLocation`` for its form.
    ///   - password: A password that came another way, such as the environment. Then there must be none in `text`.
    public init(_ text: String, password: String? = nil) throws(InvalidServerLocation) {
        let parts = try LocationParts(text)
        var parameters = try LocationParameters(parts.query)
        try self.init(Self.servers(parts))
        if parts.usesTLS { tls = TLSFiles() }
        try readLogin(parts, &parameters, password)
        try readDatabase(parts, &parameters)
        try readFiles(&parameters)
        if let text = parameters.take("timeout") { timeout = try Self.timeout(text) }
        if let text = parameters.take("prefix") { prefix = try Self.prefix(text) }
        try parameters.refuseRest()
    }

    private static func servers(_ parts: LocationParts) throws(InvalidServerLocation) -> Servers {
        switch parts.kind {
        case .unixSocket:
            guard parts.authority.isEmpty, parts.path.utf8.count > 1 else {
                throw InvalidServerLocation("a socket is written redis+unix:///path/to/redis.sock, with three slashes")
            }
            return .server(.unixSocket(path: try LocationParts.decoded(parts.path)))
        case .server:
            return .server(try LocationParts.address(parts.hosts, defaultPort: 6379))
        case .sentinels:
            let hosts = parts.hosts.split(separator: ",", omittingEmptySubsequences: false)
            guard hosts.count <= 16 else { throw InvalidServerLocation("more than 16 sentinels") }
            var addresses: [RESPAddress] = []
            for host in hosts { addresses.append(try LocationParts.address(host, defaultPort: 26379)) }
            guard let master = parts.pathWords.first, !master.isEmpty else {
                throw InvalidServerLocation(
                    "the name of the master is missing: redis+sentinel://host1:26379,host2:26379/master-name")
            }
            return .sentinels(addresses, master: try LocationParts.decoded(master))
        }
    }

    private mutating func readLogin(
        _ parts: LocationParts, _ parameters: inout LocationParameters, _ outside: String?
    ) throws(InvalidServerLocation) {
        passwordFile = parameters.take("password_file")
        sentinelPasswordFile = parameters.take("sentinel_password_file")
        var inText: String?
        if let login = parts.login {
            let words = login.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let name = try LocationParts.decoded(words[0])
            user = name.isEmpty ? nil : name
            if words.count > 1, !words[1].isEmpty { inText = try LocationParts.decoded(words[1]) }
        }
        let sources = [inText, outside, passwordFile].compactMap(\.self).count
        guard sources <= 1 else {
            throw InvalidServerLocation(
                "the password is given more than once: keep the one in the location, in password_file or outside")
        }
        guard user == nil || sources == 1 else {
            throw InvalidServerLocation("a user is given without a password: write user:password@ or password_file=")
        }
        if case .server = servers, sentinelPasswordFile != nil {
            throw InvalidServerLocation("sentinel_password_file is for redis+sentinel:// only")
        }
        password = inText ?? outside
    }

    private mutating func readDatabase(
        _ parts: LocationParts, _ parameters: inout LocationParameters
    ) throws(InvalidServerLocation) {
        let text: String?
        switch parts.kind {
        case .unixSocket: text = parameters.take("db")
        case .server: text = try Self.onlyWord(parts.pathWords)
        case .sentinels: text = try Self.onlyWord(parts.pathWords.dropFirst())
        }
        guard let text, !text.isEmpty else { return }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int32(text) else {
            throw InvalidServerLocation("the database is a number from 0 on, such as in redis://localhost:6379/0")
        }
        database = Int(number)
    }

    private static func onlyWord(_ words: some Collection<Substring>) throws(InvalidServerLocation) -> String? {
        guard words.count <= 1 else {
            throw InvalidServerLocation(
                "only the number of a database may follow the host; in a password, / is written %2F")
        }
        return words.first.map(String.init)
    }

    private mutating func readFiles(_ parameters: inout LocationParameters) throws(InvalidServerLocation) {
        let (authority, certificate) = (parameters.take("ca"), parameters.take("cert"))
        let key = parameters.take("key")
        guard authority != nil || certificate != nil || key != nil else { return }
        guard tls != nil else { throw InvalidServerLocation("ca, cert and key are for rediss:// only") }
        guard (certificate == nil) == (key == nil) else {
            throw InvalidServerLocation("cert and key belong together: give both or none")
        }
        tls = TLSFiles(certificateAuthority: authority, certificate: certificate, privateKey: key)
    }

    private static func timeout(_ text: String) throws(InvalidServerLocation) -> Duration {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let unit: Duration? =
            switch text.dropFirst(digits.count) {
            case "s": .seconds(1)
            case "ms": .milliseconds(1)
            default: nil
            }
        guard let unit, let number = Int32(digits), unit * Int(number) >= .milliseconds(50),
            unit * Int(number) <= longestTimeout
        else { throw InvalidServerLocation("timeout is a time from 50ms to 60s, such as 2s or 500ms") }
        return unit * Int(number)
    }

    private static func prefix(_ text: String) throws(InvalidServerLocation) -> String {
        let isFine = text.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}")
        }
        guard isFine, (1...64).contains(text.utf8.count) else {
            throw InvalidServerLocation("prefix is 1 to 64 bytes without blanks and braces")
        }
        return text
    }
}
