import ArgumentParser
import RESP

struct ShowCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show one sequence: what the store says of it, and what is in memory.")

    @OptionGroup var sequence: NameArgument
    @OptionGroup var client: ClientOptions

    /// The fields in the order in which people want to read them.
    private static let order = [
        "name", "life", "ceiling", "origin", "home", "increment", "maximum", "live", "in_hand", "next", "issued",
        "rate",
        "runway", "segment_size", "waiting", "floor",
    ]

    func report(from server: Server) async throws(Failure) -> Report {
        var fields = try await server.call("ORDINAL", "SHOW", sequence.name).fields
        // One form for all: what a sequence that is not in memory lacks is null.
        for field in Self.order where fields[field] == nil { fields[field] = .null }
        if let live = fields["live"]?.asInteger { fields["live"] = .bool(live != 0) }
        var pairs: [(String, String)] = []
        for field in Self.order + fields.keys.filter({ !Self.order.contains($0) }).sorted() {
            pairs.append((field, try Self.text(field, fields[field] ?? .null)))
        }
        return Report(lines: Table(pairs: pairs).lines, json: try fields.json)
    }

    private static func text(_ field: String, _ value: RESPValue) throws(Failure) -> String {
        let text = if case .bool(let isTrue) = value { isTrue ? "yes" : "no" } else { try value.text }
        switch field {
        case "rate" where value != .null: return text + " numbers/s"
        case "runway" where value != .null: return text + " s"
        default: return text
        }
    }
}
