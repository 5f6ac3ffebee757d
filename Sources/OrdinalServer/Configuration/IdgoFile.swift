/// What an `idgo.toml` says in our words: it is understood as it is.
///
/// Keys of ours may stand in it too, such as the passwords that idgo did not have.
enum IdgoFile {
    /// Our keys, and what idgo calls them.
    static let counterparts = ["redis.address": "addr", "log.path": "log_path", "log.level": "log_level"]

    /// What idgo did without being asked: SELECT of any database was fine.
    static let implied = ["redis.select": "ignore"]

    /// Whether a file with these keys was written for idgo.
    static func isRecognised(by keys: some Sequence<String>) -> Bool {
        keys.contains { counterparts.values.contains($0) || isStorage($0) }
    }

    /// Whether the key tells where idgo's MySQL is.
    static func isStorage(_ key: String) -> Bool { key.hasPrefix("storage_db.") }

    static let storageAdvice =
        "MySQL stores come with the next version of ordinal; give --store sqlite:PATH to serve from SQLite"
}
