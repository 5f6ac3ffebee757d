import ArgumentParser

struct ChangeCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Change the options of a sequence.")

    @OptionGroup var sequence: NameArgument
    @Option(help: "The last number that may be handed out; not below the ceiling.")
    var max: Int64
    @OptionGroup var client: ClientOptions

    func report(from server: Server) async throws(Failure) -> Report {
        _ = try await server.call("ORDINAL", "CHANGE", sequence.name, "MAX", String(max))
        return Report("the maximum is \(max)", json: ["maximum": .integer(max), "name": .string(sequence.name)])
    }
}
