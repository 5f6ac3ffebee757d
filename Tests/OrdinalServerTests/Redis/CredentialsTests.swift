import Testing

@testable import OrdinalServer

@Suite struct CredentialsTests {
    private func role(_ credentials: Credentials, _ user: String?, _ password: String) -> Role? {
        credentials.principal(user: user.map { Array($0.utf8) }, password: Array(password.utf8))?.role
    }

    @Test func passwordsGiveRoles() {
        let credentials = Credentials(Credentials.Passwords(use: "one", admin: "two"))
        #expect(credentials.isRequired && credentials.anonymousRole == nil)
        for user in [nil, "default"] {
            #expect(role(credentials, user, "one") == .use)
            #expect(role(credentials, user, "two") == .admin)
        }
        #expect(role(credentials, "use", "one") == .use)
        #expect(role(credentials, "admin", "two") == .admin)
        #expect(role(credentials, "use", "two") == nil)
        #expect(role(credentials, "admin", "one") == nil)
        for user in ["", "Admin", "root", "default "] { #expect(role(credentials, user, "two") == nil) }
        for wrong in ["", "o", "on", "onf", "one ", "oneone", "One", "\0", "onetwo"] {
            #expect(role(credentials, nil, wrong) == nil)
        }
    }

    @Test func onePasswordOnly() {
        let admin = Credentials(Credentials.Passwords(admin: "two"))
        #expect(admin.isRequired)
        #expect(role(admin, nil, "two") == .admin)
        #expect(role(admin, "use", "") == nil && role(admin, nil, "") == nil && role(admin, "use", "two") == nil)
        let use = Credentials(Credentials.Passwords(use: "one"))
        #expect(role(use, nil, "one") == .use && role(use, "admin", "") == nil && role(use, "admin", "one") == nil)
    }

    @Test func withoutAPasswordEverybodyIsAdministrator() {
        let credentials = Credentials(Credentials.Passwords())
        #expect(!credentials.isRequired && credentials.anonymousRole == .admin)
        #expect(role(credentials, nil, "") == nil && role(credentials, "admin", "x") == nil)
    }

    /// Whoever tries secrets does not keep an event loop busy, however many tokens there are.
    @Test func oneOfManyTokens() {
        var passwords = Credentials.Passwords(admin: "two")
        passwords.tokens = (0..<10_000).map { index in
            Credentials.Token(
                Principal(name: "client \(index)", role: index % 2 == 0 ? .use : .admin), secret: "a secret of \(index)"
            )
        }
        let credentials = Credentials(passwords)
        #expect(role(credentials, nil, "a secret of 4711") == .admin)
        #expect(role(credentials, "client 4712", "a secret of 4712") == .use)
        #expect(role(credentials, "client 4713", "a secret of 4712") == nil)
        #expect(role(credentials, nil, "two") == .admin)
        let long = String(repeating: "x", count: 4_000)
        let time = ContinuousClock().measure {
            for _ in 0..<200 { #expect(role(credentials, nil, long) == nil) }
        }
        print("200 wrong secrets among 10,000 tokens: \(time)")
        #expect(time < .seconds(2))
    }

    @Test func passwordsAreReplaced() {
        let credentials = Credentials(Credentials.Passwords(admin: "old"))
        credentials.replace(with: Credentials.Passwords(use: "new"))
        #expect(role(credentials, nil, "old") == nil)
        #expect(role(credentials, nil, "new") == .use)
        credentials.replace(with: Credentials.Passwords())
        #expect(credentials.anonymousRole == .admin)
    }
}
