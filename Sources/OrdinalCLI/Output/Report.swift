/// What a command found out: for people and for machines.
struct Report: Equatable {
    /// The lines for people.
    var lines: [String]
    /// The document for machines.
    var json: JSON
    /// What people should know beside it.
    var notes: [String] = []

    init(_ lines: String..., json: JSON) {
        self.init(lines: lines, json: json)
    }

    init(lines: [String], json: JSON, notes: [String] = []) {
        self.lines = lines
        self.json = json
        self.notes = notes
    }

    func show(asJSON isJSON: Bool) {
        for line in isJSON ? [json.description] : lines { Terminal.standardOutput(line) }
        for note in notes { Terminal.standardError(note) }
    }
}
