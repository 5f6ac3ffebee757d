import Foundation
import TestSupport
import Testing

@testable import OrdinalServer

/// A directory with files for a configuration, removed when the test lets go of it.
final class ConfigurationFiles: Sendable {
    private let directory: TemporaryDirectory
    var path: String { directory.path }

    init() throws { directory = try TemporaryDirectory() }

    /// Writes a file, readable by its owner alone unless it is said otherwise, and answers its path.
    @discardableResult
    func write(_ text: String, to name: String = "ordinal.toml", permissions: Int = 0o600) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: file)
        return file
    }

    /// Makes `NAME.key` and `NAME.crt`.
    func makeCertificate(_ name: String) async throws {
        try await TestSupport.makeCertificate(name, in: directory)
    }
}

/// Loads a configuration; `set` are keys of the command line.
func load(
    _ set: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
) async throws(ConfigurationError) -> LoadedConfiguration {
    let options = set.sorted { $0.key < $1.key }.map {
        ConfigurationSources.Option(key: $0.key, value: $0.value, option: "--set")
    }
    return try await LoadedConfiguration(ConfigurationSources(options: options, environment: environment, file: file))
}

/// The problems of a configuration; none if it is right.
func problems(
    _ set: [String: String] = [:], environment: [String: String] = [:], file: String? = nil
) async -> [ConfigurationProblem] {
    do {
        _ = try await load(set, environment: environment, file: file)
        return []
    } catch {
        return error.problems
    }
}
