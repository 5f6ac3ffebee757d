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
        let known = ConfigurationKey.all.map(\.environmentVariable)
        return environment.keys.sorted().compactMap { variable in
            guard variable.hasPrefix("ORDINAL_"), !known.contains(variable) else { return nil }
            return nearest(to: variable, in: known).map { (variable, $0) }
        }
    }

    /// The keys of the command line as a provider.
    var optionProvider: InMemoryProvider {
        let values = options.map { (AbsoluteConfigKey(ConfigKey($0.key)), ConfigValue(.string($0.value), isSecret: true)) }
        return InMemoryProvider(name: "command line", values: Dictionary(values) { $1 })
    }

    /// The environment as a provider: `redis.get_reply` is `ORDINAL_REDIS_GET_REPLY`.
    var environmentProvider: some ConfigProvider {
        EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all)
            .prefixKeys(with: "ordinal")
    }
}
