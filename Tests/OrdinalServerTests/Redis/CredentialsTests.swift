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

    @Test func passwordsAreReplaced() {
        let credentials = Credentials(Credentials.Passwords(admin: "old"))
        credentials.replace(with: Credentials.Passwords(use: "new"))
        #expect(role(credentials, nil, "old") == nil)
        #expect(role(credentials, nil, "new") == .use)
        credentials.replace(with: Credentials.Passwords())
        #expect(credentials.anonymousRole == .admin)
    }
}
