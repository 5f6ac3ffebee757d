import ArgumentParser

struct DeleteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete a sequence.",
        discussion: "A sequence that is created later under the same name begins anew: its numbers may come again.")

    @OptionGroup var sequence: NameArgument
    @OptionGroup var client: ClientOptions

    func report(from server: Server) async throws(Failure) -> Report {
        guard try await server.call("DEL", sequence.name).integer > 0 else { throw .noSuchSequence }
        return Report("deleted", json: ["deleted": .bool(true), "name": .string(sequence.name)])
    }
}
