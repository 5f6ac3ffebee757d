/// The parameters of the text of a ``RESPServerLocation``.
struct LocationParameters {
    private static let names = [
        "timeout", "password_file", "sentinel_password_file", "ca", "cert", "key", "db", "prefix",
    ]

    private var values: [String: String] = [:]

    init(_ query: Substring) throws(InvalidServerLocation) {
        for parameter in query.split(separator: "&") {
            let words = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(words[0])
            guard Self.names.contains(name) else {
                throw InvalidServerLocation(
                    "an unknown parameter; there are \(Self.names.joined(separator: ", "))")
            }
            guard words.count == 2, !words[1].isEmpty else { throw InvalidServerLocation("\(name) has no value") }
            guard values[name] == nil else { throw InvalidServerLocation("\(name) is given twice") }
            values[name] = try LocationParts.decoded(words[1])
        }
    }

    /// The value of a parameter, once.
    mutating func take(_ name: String) -> String? { values.removeValue(forKey: name) }

    /// Refuses what was not taken.
    func refuseRest() throws(InvalidServerLocation) {
        guard let name = values.keys.sorted().first else { return }
        throw InvalidServerLocation("\(name) means nothing here")
    }
}
