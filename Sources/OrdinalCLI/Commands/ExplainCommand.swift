import ArgumentParser
import OrdinalServer

struct ExplainCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what is promised of one sequence in the server's configuration, in figures.")

    @OptionGroup var sequence: NameArgument
    @OptionGroup var client: ClientOptions

    func report(from server: Server) async throws(Failure) -> Report {
        guard !client.json else {
            let fields = try await server.call("ORDINAL", "EXPLAIN", sequence.name, "JSON").fields
            return Report(lines: [], json: try fields.json)
        }
        var lines: [String] = []
        for line in try await server.call("ORDINAL", "EXPLAIN", sequence.name).elements { lines.append(try line.text) }
        return Report(lines: lines.map(\.onSingleLine), json: .null)
    }
}
