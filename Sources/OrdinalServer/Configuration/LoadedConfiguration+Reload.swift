/// What reading a configuration anew has brought.
public struct ConfigurationReload: Sendable {
    /// What holds from now on: the old values, with the new ones of the keys that can change while the server runs.
    public let loaded: LoadedConfiguration
    /// The keys that have a new value now.
    public let changed: [String]
    /// The keys whose new value needs a restart; the old one holds.
    public let needingRestart: [String]
}

extension LoadedConfiguration {
    /// Reads everything anew, without changing anything yet.
    ///
    /// The files of TLS may have other content under the same names, which is no change here: whoever reloads reads
    /// them in any case.
    ///
    /// - Throws: ``ConfigurationError`` if anything is wrong; then the old configuration goes on holding.
    public func reloaded() async throws(ConfigurationError) -> ConfigurationReload {
        let new = try await LoadedConfiguration(sources)
        var merged = self
        merged.warnings = new.warnings
        var changed: [String] = []
        var needingRestart: [String] = []
        for key in ConfigurationKey.all where key.write(configuration) != key.write(new.configuration) {
            guard key.isReloadable, !turnsTLS(key, new) else {
                needingRestart.append(key.name)
                continue
            }
            let name = new.nameOfSetting(key)
            if !changed.contains(name) { changed.append(name) }
            key.copy(new.configuration, &merged.configuration)
            merged.origins[key.name] = new.origins[key.name]
        }
        let tokens = new.configuration.authentication.passwords.tokens
        if merged.configuration.authentication.passwords.tokens != tokens {
            merged.configuration.authentication.passwords.tokens = tokens
            if !changed.contains("auth.tokens_file") { changed.append("auth.tokens_file") }
        }
        // New and old values meet here for the first time: no password any more, say, at an address that stays open.
        let conflicts = merged.configuration.conflicts()
        guard conflicts.isEmpty else {
            throw ConfigurationError(
                problems: conflicts.map { ConfigurationProblem($0, merged.configuration, merged.origins) })
        }
        return ConfigurationReload(loaded: merged, changed: changed, needingRestart: needingRestart)
    }

    /// The key that somebody sets for a value to be this: a password may be the content of a file.
    private func nameOfSetting(_ key: ConfigurationKey) -> String {
        let file = key.name + "_file"
        return origins[file] == nil ? key.name : file
    }

    /// Whether the key is one of those that together turn TLS on or off, which takes a restart.
    private func turnsTLS(_ key: ConfigurationKey, _ new: LoadedConfiguration) -> Bool {
        let (old, new) = (configuration, new.configuration)
        return key.name.hasPrefix("redis.tls.") && old.redis.tls.isEnabled != new.redis.tls.isEnabled
            || key.name.hasPrefix("http.tls.") && old.http.tls.isEnabled != new.http.tls.isEnabled
    }
}
