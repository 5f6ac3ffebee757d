/// The tokens of clients: a line `ROLE NAME TOKEN` for each; empty lines and those that begin with `#` mean nothing.
struct TokensFile {
    /// Why there are none: what is wrong, and where, without a word of any secret.
    struct ReadError: Error, CustomStringConvertible {
        let description: String
    }

    /// How many lines there may be.
    private static let longest = 10_000
    /// A shorter token could be guessed.
    private static let shortestToken = 16

    let tokens: [Credentials.Token]
    let isWorldReadable: Bool

    init(path: String) throws(ReadError) {
        let file: TextFile
        do { file = try TextFile(path: path) } catch {
            throw ReadError(description: "it cannot be read: \(error.reason)")
        }
        guard let text = String(validating: file.bytes, as: UTF8.self) else {
            throw ReadError(description: "it is not UTF-8")
        }
        var tokens: [Credentials.Token] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            func wrong(_ what: String) -> ReadError { ReadError(description: "line \(index + 1): \(what)") }
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            guard words.count == 3 else { throw wrong("write ROLE NAME TOKEN") }
            let role: Role
            switch first {
            case "use": role = .use
            case "admin": role = .admin
            default: throw wrong("the role is use or admin")
            }
            let name = String(words[1])
            guard !["default", "use", "admin"].contains(name), tokens.allSatisfy({ $0.principal.name != name }) else {
                throw wrong("\(name.onSingleLine) is taken; choose another name")
            }
            guard words[2].utf8.count >= Self.shortestToken else {
                throw wrong("the token is too short; write at least \(Self.shortestToken) characters")
            }
            tokens.append(Credentials.Token(Principal(name: name, role: role), secret: String(words[2])))
            guard tokens.count <= Self.longest else { throw wrong("there are more than \(Self.longest) tokens") }
        }
        self.tokens = tokens
        isWorldReadable = file.isWorldReadable
    }
}
