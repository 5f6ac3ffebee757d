import ArgumentParser
import Ordinal
import OrdinalServer

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Inspect what the uniqueness of numbers rests on, and say what each finding costs at worst.",
        discussion: """
            Looks at the store, the journal, the configuration and the machine, for a server that runs or is to run with \
            these options. It changes nothing and disturbs no server. Run it as the user who runs the server, in the same \
            directory.

            Exit codes: 0 no danger, 1 danger: numbers can come twice, 2 something could not be inspected, or the \
            configuration is wrong.
            """)

    @OptionGroup var options: ConfigurationOptions
    @Flag(help: "Answer with one JSON document.")
    var json = false

    func run() async throws {
        let loaded: LoadedConfiguration
        do { loaded = try await options.load() } catch {
            for line in error.lines { Terminal.standardError("ordinal: \(line)") }
            throw ExitCode(2)
        }
        let checkup = await Doctor(loaded.configuration).examine()
        var report = DoctorReport(checkup).report
        if !json, Terminal.showsColours { report.lines = report.lines.map(DoctorReport.coloured) }
        report.notes = loaded.warnings.map { "ordinal: warning: \($0)" }
        report.show(asJSON: json)
        guard !checkup.isDangerous else { throw ExitCode(1) }
        guard checkup.isComplete else { throw ExitCode(2) }
    }
}
