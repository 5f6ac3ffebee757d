import RESP

/// All sequences of a server, in the order of their names, a page at a time.
struct SequencePages {
    /// The most that the server lists at once.
    private static let longest = 10_000

    private let server: Server
    private var last: String?
    /// Whether the last sequence was seen.
    private(set) var isAtEnd = false

    init(_ server: Server, after name: String? = nil) {
        self.server = server
        last = name
    }

    /// The fields of the next sequences, at most `limit`; nil if there are none.
    mutating func next(_ limit: Int = longest) async throws(Failure) -> [[String: RESPValue]]? {
        guard !isAtEnd else { return nil }
        let count = min(limit, Self.longest)
        let start = last.map { ["AFTER", $0] } ?? []
        let reply = try await server.call(["ORDINAL", "LIST"] + start + ["LIMIT", String(count)])
        var page: [[String: RESPValue]] = []
        for sequence in try reply.elements { page.append(try sequence.fields) }
        isAtEnd = page.count < count
        guard let sequence = page.last else { return nil }
        last = try sequence.text("name")
        return page
    }
}

extension [String: RESPValue] {
    /// The text of a field; absent ones are shown as `-`.
    func text(_ field: String) throws(Failure) -> String { try (self[field] ?? .null).text }

    /// The fields as a JSON document.
    var json: JSON {
        get throws(Failure) {
            var members: [String: JSON] = [:]
            for (key, value) in self { members[key] = try value.json }
            return .object(members)
        }
    }
}
