import Configuration
import NIOConcurrencyHelpers

/// A configuration in the making: goes on after each problem, so that all are found at once.
struct ConfigurationReading {
    private(set) var configuration = ServerConfiguration()
    private(set) var origins: [String: ConfigurationOrigin] = [:]
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [String] = []
    private let sources: ConfigurationSources
    private var file: ConfigurationFile?

    init(_ sources: ConfigurationSources) async {
        self.sources = sources
        if let path = sources.file {
            do { file = try await ConfigurationFile(path: path) } catch { problems.append(error) }
        }
        checkNames()
        let recorder = AnswerRecorder()
        let reader = ConfigReader(
            providers: [sources.optionProvider, sources.environmentProvider] + (file?.providers ?? []),
            accessReporter: recorder)
        readValues(reader, recorder)
        readPasswordFile("auth.use_password", configuration.authentication.usePasswordFile) { $0.use = $1 }
        readPasswordFile("auth.admin_password", configuration.authentication.adminPasswordFile) { $0.admin = $1 }
        readTokensFile()
        readStorage(reader)
        checkConflicts()
        warnOfExposure()
    }

    // MARK: - Keys

    private mutating func checkNames() {
        for option in sources.options {
            let origin = ConfigurationOrigin.commandLine(option: option.option)
            if ConfigurationKey.named(option.key) == nil { problems.append(.unknownKey(option.key, origin: origin)) }
            if sources.options.contains(where: { $0.key == option.key && $0 != option }) {
                problems.append(ConfigurationProblem(option.key, origin: origin, "it is given twice; leave one out"))
            }
        }
        problems += file?.misspeltKeys ?? []
        warnings += sources.misspeltVariables.map { "\($0) means nothing; did you mean \($1)?" }
    }

    // MARK: - Values

    private mutating func readValues(_ reader: ConfigReader, _ recorder: AnswerRecorder) {
        for key in ConfigurationKey.all {
            let text = reader.string(forKey: ConfigKey(key.name), isSecret: key.isSecret)
            guard let provider = recorder.provider else { continue }
            let origin = origin(of: key, provider: provider)
            origins[key.name] = origin
            do throws(WrongValue) {
                guard var text else { throw WrongValue() }
                if provider == 2, file?.idgoKey(for: key.name) != nil {
                    text = IdgoFile.value(of: key.name, saying: text)
                }
                try key.read(text, &configuration)
                if key.name == "store" { warnOfPassword(in: text, origin) }
            } catch {
                let value = key.isSecret ? nil : key.name == "store" ? text?.withoutSecrets : text?.withoutLogins
                problems.append(
                    ConfigurationProblem(key.name, value: value, origin: origin, error.advice ?? "write \(key.form)"))
            }
        }
    }

    private func origin(of key: ConfigurationKey, provider: Int) -> ConfigurationOrigin {
        switch provider {
        case 0: .commandLine(option: sources.options.last { $0.key == key.name }?.option ?? "--set")
        case 1: .environment(variable: key.environmentVariable)
        default: .file(path: file?.path ?? "", key: provider == 2 ? file?.idgoKey(for: key.name) : nil)
        }
    }

    private mutating func readPasswordFile(
        _ key: String, _ path: String?, assign: (inout Credentials.Passwords, String) -> Void
    ) {
        guard let path, let origin = origins[key + "_file"] else { return }
        func problem(_ advice: String) -> ConfigurationProblem {
            ConfigurationProblem(key + "_file", value: path, origin: origin, advice)
        }
        if let other = origins[key] {
            return problems.append(problem("\(key) is given too (\(other)); leave one out"))
        }
        do throws(PasswordFile.ReadError) {
            let file = try PasswordFile(path: path)
            assign(&configuration.authentication.passwords, file.password)
            origins[key] = .file(path: path)
            if file.isWorldReadable { warnings.append("\(path) holds a password and everybody may read it: chmod o-r") }
        } catch {
            problems.append(problem("\(error)"))
        }
    }

    private mutating func readTokensFile() {
        guard let path = configuration.authentication.tokensFile, let origin = origins["auth.tokens_file"] else {
            return
        }
        do throws(TokensFile.ReadError) {
            let file = try TokensFile(path: path)
            configuration.authentication.passwords.tokens = file.tokens
            if file.isWorldReadable { warnings.append("\(path) holds tokens and everybody may read it: chmod o-r") }
        } catch {
            problems.append(ConfigurationProblem("auth.tokens_file", value: path, origin: origin, "\(error)"))
        }
    }

    // MARK: - What does not fit together

    /// Takes the store from where idgo's MySQL is, unless another one was chosen.
    private mutating func readStorage(_ reader: ConfigReader) {
        guard let file, file.keys.contains(where: IdgoFile.isStorage) else { return }
        if let store = origins["store"] {
            return warnings.append("storage_db in \(file.path) is not used: the store comes from \(store)")
        }
        let origin = ConfigurationOrigin.file(path: file.path, key: "storage_db")
        do throws(WrongValue) {
            configuration.store = try IdgoFile.store { reader.string(forKey: ConfigKey($0), isSecret: true) }
            origins["store"] = origin
        } catch {
            problems.append(
                ConfigurationProblem("store", origin: origin, error.advice ?? "write \(StoreLocation.form)"))
        }
    }

