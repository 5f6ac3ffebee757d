import Configuration

/// What a configuration is read from.
public struct ConfigurationSources: Sendable {
    /// A key that was set on the command line.
    public struct Option: Hashable, Sendable {
        /// The key.
        public var key: String
        /// Its value.
        public var value: String
        /// How it was written, such as `--store`.
        public var option: String

        public init(key: String, value: String, option: String) {
            self.key = key
            self.value = value
            self.option = option
        }
    }

    /// The keys of the command line, which come before everything else.
    public var options: [Option]
    /// The environment, which comes before the file.
    public var environment: [String: String]
    /// A TOML file, which comes before the defaults.
    public var file: String?

    public init(options: [Option] = [], environment: [String: String] = [:], file: String? = nil) {
        self.options = options
        self.environment = environment
        self.file = file
    }

    /// The environment variables that are meant for us, look like a key and are none, each with the nearest.
    ///
    /// They are no errors: a cluster sets variables such as `ORDINAL_PORT` for a service of this name by itself.
    var misspeltVariables: [(variable: String, nearest: String)] {
        let prefix = "ORDINAL_"
        let known = ConfigurationKey.all.map { String($0.environmentVariable.dropFirst(prefix.count)) }
        return environment.keys.sorted().compactMap { variable in
            let name = String(variable.dropFirst(prefix.count))
            guard variable.hasPrefix(prefix), !known.contains(name) else { return nil }
            return nearest(to: name, in: known).map { (variable, prefix + $0) }
        }
    }

    /// The keys of the command line as a provider.
    var optionProvider: InMemoryProvider {
        let values = options.map {
            (AbsoluteConfigKey(ConfigKey($0.key)), ConfigValue(.string($0.value), isSecret: true))
        }
        return InMemoryProvider(name: "command line", values: Dictionary(values) { $1 })
    }

    /// The environment as a provider: `redis.get_reply` is `ORDINAL_REDIS_GET_REPLY`.
    var environmentProvider: some ConfigProvider {
        EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all)
            .prefixKeys(with: "ordinal")
    }
}
