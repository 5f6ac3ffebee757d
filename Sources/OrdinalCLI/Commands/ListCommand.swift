import ArgumentParser
import RESP

struct ListCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the sequences, in the order of their names.")

    @Option(help: ArgumentHelp("Begin after this name.", valueName: "name"))
    var after: String?
    @Option(help: "How many at most.")
    var limit: Int = 100
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit must be at least 1.") }
    }

    func report(from server: Server) async throws(Failure) -> Report {
        var pages = SequencePages(server, after: after)
        var sequences: [[String: RESPValue]] = []
        while sequences.count < limit, let page = try await pages.next(limit - sequences.count) { sequences += page }

        var table = Table(
            ("NAME", .left), ("CEILING", .right), ("INCREMENT", .right), ("MAXIMUM", .right), ("LIFE", .left))
        var documents: [JSON] = []
        for fields in sequences {
            documents.append(try fields.json)
            table.add(
                try fields.text("name"), try fields.text("ceiling"), try fields.text("increment"),
                try fields.text("maximum"), try fields.text("life"))
        }
        let last = pages.isAtEnd ? nil : try sequences.last?.text("name")
        return Report(
            lines: sequences.isEmpty ? [] : table.lines,
            json: ["after": last.map { .string($0) } ?? .null, "sequences": .array(documents)],
            notes: last.map { ["there may be more: ordinal list --after '\($0)'"] } ?? [])
    }
}
