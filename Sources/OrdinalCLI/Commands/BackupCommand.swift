import ArgumentParser
import Glibc

struct BackupCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Let the running server write a safe copy of its database.",
        discussion: """
            The server writes the file, on its own machine and as its own user. Before a copy is put back, see \
            `ordinal advance --help`.
            """)

    @Argument(help: "The file to write.")
    var file: String
    @OptionGroup var client: ClientOptions

    /// The path as the server, which runs in another directory, must be told it.
    var absolutePath: String {
        get throws(Failure) {
            guard !file.hasPrefix("/") else { return file }
            guard let directory = getcwd(nil, 0) else { throw Failure("the current directory is gone; write /PATH") }
            defer { free(directory) }
            return String(cString: directory) + "/" + file
        }
    }

    func report(from server: Server) async throws(Failure) -> Report {
        let path = try absolutePath
        _ = try await server.call("ORDINAL", "BACKUP", path, within: .seconds(24 * 3_600))
        return Report("written: \(path)", json: ["file": .string(path)])
    }
}
