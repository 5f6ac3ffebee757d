#if MySQL
    internal import OrdinalMySQL
#endif
internal import RESPClient

extension StoreLocation {
    /// What a location looks like.
    public static let form = "sqlite:PATH, mysql://…, redis://…, or redis://… over another"

    private static let announced = ["postgres", "postgresql", "etcd"]

    /// Reads a location such as `sqlite:ordinal.db`, `mysql://user@host/database` or `redis://host over sqlite:ordinal.db`.
    package init(text: String, passwords: StorePasswords = StorePasswords()) throws(WrongValue) {
        // The path of a file may hold any word.
        guard !text.lowercased().hasPrefix("sqlite:"), let over = text.firstRange(of: " over ") else {
            self = try Self.single(text, passwords)
            return
        }
        guard case .redis(let blocks) = try Self.single(String(text[..<over.lowerBound]), passwords) else {
            throw WrongValue("only Redis can be put over another store: write redis://… over …")
        }
        let below = try Self.single(String(text[over.upperBound...]), passwords)
        if case .redis = below {
            throw WrongValue("below Redis there must be another kind of store, or nothing")
        }
        self = .layered(blocks: blocks, over: below)
    }

    private static func single(_ text: String, _ passwords: StorePasswords) throws(WrongValue) -> StoreLocation {
        guard let colon = text.firstIndex(of: ":") else { throw WrongValue() }
        let scheme = text[..<colon].lowercased()
        switch scheme {
        case "sqlite": return .sqlite(path: try path(text[text.index(after: colon)...]))
        case "mysql", "mariadb":
            #if MySQL
                do { return .mysql(try MySQLLocation(text, password: passwords.mysql)) } catch {
                    throw WrongValue("\(error)")
                }
            #else
                throw WrongValue("this program was built without MySQL: build it with the trait MySQL")
            #endif
        case "redis", "rediss", "redis+unix", "redis+sentinel", "rediss+sentinel":
            do { return .redis(try RESPServerLocation(text, password: passwords.redis)) } catch {
                throw WrongValue("\(error)")
            }
        case _ where announced.contains(scheme):
            throw WrongValue("\(scheme) stores are not part of this version; write \(form)")
        default: throw WrongValue()
        }
    }

    /// The path in `sqlite:ordinal.db`, `sqlite:/var/lib/ordinal.db` or `sqlite:///var/lib/ordinal.db`.
    private static func path(_ text: Substring) throws(WrongValue) -> String {
        var path = text
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
        return String(path)
    }
}
