import Configuration
import Foundation
import NIOConcurrencyHelpers
import OrdinalServer

/// What a configuration says is understood or refused, shows no secret, and means the same once it was printed.
enum ConfigurationProperty {
    /// A word that only a password may hold: where it stands in one, nothing that is printed may show it.
    private static let marker = "HUNTER2"

    /// Checks a TOML file.
    static func check(file input: [UInt8]) throws {
        let path = NSTemporaryDirectory() + "/ordinal-fuzz-\(getpid())-\(UInt64.random(in: 0 ... .max)).toml"
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        let isWritten = FileManager.default.createFile(atPath: path, contents: Data(input), attributes: attributes)
        try require(isWritten, "\(path) cannot be written")
        defer { unlink(path) }
        try check(ConfigurationSources(file: path), secret: secretOfFile(input))
        try checkValues(String(decoding: input, as: UTF8.self))
    }

    /// Checks lines `KEY=VALUE`, as options and as environment variables.
    static func check(settings input: [UInt8]) throws {
        let lines = String(decoding: input, as: UTF8.self).split(separator: "\n").map { line in
            let pair = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (key: String(pair[0]), value: pair.count == 2 ? String(pair[1]) : "")
        }
        let isSecret = lines.filter { $0.key.contains(marker) || $0.value.contains(marker) }.allSatisfy { line in
            ConfigurationKey.all.contains { $0.name == line.key && $0.isSecret }
                || line.key == "store" && line.value.holdsInLogin(marker)
        }
        let secret = isSecret ? marker : nil
        let options = lines.map { ConfigurationSources.Option(key: $0.key, value: $0.value, option: "--set") }
        try check(ConfigurationSources(options: options), secret: secret)
        let variables = lines.map { line in
            (ConfigurationKey.all.first { $0.name == line.key }?.environmentVariable ?? line.key, line.value)
        }
        let environment = Dictionary(variables) { $1 }.filter { !$0.key.contains("\0") && !$0.value.contains("\0") }
        try check(ConfigurationSources(environment: environment), secret: secret)
    }

    /// Reads a configuration, and again what it prints.
    static func check(_ sources: ConfigurationSources, secret: String?) throws {
        let loaded: LoadedConfiguration
        switch wait(sources) {
        case .success(let found): loaded = found
        case .failure(let error):
            try requireHidden(secret, in: error.description, "a problem")
            let isOnLines = error.problems.allSatisfy { !$0.description.contains("\n") }
            return try require(isOnLines, "a problem on two lines: \(error)")
        }
        try requireHidden(secret, in: loaded.warnings.joined(separator: "\n"), "a warning")
        var dumped = ""
        dump(loaded, to: &dumped)
        try requireHidden(secret, in: dumped, "what dump prints")
        try requireHidden(secret, in: "\(loaded)", "what is printed")

        var options: [ConfigurationSources.Option] = []
        for entry in loaded.entries {
            try requireHidden(secret, in: entry.value ?? "", entry.key.name)
            guard entry.origin != .standard, !entry.key.isSecret, let value = entry.value else { continue }
            options.append(.init(key: entry.key.name, value: value, option: "--set"))
        }
        // What depends on passwords would not be as it was without them.
        let passwords = loaded.configuration.authentication.passwords
        guard passwords.use == nil, passwords.admin == nil else { return }
        guard case .success(let again) = wait(ConfigurationSources(options: options)) else {
            throw Finding(description: "what was printed is refused: \(options.map { "\($0.key)=\($0.value)" })")
        }
        for option in options {
            let value = again.entries.first { $0.key.name == option.key }?.value
            try require(value == option.value, "\(option.key) \(option.value) is read as \(value ?? "nothing")")
        }
    }

    /// Any text that a file holds in quotes is read as it is, or refused.
    private static func checkValues(_ text: String) throws {
        let quoted = text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || scalar.value == 0x7F || scalar == "\"" || scalar == "\\"
                ? "\\u" + String(String(0x10000 + scalar.value, radix: 16).dropFirst()) : String(Character(scalar))
        }.joined()
        let file = Array("[a]\nb = \"\(quoted)\"\nc = 7\n".utf8)
        guard let snapshot = try? TOMLSnapshot(data: file.span.bytes, providerName: "fuzz", parsingOptions: .default)
        else { return }
        let found = try snapshot.value(forKey: AbsoluteConfigKey(ConfigKey("a.b")), type: .string).value?.content
        try require(found == .string(text), "\(text.debugDescription) is \(String(describing: found))")
        let number = try snapshot.value(forKey: AbsoluteConfigKey(ConfigKey("a.c")), type: .string).value?.content
        try require(number == .string("7"), "7 is \(String(describing: number))")
    }

    /// The word that must not be shown, if it stands in the file only where secrets do.
    private static func secretOfFile(_ input: [UInt8]) -> String? {
        guard let snapshot = try? TOMLSnapshot(data: input.span.bytes, providerName: "fuzz", parsingOptions: .default)
        else { return nil }
        let found = ConfigurationKey.all.filter { key in
            let value = try? snapshot.value(forKey: AbsoluteConfigKey(ConfigKey(key.name)), type: .string)
            guard case .string(let text) = value?.value?.content else { return false }
            return key.isSecret ? text.contains(marker) : key.name == "store" && text.holdsInLogin(marker)
        }
        let text = String(decoding: input, as: UTF8.self)
        return found.count == 1 && text.components(separatedBy: marker).count == 2 ? marker : nil
    }

    private static func requireHidden(_ secret: String?, in text: String, _ what: String) throws {
        guard let secret else { return }
        try require(!text.utf8.contains(secret.utf8), "\(what) shows a password: \(text)")
    }

    /// Reads a configuration while the caller waits.
    private static func wait(_ sources: ConfigurationSources) -> Result<LoadedConfiguration, ConfigurationError> {
        let answer = Answer()
        Task {
            do throws(ConfigurationError) { answer.give(.success(try await LoadedConfiguration(sources))) } catch {
                answer.give(.failure(error))
            }
        }
        return answer.take()
    }
}

/// What a task comes to, for a thread that waits for it.
private final class Answer: Sendable {
    private let result = NIOLockedValueBox<Result<LoadedConfiguration, ConfigurationError>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ value: Result<LoadedConfiguration, ConfigurationError>) {
        result.withLockedValue { $0 = value }
        isThere.signal()
    }

    func take() -> Result<LoadedConfiguration, ConfigurationError> {
        while true {
            isThere.wait()
            if let value = result.withLockedValue(\.self) { return value }
        }
    }
}
