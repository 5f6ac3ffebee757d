import Testing

@testable import OrdinalServer

@Suite struct ConfigurationProblemTests {
    /// Something wrong for every key whose values are not any text.
    private static let wrongValues = [
        "store": "ordinal.db", "journal.mode": "maybe", "redis.address": "localhost", "redis.get_reply": "string",
        "redis.select": "0", "redis.max_connections": "many", "redis.idle_timeout": "1", "redis.max_arguments": "-1",
        "redis.max_bulk": "64kb", "redis.max_request": "0", "redis.output_buffer": "1",
        "redis.allow_unauthenticated": "yes",
        "redis.tls.client_certificates": "yes", "runway": "60", "segment.min": "0", "segment.max": "1e9",
        "segment.size": "", "wait": "0s", "run.max": "1__0", "failover_offset": "-1", "create": "true",
        "create_rate": "0", "sequences.max": "x", "sequences.live": "0", "sequences.idle": "10", "waiters.max": "0",
        "drain": "1d", "event_loops": "0", "log.level": "verbose", "log.path": "/nonexistent/directory/log",
        "redis.tls.certificate": "/nonexistent.crt", "redis.tls.key": "/nonexistent.key",
        "redis.tls.client_ca": "/nonexistent.ca", "auth.use_password_file": "/nonexistent.use",
        "auth.admin_password_file": "/nonexistent.admin",
    ]

    @Test func everyWrongValueIsToldAtOnceWithKeyValueAndOrigin() async {
        let named = Self.wrongValues.map { name, value in
            (ConfigurationKey.named(name)?.environmentVariable ?? name, value)
        }
        let problems = await problems(environment: Dictionary(uniqueKeysWithValues: named))
        for (name, value) in Self.wrongValues {
            // A wrong word for client certificates hides what is wrong with the files as little as they hide it.
            let problem = problems.first { $0.key == name }
            #expect(problem != nil, "\(name)")
            #expect(problem?.value == value, "\(name)")
            #expect(problem?.origin == .environment(variable: ConfigurationKey.named(name)?.environmentVariable ?? ""))
            #expect(problem?.advice.isEmpty == false)
        }
        #expect(problems.count == Self.wrongValues.count)
    }

    @Test func aProblemSaysWhatWouldBeRight() async {
        let problems = await problems(environment: ["ORDINAL_RUNWAY": "60", "ORDINAL_REDIS_GET_REPLY": "string"])
        #expect(
            problems.map(\.description) == [
                "redis.get_reply = \"string\" (ORDINAL_REDIS_GET_REPLY): write integer or bulk",
                "runway = \"60\" (ORDINAL_RUNWAY): write a duration such as 500ms, 5s, 10m or 1h, from 1s to 24h",
            ])
    }

    @Test func theRedisFrontCannotBeTurnedOff() async {
        #expect(
            await problems(["redis.address": "off"]).map(\.description) == [
                "redis.address = \"off\" (--set): the Redis front cannot be turned off, only HTTP can (--http off): "
                    + "write HOST:PORT, such as 127.0.0.1:6389"
            ])
    }

    @Test func aProblemIsOneLineWhateverTheValueHolds() async {
        let problems = await problems(["wait": "1\nordinal: all is well \u{1B}[2J" + String(repeating: "x", count: 500)]
        )
        #expect(problems.count == 1)
        let text = problems[0].description
        #expect(!text.contains("\n") && !text.contains("\u{1B}"))
        #expect(text.hasPrefix("wait = \"1\\nordinal: all is well \\u{1b}[2J"))
        #expect(text.count < 300)
    }

    @Test func unknownKeysOfTheFileNameTheNearestKnownOne() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write(
            "wiat = '1s'\ncolour = 'red'\n[redis]\nadress = 'x'\n[redis.tls]\ncertficate = 'x'\n")
        #expect(
            await problems(file: file).map(\.description) == [
                "colour (\(file)): there is no such key; see: ordinal config --keys",
                "redis.adress (\(file)): there is no such key; did you mean redis.address?",
                "redis.tls.certficate (\(file)): there is no such key; did you mean redis.tls.certificate?",
                "wiat (\(file)): there is no such key; see: ordinal config --keys",
            ])
    }

    @Test func unknownAndRepeatedKeysOfTheCommandLineAreProblems() async {
        let sources = ConfigurationSources(options: [
            .init(key: "runwy", value: "1s", option: "--set"),
            .init(key: "store", value: "sqlite:a", option: "--store"),
            .init(key: "store", value: "sqlite:b", option: "--set"),
        ])
        let problems = await ConfigurationReading(sources).problems.map(\.description)
        #expect(problems.contains("runwy (--set): there is no such key; did you mean runway?"))
        #expect(problems.contains("store (--store): it is given twice; leave one out"))
    }

    @Test func misspeltVariablesAreWarningsAndThoseOfOthersAreNot() async throws {
        let loaded = try await load(environment: [
            "ORDINAL_REDIS_ADRESS": "x", "ORDINAL_PORT": "tcp://10.0.0.1:6389", "ORDINAL_PASSWORD": "p", "PATH": "/bin",
        ])
        #expect(loaded.warnings == ["ORDINAL_REDIS_ADRESS means nothing; did you mean ORDINAL_REDIS_ADDRESS?"])
    }

    @Test func aFileThatIsNoTOMLSaysWhere() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("wait = '1s'\nrunway = soon\n")
        let problems = await problems(["wait": "x"], file: file).map(\.description)
        #expect(problems.count == 2)
        #expect(problems[0].hasPrefix("\(file): the configuration is not understood: line 2, column 1"))
        #expect(problems[1].hasPrefix("wait = \"x\" (--set)"))
    }

    @Test func aMissingFileSaysSo() async {
        #expect(
            await problems(file: "/nonexistent.toml").map(\.description) == [
                "/nonexistent.toml: the configuration cannot be read: No such file or directory"
            ])
    }

    @Test func aListOrATableIsNoValue() async throws {
        let files = try ConfigurationFiles()
        let file = try files.write("wait = ['1s']\n[store]\npath = 'x'\n")
        let problems = await problems(file: file)
        #expect(problems.map(\.key) == ["store.path", "wait"])
    }
}
