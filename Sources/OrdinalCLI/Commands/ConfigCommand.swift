import ArgumentParser
import OrdinalServer

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the configuration that `ordinal serve` would have, and where each value comes from.",
        discussion: "The command line comes before the environment, that before the file, that before the defaults.")

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Tell what keys there are instead.")
    var keys = false
    @Flag(help: "Answer with one JSON document.")
    var json = false

    func run() async throws {
        let report = keys ? Self.keyReport : Self.report(try await options.load())
        report.show(asJSON: json)
    }

    static func report(_ loaded: LoadedConfiguration) -> Report {
        var table = Table(("KEY", .left), ("VALUE", .left), ("FROM", .left))
        var documents: [JSON] = []
        for (key, value, origin) in loaded.entries {
            table.add(key.name, value ?? "-", origin.description)
            documents.append([
                "from": .string(origin.description), "key": .string(key.name),
                "value": value.map { .string($0) } ?? .null,
            ])
        }
        return Report(
            lines: table.lines, json: ["keys": .array(documents)],
            notes: loaded.warnings.map { "ordinal: warning: \($0)" })
    }

    /// What can be set: the documentation of the keys.
    static var keyReport: Report {
        var lines: [String] = []
        for key in ConfigurationKey.all {
            lines += [
                "\(key.name) = \(key.defaultText ?? "(unset)")", "    \(key.summary)",
                "    \(key.form); \(key.environmentVariable)"
                    + (key.isReloadable ? "; SIGHUP" : ""), "",
            ]
        }
        let documents = ConfigurationKey.all.map { key in
            JSON.object([
                "default": key.defaultText.map { .string($0) } ?? .null,
                "environment": .string(key.environmentVariable),
                "form": .string(key.form), "key": .string(key.name), "reloadable": .bool(key.isReloadable),
                "summary": .string(key.summary),
            ])
        }
        return Report(lines: lines.dropLast(), json: ["keys": .array(documents)])
    }
}
