import Testing

@testable import OrdinalServer

@Suite struct TokensFileTests {
    private func read(_ text: String) throws -> [Credentials.Token] {
        let files = try ConfigurationFiles()
        return try TokensFile(path: try files.write(text)).tokens
    }

    @Test func eachLineIsAClient() throws {
        let tokens = try read("# who\n\nuse shop 0123456789abcdef\r\n  admin\tops  fedcba9876543210\n")
        #expect(tokens.map(\.principal) == [Principal(name: "shop", role: .use), Principal(name: "ops", role: .admin)])
        var passwords = Credentials.Passwords(use: "u", admin: "a")
        passwords.tokens = tokens
        let credentials = Credentials(passwords)
        func principal(_ user: String?, _ password: String) -> Principal? {
            credentials.principal(user: user.map { Array($0.utf8) }, password: Array(password.utf8))
        }
        #expect(principal(nil, "0123456789abcdef") == tokens[0].principal)
        #expect(principal("shop", "0123456789abcdef") == tokens[0].principal)
        #expect(principal("ops", "0123456789abcdef") == nil, "somebody else's")
        #expect(principal("use", "0123456789abcdef") == nil)
        #expect(principal(nil, "0123456789abcde") == nil && principal("shop", "") == nil)
        #expect(principal(nil, "a") == Principal(name: "admin", role: .admin))
    }

    @Test(arguments: [
        ("use shop", "line 1: write ROLE NAME TOKEN"), ("root x 0123456789abcdef", "line 1: the role is use or admin"),
        ("\nuse x short", "line 2: the token is too short"), ("use admin 0123456789abcdef", "line 1: admin is taken"),
        ("use a 0123456789abcdef\nuse a 0123456789abcdeg", "line 2: a is taken"),
    ])
    func whatIsWrongIsToldWithoutASecret(text: String, error: String) throws {
        let told = try #require(throws: TokensFile.ReadError.self) { try read(text) }
        #expect(told.description.hasPrefix(error))
        #expect(
            !told.description.contains("0123456789") && !told.description.contains("short ") || !text.contains("0123"))
    }
}
