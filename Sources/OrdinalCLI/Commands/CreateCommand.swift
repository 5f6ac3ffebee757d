import ArgumentParser

struct CreateCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a sequence.")

    @OptionGroup var sequence: NameArgument
    @Option(help: "The first number. (default: 1)")
    var start: Int64?
    @Option(help: "How far apart numbers are. (default: 1)")
    var increment: Int64?
    @Option(help: "The last number that may be handed out.")
    var max: Int64?
    @OptionGroup var client: ClientOptions

    func report(from server: Server) async throws(Failure) -> Report {
        let options = [("START", start), ("INCREMENT", increment), ("MAX", max)]
        let given = options.flatMap { word, value in value.map { [word, String($0)] } ?? [] }
        _ = try await server.call(["ORDINAL", "CREATE", sequence.name] + given)
        return Report("created", json: ["created": .bool(true), "name": .string(sequence.name)])
    }
}