    /// Looks for values that are wrong together; what was wrong by itself is told already.
    private mutating func checkConflicts() {
        let wrong = Set(problems.map(\.key))
        for conflict in configuration.conflicts() where wrong.isDisjoint(with: conflict.keys) {
            problems.append(ConfigurationProblem(conflict, configuration, origins))
        }
    }

    /// A location may hold a password, where everybody can see it.
    private mutating func warnOfPassword(in location: String, _ origin: ConfigurationOrigin) {
        guard location.holdsPassword else { return }
        let advice = "use store.mysql_password or store.redis_password in the environment, or password_file"
        switch origin {
        case .commandLine:
            warnings.append("store holds a password and is on the command line, which everybody may read: \(advice)")
        case .file(let path, _) where file?.isWorldReadable == true:
            warnings.append("\(path) holds a password in store and everybody may read it: chmod o-r, or \(advice)")
        default: break
        }
    }

    private mutating func warnOfExposure() {
        if let file, file.isWorldReadable {
            for key in ConfigurationKey.all where key.isSecret && origins[key.name] == .file(path: file.path) {
                warnings.append("\(file.path) holds \(key.name) and everybody may read it: chmod o-r")
            }
        }
        for key in ConfigurationKey.all where key.isSecret {
            guard case .commandLine = origins[key.name] else { continue }
            warnings.append("\(key.name) is on the command line, which everybody may read: use \(key.name)_file")
        }
        let passwords = configuration.authentication.passwords
        if passwords.use != nil, passwords.admin == nil {
            warnings.append("auth.use_password without auth.admin_password: nobody can be administrator")
        }
    }
}

extension ConfigurationProblem {
    /// A conflict, told at the first of its keys.
    init(
        _ conflict: ServerConfiguration.Conflict, _ configuration: ServerConfiguration,
        _ origins: [String: ConfigurationOrigin]
    ) {
        let name = conflict.keys.first ?? ""
        let key = ConfigurationKey.named(name)
        let value = key.flatMap { $0.isSecret ? nil : $0.write(configuration) }
        self.init(name, value: value, origin: origins[name] ?? .standard, conflict.advice)
    }
}

/// Remembers which provider knew the value that was asked for last.
private final class AnswerRecorder: AccessReporter {
    private let answer = NIOLockedValueBox<Int?>(nil)

    /// The place of the provider in the order of priority; nil: nobody knew.
    var provider: Int? { answer.withLockedValue(\.self) }

    func report(_ event: AccessEvent) {
        // Nobody is asked after the first who knows, or fails.
        let isAnswered =
            switch event.providerResults.last?.result {
            case .success(let found): found.value != nil
            case .failure: true
            case nil: false
            }
        answer.withLockedValue { $0 = isAnswered ? event.providerResults.count - 1 : nil }
    }
}

extension String {
    /// Whether a URL in the text has a password, which may have a blank in it.
    fileprivate var holdsPassword: Bool {
        split(separator: " over ").contains { part in
            part.rangeOfLogin.map { part.utf8[$0].contains(UInt8(ascii: ":")) } ?? false
        }
    }

    /// A location of a store, however it is mistyped, without what may be a password in it: only what stands before the first
    /// colon, and after the last `@` up to the parameters.
    fileprivate var withoutSecrets: String {
        guard !hasPrefix("sqlite:") || contains(" over ") else { return self }
        let shown = utf8.prefix { $0 != UInt8(ascii: "?") }
        guard let colon = shown.firstIndex(of: UInt8(ascii: ":")) else { return String(Substring(shown)) }
        let scheme = self[..<colon] + (self[colon...].utf8.starts(with: "://".utf8) ? "://" : ":")
        let host = shown.lastIndex(of: UInt8(ascii: "@")).map { Substring(shown[$0...]) } ?? ""
        return scheme + "…" + host
    }

    /// The text without what stands between the first `://` and the last `@`: a problem is told to everybody.
    ///
    /// Of two locations that is more than their logins, but a password may hold whatever separates them.
    fileprivate var withoutLogins: String {
        self[...].rangeOfLogin.map { "\(self[..<$0.lowerBound])…\(self[$0.upperBound...])" } ?? self
    }
}

extension Substring {
    /// From the first `://` to the last `@`. Bytes are compared: a mark that combines with a character makes another of it.
    fileprivate var rangeOfLogin: Range<Index>? {
        guard let scheme = utf8.firstRange(of: "://".utf8), let at = utf8.lastIndex(of: UInt8(ascii: "@")),
            at >= scheme.upperBound
        else { return nil }
        return scheme.upperBound..<at
    }
}
