import Locations

extension MySQLLocation {
    /// Reads a location such as `mysql://user@db.example/ordinal`.
    ///
    /// - Parameters:
    ///   - text: The URL.
    ///   - password: The password where the URL neither holds one nor names a file of it, such as one that came by the
    ///     environment.
    /// - Throws: ``InvalidMySQLLocation``, which says what would be right.
    public init(_ text: String, password: String? = nil) throws(InvalidMySQLLocation) {
        let parts = try URLParts(text)
        let parameters = try LocationParameters(parts.query)
        let user = try Self.decoded(parts.user, "the user")
        guard !user.isEmpty else {
            throw InvalidMySQLLocation("the user is missing: write mysql://USER@HOST/DATABASE")
        }
        let database = try Self.decoded(parts.path, "the database")
        guard !database.isEmpty, !parts.path.contains("/") else {
            throw InvalidMySQLLocation("the database is missing: write mysql://USER@HOST/DATABASE")
        }
        self.init(
            endpoint: try Self.endpoint(parts.authority, socket: parameters.socket), user: user,
            password: try Self.password(inURL: parts.password, file: parameters.passwordFile, otherwise: password),
            database: database, tls: parameters.tls, ca: parameters.ca,
            timeout: parameters.timeout ?? .seconds(2), connections: parameters.connections ?? 4)
        if case .unixSocket = endpoint, tls != .off {
            throw InvalidMySQLLocation("a Unix socket needs no TLS: leave tls out")
        }
        if ca != nil, tls != .verify {
            throw InvalidMySQLLocation("ca is of use only with tls=verify: write that, or leave ca out")
        }
    }

    static func decoded(_ part: Substring, _ what: String) throws(InvalidMySQLLocation) -> String {
        guard let text = PercentEncoding.decode(part.utf8).flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw InvalidMySQLLocation("\(what) is not percent-encoded UTF-8: write %25 for a percent sign")
        }
        // The library takes text that ends at its first zero byte.
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw InvalidMySQLLocation("\(what) holds a control character: leave it out")
        }
        return text
    }

    private static func endpoint(
        _ authority: Substring, socket: String?
    ) throws(InvalidMySQLLocation) -> Endpoint {
        if let socket {
            guard authority.isEmpty || authority == "localhost" else {
                throw InvalidMySQLLocation("there is a host and a socket: write mysql://USER@/DATABASE?socket=PATH")
            }
            return .unixSocket(path: socket)
        }
        let place: HostAndPort
        do { place = try HostAndPort(authority) } catch { throw InvalidMySQLLocation(error.description) }
        let host = try decoded(place.host[...], "the host")
        guard !host.isEmpty else {
            throw InvalidMySQLLocation(
                "the host is missing: write mysql://USER@HOST/DATABASE, or mysql://USER@/DATABASE?socket=PATH")
        }
        return .host(host, port: place.port ?? 3306)
    }

    private static func password(
        inURL part: Substring?, file: String?, otherwise given: String?
    ) throws(InvalidMySQLLocation) -> Password {
        guard part == nil || file == nil else {
            throw InvalidMySQLLocation("there is a password and a password_file: leave one of them out")
        }
        if let part { return .text(try decoded(part, "the password")) }
        if let file { return .file(path: file) }
        guard let given, !given.isEmpty else { return .none }
        guard !given.utf8.contains(0) else { throw InvalidMySQLLocation("the password holds a zero byte") }
        return .text(given)
    }
}

/// A URL, cut into its parts, which are still percent-encoded.
private struct URLParts {
    let user: Substring
    let password: Substring?
    /// Host and port.
    let authority: Substring
    /// Without the slash that it begins with.
    let path: Substring
    let query: Substring

    init(_ text: String) throws(InvalidMySQLLocation) {
        let schemes = ["mysql://", "mariadb://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw InvalidMySQLLocation("the location must begin with mysql:// or mariadb://")
        }
        guard !text.contains("#") else { throw InvalidMySQLLocation("a # must be written as %23") }
        var rest = text.dropFirst(scheme.count)
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        } else {
            query = ""
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = rest[slash...].dropFirst()
        let place = rest[..<slash]
        // The last one: so that an @ in a password that was not encoded does not become a part of the host.
        guard let at = place.lastIndex(of: "@") else {
            (user, password, authority) = ("", nil, place)
            return
        }
        let login = place[..<at]
        authority = place[place.index(after: at)...]
        let colon = login.firstIndex(of: ":")
        user = login[..<(colon ?? login.endIndex)]
        password = colon.map { login[login.index(after: $0)...] }
    }
}
