/// Which store keeps the ceilings, and where it is.
public enum StoreLocation: Hashable, Sendable, CustomStringConvertible {
    /// A SQLite database in a file.
    case sqlite(path: String)

    /// The file of the database.
    public var path: String {
        switch self {
        case .sqlite(let path): path
        }
    }

    /// The location as it is written in a configuration.
    public var description: String {
        switch self {
        case .sqlite(let path): "sqlite:" + path
        }
    }

    private static let announced = ["mysql", "mariadb", "redis", "rediss", "postgres", "postgresql", "etcd"]

    /// Reads a URL such as `sqlite:ordinal.db`, `sqlite:/var/lib/ordinal.db` or `sqlite:///var/lib/ordinal.db`.
    init(text: String) throws(WrongValue) {
        guard let colon = text.firstIndex(of: ":") else { throw WrongValue() }
        let scheme = text[..<colon].lowercased()
        guard scheme == "sqlite" else {
            guard Self.announced.contains(scheme) else { throw WrongValue() }
            throw WrongValue("\(scheme) stores are not part of this version; use sqlite:PATH")
        }
        var path = text[text.index(after: colon)...]
        if path.hasPrefix("//") {
            path = path.dropFirst(2)
            // sqlite://a/b would name a host in any other URL: only three slashes are a path.
            guard path.hasPrefix("/") else {
                throw WrongValue("after // comes the root; write sqlite:PATH, or sqlite:///PATH for one from the root")
            }
        }
        guard !path.isEmpty, !path.hasSuffix("/") else {
            throw WrongValue("the file is missing; write sqlite:PATH, such as sqlite:ordinal.db")
        }
        guard path != ":memory:", !path.contains("?") else {
            throw WrongValue("the database must be a file, without parameters; write sqlite:PATH")
        }
        self = .sqlite(path: String(path))
    }
}
