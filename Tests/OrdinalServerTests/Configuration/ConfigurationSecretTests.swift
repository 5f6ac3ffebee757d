import Configuration
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationSecretTests {
    private static let secret = "hunter2-use"

    @Test func aFileGivesItsFirstLine() async throws {
        let files = try ConfigurationFiles()
        for (text, password) in [("abc", "abc"), ("abc\n", "abc"), ("abc\r\n", "abc"), (" a b \nsecond", " a b ")] {
            let file = try files.write(text, to: "password")
            let loaded = try await load(["auth.admin_password_file": file])
            #expect(loaded.configuration.authentication.passwords.admin == password)
            #expect(loaded.origins["auth.admin_password"]?.description == file)
            #expect(loaded.warnings.isEmpty)
        }
        for text in ["", "\nsecond", "\r\n"] {
            let file = try files.write(text, to: "password")
            let problems = await problems(["auth.admin_password_file": file])
            #expect(problems.map(\.advice) == ["its first line must be the password"])
        }
    }

    @Test func filesThatEverybodyMayReadAreWarnedOf() async throws {
        let files = try ConfigurationFiles()
        let password = try files.write("abc", to: "password", permissions: 0o644)
        #expect(
            try await load(["auth.admin_password_file": password]).warnings == [
                "\(password) holds a password and everybody may read it: chmod o-r"
            ])
        let file = try files.write("[auth]\nadmin_password = 'abc'\n", permissions: 0o644)
        #expect(
            try await load(file: file).warnings == [
                "\(file) holds auth.admin_password and everybody may read it: chmod o-r"
            ])
    }

    @Test func aPasswordOnTheCommandLineIsWarnedOf() async throws {
        let warnings = try await load(["auth.admin_password": "abc"]).warnings
        #expect(
            warnings == [
                "auth.admin_password is on the command line, which everybody may read: use auth.admin_password_file"
            ])
    }

    #if MySQL
        @Test func aPasswordInTheLocationOfAStoreIsWarnedOfWhereOthersSeeIt() async throws {
            let files = try ConfigurationFiles()
            let location = "mysql://anna:geheim@127.0.0.1/numbers"
            func warnings(_ options: [String: String], file: String? = nil, environment: [String: String] = [:])
                async throws -> [String]
            {
                try await load(options, environment: environment, file: file).warnings.filter { $0.contains("store") }
            }
            let given = try await warnings(["store": location])
            #expect(given.count == 1 && given[0].hasPrefix("store holds a password and is on the command line"))
            let open = try files.write("store = '\(location)'\n", permissions: 0o644)
            let read = try await warnings([:], file: open)
            #expect(read.count == 1 && read[0].hasPrefix("\(open) holds a password in store and everybody may read it"))
            #expect(!(given + read).joined().contains("geheim"))
            let closed = try files.write("store = '\(location)'\n", to: "closed.toml")
            #expect(try await warnings([:], file: closed).isEmpty)
            #expect(try await warnings([:], environment: ["ORDINAL_STORE": location]).isEmpty)
            #expect(try await warnings(["store": "mysql://anna@127.0.0.1/numbers"]).isEmpty)
        }
    #endif

    @Test func secretsAreNowhereToBeSeen() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("[auth]\nuse_password = '\(Self.secret)'\n")
        let loaded = try await load(file: file)
        #expect(loaded.configuration.authentication.passwords.use == Self.secret)
        let shown = loaded.entries.map { "\($0.key.name) \($0.value ?? "") \($0.origin)" }
        #expect(shown.contains("auth.use_password (set) \(file)"))
        #expect(!shown.joined().contains(Self.secret))
        #expect(!loaded.warnings.joined().contains(Self.secret))
    }

    @Test func noProblemShowsASecret() async throws {
        let files = try ConfigurationFiles()
        let password = try files.write(Self.secret, to: "password")
        let wrongs = [
            await problems(["auth.use_password": Self.secret, "auth.admin_password": Self.secret]),
            await problems(["auth.use_password": Self.secret, "auth.use_password_file": password]),
            await problems(file: try files.write("[auth]\nuse_password = \(Self.secret)\n")),
            await problems(file: try files.write("[auth]\nuse_password = '\(Self.secret)\n")),
            await problems(file: try files.write("[auth]\nuse_password = ['\(Self.secret)']\n")),
            await problems(file: try files.write("[auth]\nuse_password = '1'\nuse_password = '\(Self.secret)'\n")),
        ]
        for problems in wrongs {
            #expect(!problems.isEmpty)
            #expect(!ConfigurationError(problems: problems).description.contains(Self.secret))
        }
    }

    /// A service group, for one, writes down everything that its services hold.
    @Test func whateverPrintsAConfigurationPrintsNoSecret() async throws {
        let loaded = try await load(
            ["auth.use_password": Self.secret], environment: ["ORDINAL_AUTH_ADMIN_PASSWORD": Self.secret + "-admin"])
        #expect(loaded.configuration.authentication.passwords.admin == Self.secret + "-admin")
        for holder in [loaded, loaded.configuration, loaded.configuration.authentication, loaded.sources] as [Any] {
            var dumped = ""
            dump(holder, to: &dumped)
            for text in ["\(holder)", String(reflecting: holder), dumped] {
                #expect(!text.contains(Self.secret))
            }
        }
    }

    @Test func theSnapshotOfAFileShowsKeysOnly() throws {
        let text = Array("[auth]\nuse_password = '\(Self.secret)'\n".utf8)
        let snapshot = try TOMLSnapshot(data: text.span.bytes, providerName: "test", parsingOptions: .default)
        #expect(snapshot.debugDescription == "test[1 values: auth.use_password]")
        let found = try snapshot.value(forKey: "auth.use_password", type: .string)
        #expect(!"\(found)".contains(Self.secret))
    }
}
