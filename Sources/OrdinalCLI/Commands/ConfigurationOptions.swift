import ArgumentParser
import FoundationEssentials
import OrdinalServer

/// What a server's configuration is read from.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("What keeps the ceilings: \(StoreLocation.form).", valueName: "location"))
    var store: String?

    @Option(help: ArgumentHelp("Where Redis clients connect.", valueName: "host:port"))
    var redis: String?

    @Option(help: ArgumentHelp("Where HTTP clients connect, or off.", valueName: "host:port"))
    var http: String?

    @Option(help: ArgumentHelp("A TOML file with more; an idgo.toml is understood as it is.", valueName: "file"))
    var config: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp("Any key; `ordinal config --keys` tells them all.", valueName: "key=value"))
    var settings: [Setting] = []

    /// A key and its value.
    struct Setting: ExpressibleByArgument, Equatable {
        let key: String
        let value: String

        init?(argument: String) {
            guard let separator = argument.firstIndex(of: "="), separator > argument.startIndex else { return nil }
            key = String(argument[..<separator])
            value = String(argument[argument.index(after: separator)...])
        }
    }

    /// The command line, the environment and the file.
    var sources: ConfigurationSources {
        typealias Option = ConfigurationSources.Option
        let named = [
            ("store", store, "--store"), ("redis.address", redis, "--redis"), ("http.address", http, "--http"),
        ]
        let options = named.compactMap { key, value, option in value.map { Option(key: key, value: $0, option: option) }
        }
        return ConfigurationSources(
            options: options + settings.map { Option(key: $0.key, value: $0.value, option: "--set") },
            environment: ProcessInfo.processInfo.environment, file: config)
    }

    /// Reads everything, or fails with every problem there is.
    func load() async throws(Failure) -> LoadedConfiguration {
        do throws(ConfigurationError) {
            return try await LoadedConfiguration(sources)
        } catch {
            throw Failure(lines: error.problems.map(\.description))
        }
    }
}
