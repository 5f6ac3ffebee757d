import Foundation
import TestSupport
import Testing

/// The HTTP front against its own description: schemathesis asks for everything that is described, rightly and wrongly,
/// and compares what it gets.
///
/// Left out: `/debug/profile`, which would take a profile of up to a minute for each request.
@Suite("schemathesis", .enabled(if: TestEnvironment.hasBinary), .timeLimit(.minutes(15)))
struct SchemathesisTests {
    private let passwords = [
        "--set", "auth.use_password=use-secret-123456", "--set", "auth.admin_password=admin-secret-123456",
    ]

    /// What is found out where nobody needs a password, wrong data and methods above all.
    @Test func withoutAuthentication() async throws {
        try await check([], examples: 30)
    }

    /// What is found out besides where a password is needed: that nothing is done without. And where no request for
    /// numbers creates a sequence again: that a deleted one is gone.
    @Test func asAdministrator() async throws {
        try await check(
            passwords + ["--set", "create=off"], secret: "admin-secret-123456", examples: 10, deletedIsGone: true)
    }

    @Test func asOneWhoTakesNumbers() async throws {
        try await check(passwords, secret: "use-secret-123456", examples: 5)
    }

    /// That a finding is one at all: a server that needs no password must not pass as one that does.
    @Test func aWrongDescriptionIsFound() async throws {
        let scene = try await Scene([])
        let text = try await scene.description()
        try text.replacing("\"security\": [{}, ", with: "\"security\": [")
            .write(toFile: scene.directory.file("closed.json"), atomically: true, encoding: .utf8)
        let result = try await scene.schemathesis(
            "closed.json",
            ["--checks", "ignored_auth", "--include-operation-id", "listSequences", "--phases", "examples,coverage"])
        #expect(result.status == 1 && result.output.contains("GET /v1/sequences"), "\(result.output)")
    }

    private func check(
        _ arguments: [String], secret: String? = nil, examples: Int, deletedIsGone: Bool = false
    ) async throws {
        let scene = try await Scene(arguments, secret: secret)
        let text = try await scene.description()
        try text.write(toFile: scene.directory.file("openapi.json"), atomically: true, encoding: .utf8)
        let exclusions = deletedIsGone ? [] : ["--exclude-checks", "use_after_free"]
        let result = try await scene.schemathesis(
            "openapi.json", ["--checks", "all", "--max-examples", "\(examples)"] + exclusions, secret: secret)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(scene.server.exitStatus == nil)
    }
}

/// A server, and schemathesis' settings beside it.
private final class Scene: Sendable {
    let directory: TemporaryDirectory
    let server: OrdinalProcess

    init(_ arguments: [String], secret: String? = nil) async throws {
        directory = try TemporaryDirectory()
        server = try await OrdinalProcess.serve(
            in: directory, ["--http", "127.0.0.1:0", "--set", "create_rate=1000000"] + arguments)
        try SchemathesisHooks.text.write(toFile: directory.file("hooks.py"), atomically: true, encoding: .utf8)
        try "hooks = \"hooks.py\"\n".write(
            toFile: directory.file("schemathesis.toml"), atomically: true, encoding: .utf8)
        // The sequences of the examples, so that some requests get numbers from those that create none.
        let client = try RedisSocket(port: server.port)
        if arguments.contains(where: { $0.contains("password") }) {
            _ = try client.command("AUTH", "admin", "admin-secret-123456")
        }
        for name in ["order", "orders"] { _ = try client.command("SET", name, "10") }
    }

    private var address: String {
        let line = server.log.split(separator: "\n").first { $0.contains(" serving ") } ?? ""
        return line.split(separator: " ").first { $0.hasPrefix("http=") }.map { String($0.dropFirst(5)) } ?? ""
    }

    /// What the server says of itself.
    func description() async throws -> String {
        let result = try await run("curl", ["--silent", "--show-error", "--fail", "http://\(address)/openapi.json"])
        guard result.status == 0 else { throw Failure("no description: \(result.errors)") }
        return result.output
    }

    func schemathesis(_ file: String, _ arguments: [String], secret: String? = nil) async throws -> ToolResult {
        let credentials = secret.map { ["--header", "Authorization: Bearer \($0)"] } ?? []
        return try await run(
            TestEnvironment.python,
            [
                "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run", file, "--url",
                "http://\(address)",
                "--seed", "20261", "--generation-database", "none", "--no-color", "--continue-on-failure",
                "--request-timeout", "60", "--suppress-health-check", "all", "--exclude-path", "/debug/profile",
            ] + credentials + arguments,
            in: directory.path, within: .seconds(600))
    }
}
