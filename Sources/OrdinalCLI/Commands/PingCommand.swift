import ArgumentParser

struct PingCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "ping", abstract: "Ask the server whether it is there.")

    @OptionGroup var client: ClientOptions

    func report(from server: Server) async throws(Failure) -> Report {
        let answer = try await server.call("PING").text
        return Report(answer, json: ["reply": .string(answer)])
    }
}
