#if MySQL
    internal import Locations
    internal import OrdinalMySQL
#endif

/// What an `idgo.toml` says in our words: it is understood as it is.
///
/// Keys of ours may stand in it too, such as the passwords that idgo did not have.
enum IdgoFile {
    /// Our keys, and what idgo calls them.
    static let counterparts = ["redis.address": "addr", "log.path": "log_path", "log.level": "log_level"]

    /// The value of a key of ours that means the same as what idgo's key says.
    ///
    /// Its log path is a directory, which it makes.
    static func value(of key: String, saying text: String) -> String {
        key == "log.path" && !text.isEmpty && !text.hasSuffix("/") ? text + "/" : text
    }

    /// What idgo did without being asked: SELECT of any database was fine.
    static let implied = ["redis.select": "ignore"]

    /// Where its MySQL is. All of them together are our `store`.
    static let storageKeys = ["mysql_host", "mysql_port", "db_name", "user", "password", "max_idle_conns"].map {
        "storage_db.\($0)"
    }

    /// Whether a file with these keys was written for idgo.
    static func isRecognised(by keys: some Sequence<String>) -> Bool {
        keys.contains { counterparts.values.contains($0) || isStorage($0) }
    }

    /// Whether the key tells where idgo's MySQL is.
    static func isStorage(_ key: String) -> Bool { key.hasPrefix("storage_db.") }

    /// The store that the keys of `[storage_db]` describe.
    ///
    /// idgo knew no TLS. So it is used if the server offers it, and nobody looks at the certificate.
    static func store(_ value: (_ key: String) -> String?) throws(WrongValue) -> StoreLocation {
        #if MySQL
            func required(_ key: String) throws(WrongValue) -> String {
                guard let value = value("storage_db.\(key)"), !value.isEmpty else {
                    throw WrongValue("\(key) is missing: write it, or give --store")
                }
                return value
            }
            let (host, user) = (try required("mysql_host"), PercentEncoding.encode(try required("user")))
            let port = value("storage_db.mysql_port") ?? "3306"
            let database = PercentEncoding.encode(try required("db_name"))
            let password = value("storage_db.password").map { ":" + PercentEncoding.encode($0) } ?? ""
            // idgo kept so many connections open; more than that were none of its limits.
            let connections = value("storage_db.max_idle_conns").flatMap { Int($0) }.map { min(max($0, 1), 64) } ?? 4
            let isIPv6 = host.contains(":") && !host.hasPrefix("[")
            let authority = (isIPv6 ? "[\(host)]" : host) + ":\(port)"
            let text = "mysql://\(user)\(password)@\(authority)/\(database)?tls=prefer&connections=\(connections)"
            do { return .mysql(try MySQLLocation(text)) } catch { throw WrongValue("\(error)") }
        #else
            throw WrongValue("this program was built without MySQL: give --store sqlite:PATH")
        #endif
    }
}
