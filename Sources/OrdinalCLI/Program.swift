import ArgumentParser
import Glibc
import OrdinalServer

/// The program `ordinal`.
struct Program: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ordinal",
        abstract: "A number server: ask it for the next number of a named sequence.",
        discussion: """
            `ordinal serve` runs a server; the other commands talk to a running one.

            Exit codes: 0 done, 1 error, 2 no such sequence, 64 wrong usage; `doctor` and `torture` have their own.
            """,
        version: "ordinal \(OrdinalVersion.current)",
        groupedSubcommands: [
            CommandGroup(name: "Server", subcommands: [ServeCommand.self, ConfigCommand.self]),
            CommandGroup(
                name: "Numbers",
                subcommands: [NextCommand.self, ListCommand.self, ShowCommand.self, ExplainCommand.self]),
            CommandGroup(
                name: "Sequences",
                subcommands: [
                    CreateCommand.self, SetCommand.self, AdvanceCommand.self, ChangeCommand.self, DeleteCommand.self,
                ]),
            CommandGroup(name: "Operations", subcommands: operations),
        ]
    )
}

private let operations: [any ParsableCommand.Type] = {
    #if MySQL
        [
            PingCommand.self, DoctorCommand.self, BenchCommand.self, TortureCommand.self, BackupCommand.self,
            ImportCommand.self,
        ]
    #else
        [PingCommand.self, DoctorCommand.self, BenchCommand.self, TortureCommand.self, BackupCommand.self]
    #endif
}()

@main
private enum Main {
    static func main() async {
        do {
            try checkArguments()
            var command = try Program.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            for line in failure.lines { Terminal.standardError("ordinal: \(line)") }
            exit(failure.code.rawValue)
        } catch {
            Program.exit(withError: error)
        }
    }

    /// Refuses arguments that are not UTF-8: the library repairs them without a word, which would name another sequence.
    private static func checkArguments() throws(Failure) {
        for index in 0..<Int(CommandLine.argc) {
            guard let argument = CommandLine.unsafeArgv[index] else { continue }
            guard String(validatingCString: argument) == nil else { continue }
            throw Failure("argument \(index) is not valid UTF-8", code: .usage)
        }
    }
}
