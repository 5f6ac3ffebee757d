import Configuration

/// A TOML file with keys of ours, of idgo, or of both.
struct ConfigurationFile {
    let path: String
    /// The keys that stand in the file.
    let keys: [String]
    let isIdgo: Bool
    let isWorldReadable: Bool
    /// Answers for our keys, the file itself first.
    let providers: [any ConfigProvider]

    /// Reads the file.
    init(path: String) async throws(ConfigurationProblem) {
        self.path = path
        do {
            isWorldReadable = try TextFile(path: path).isWorldReadable
        } catch {
            throw ConfigurationProblem(path, "the configuration cannot be read: \(error.reason)")
        }
        let provider: FileProvider<TOMLSnapshot>
        do {
            let location = InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
            provider = try await FileProvider(config: ConfigReader(provider: location))
        } catch {
            throw ConfigurationProblem(path, "the configuration is not understood: \(error)")
        }
        keys = (provider.snapshot() as? TOMLSnapshot)?.values.keys.sorted() ?? []
        isIdgo = IdgoFile.isRecognised(by: keys)
        guard isIdgo else {
            providers = [provider]
            return
        }
        let implied = IdgoFile.implied.map {
            (AbsoluteConfigKey(ConfigKey($0)), ConfigValue(.string($1), isSecret: false))
        }
        providers = [
            provider.mapKeys { [keys] key in
                let counterpart = IdgoFile.counterparts[key.description].flatMap { keys.contains($0) ? $0 : nil }
                return counterpart.map { [$0] } ?? key
            },
            InMemoryProvider(name: "idgo", values: Dictionary(uniqueKeysWithValues: implied)),
        ]
    }

    /// What the key is called in the file, if idgo's word for it stands there.
    func idgoKey(for name: String) -> String? {
        isIdgo ? IdgoFile.counterparts[name].flatMap { keys.contains($0) ? $0 : nil } : nil
    }

    /// The keys that mean nothing, each with what to do about it.
    var misspeltKeys: [ConfigurationProblem] {
        let names = ConfigurationKey.all.map(\.name)
        return keys.compactMap { key in
            if let counterpart = isIdgo ? IdgoFile.counterparts[key] : nil {
                guard keys.contains(counterpart) else { return nil }
                return ConfigurationProblem(
                    key, origin: .file(path: path), "\(counterpart) says the same; leave one of the two out")
            }
            if isIdgo, IdgoFile.counterparts.values.contains(key) || IdgoFile.storageKeys.contains(key) { return nil }
            return names.contains(key) ? nil : .unknownKey(key, origin: .file(path: path))
        }
    }
}

extension ConfigurationProblem {
    /// A key that there is not.
    static func unknownKey(_ key: String, origin: ConfigurationOrigin) -> ConfigurationProblem {
        let nearest = nearest(to: key, in: ConfigurationKey.all.map(\.name))
        return ConfigurationProblem(
            key, origin: origin,
            "there is no such key; " + (nearest.map { "did you mean \($0)?" } ?? "see: ordinal config --keys"))
    }
}
