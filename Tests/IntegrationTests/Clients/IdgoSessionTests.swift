import TestSupport
import Testing

/// The session in idgo's documentation, as people type it.
@Suite("The session that idgo documents", .enabled(if: TestEnvironment.hasBinary))
struct IdgoSessionTests {
    private let commands = ["get abc", "set abc 100", "get abc", "get abc", "get abc", "get abc"]
    private let answers = [
        "(integer) 0", "OK", "(integer) 101", "(integer) 102", "(integer) 103", "(integer) 104",
    ]

    @Test func oneCommandAtATime() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        for (command, answer) in zip(commands, answers) {
            let result = try await run(
                "redis-cli", ["--no-raw", "-p", "\(server.port)"] + command.split(separator: " ").map(String.init))
            #expect(result.output == answer + "\n", "\(command)")
        }
    }

    @Test func commandsFromAPipe() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let output = try await server.redisCLI(input: commands.map { $0 + "\n" }.joined())
        #expect(output == answers.map { $0 + "\n" }.joined())
    }

    /// On a terminal redis-cli first asks for the documentation of the commands, for its hints.
    @Test func onATerminal() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let result = try await run(
            "script", ["-qec", "redis-cli -p \(server.port)", "/dev/null"],
            input: (commands + ["help get", "exit"]).map { $0 + "\n" }.joined(), environment: ["TERM": "dumb"])
        let lines = result.output.split(whereSeparator: \.isNewline)
        var place = lines.startIndex
        for answer in answers {
            let found = try #require(
                lines[place...].firstIndex { $0.hasSuffix(answer) }, "\(answer) in: \(result.output)")
            place = found + 1
        }
        #expect(result.status == 0)
        #expect(result.output.contains("The next number of a sequence"), "the help of redis-cli knows our GET")
    }

    @Test func bulkReplies() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "redis.get_reply=bulk"])
        let output = try await server.redisCLI(
            input: "get abc\nset abc 100\nget abc\nmget abc none\nincr abc\n")
        #expect(output == "(nil)\nOK\n\"101\"\n1) \"102\"\n2) (nil)\n(integer) 103\n")
    }

    @Test func theBytesOnTheWire() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        try client.expect("*2\r\n$3\r\nget\r\n$3\r\nabc\r\n", answers: ":0\r\n")
        try client.expect("*3\r\n$3\r\nset\r\n$3\r\nabc\r\n$3\r\n100\r\n", answers: "+OK\r\n")
        for number in 101...104 {
            try client.expect("*2\r\n$3\r\nget\r\n$3\r\nabc\r\n", answers: ":\(number)\r\n")
        }
        // Inline, as telnet sends it.
        try client.expect("get abc\r\n", answers: ":105\r\n")
        try client.expect("GET abc\n", answers: ":106\r\n")
    }
}
