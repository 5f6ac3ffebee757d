import ArgumentParser
import OrdinalServer
import Testing

@testable import OrdinalCLI

@Suite struct ParsingTests {
    @Test(arguments: [
        ["next", "orders"], ["next", "orders", "--count", "5"], ["next", "--", "--count"], ["list"],
        ["list", "--after", "a", "--limit", "7"], ["show", "orders"], ["explain", "orders"], ["create", "orders"],
        ["create", "orders", "--start", "5", "--increment", "2", "--max", "9"], ["set", "orders", "0", "--force"],
        ["set", "orders", "5", "--if-missing"], ["advance", "orders", "--to", "5"], ["advance", "orders", "--by", "5"],
        ["advance", "--all", "--by", "5", "--yes"], ["advance", "--all", "--by", "5", "--after", "a"],
        ["change", "orders", "--max", "7"], ["delete", "orders"], ["ping", "--server", "[::1]:6389", "--tls"],
        ["ping", "--tls", "--tls-cert", "c", "--tls-key", "k"], ["bench", "--tls-cert", "c", "--tls-key", "k"],
        ["backup", "copy.db", "--json"], ["serve"],
        ["serve", "--store", "sqlite:o.db", "--set", "wait=1s", "--set", "a=="],
        ["config", "--keys", "--json"],
    ])
    func right(arguments: [String]) throws {
        #expect(throws: Never.self) { try Program.parseAsRoot(arguments) }
    }

    @Test(arguments: [
        ["next"], ["next", "orders", "--count", "0"], ["next", "orders", "--count", "-1"],
        ["next", "orders", "--count", "1000001"], ["next", "orders", "--count", "x"], ["next", "orders", "--count"],
        ["next", "a", "b"], ["list", "--limit", "0"], ["list", "orders"], ["set", "orders"],
        ["set", "orders", "9223372036854775808"], ["set", "orders", "1", "--force", "--if-missing"],
        ["advance", "orders"], ["advance", "orders", "--to", "1", "--by", "1"], ["advance", "--by", "1"],
        ["advance", "orders", "--by", "0"], ["advance", "orders", "--to=-1"],
        ["advance", "orders", "--all", "--by", "1"],
        ["advance", "--all", "--to", "1"], ["advance", "orders", "--by", "1", "--yes"],
        ["advance", "orders", "--by", "1", "--after", "a"], ["change", "orders"], ["delete"], ["backup"],
        ["serve", "--set", "wait"], ["serve", "--set", "=1"], ["serve", "--sotre", "x"], ["serve", "x"],
        ["ping", "--password", "secret"], ["ping", "--tls-cert", "c"], ["bench", "--tls-key", "k"], ["frobnicate"],
    ])
    func wrongUsageExitsWith64(arguments: [String]) {
        do {
            _ = try Program.parseAsRoot(arguments)
            Issue.record("\(arguments) were understood")
        } catch {
            #expect(Program.exitCode(for: error) == .validationFailure)
        }
    }

    @Test func theVersionIsThatOfTheServer() throws {
        do {
            _ = try Program.parseAsRoot(["--version"])
            Issue.record("no version")
        } catch {
            #expect(Program.fullMessage(for: error) == "ordinal \(OrdinalVersion.current)")
            #expect(Program.exitCode(for: error) == .success)
        }
    }

    @Test func theHelpTellsTheExitCodes() {
        #expect(Program.helpMessage(columns: 200).contains("0 done, 1 error, 2 no such sequence, 64 wrong usage"))
    }

    @Test func optionsOfServeAreKeys() throws {
        let serve = try #require(
            try Program.parseAsRoot([
                "serve", "--store", "sqlite:a", "--redis", ":1", "--config", "f.toml", "--set", "log.path=a=b",
            ]) as? ServeCommand)
        let sources = serve.options.sources
        #expect(
            sources.options == [
                .init(key: "store", value: "sqlite:a", option: "--store"),
                .init(key: "redis.address", value: ":1", option: "--redis"),
                .init(key: "log.path", value: "a=b", option: "--set"),
            ])
        #expect(sources.file == "f.toml")
    }

    @Test func aServerIsHostAndPort() throws {
        func options(_ arguments: String...) throws -> ClientOptions { try ClientOptions.parse(arguments) }
        #expect("\(try options("--server", "[::1]:7").address)" == "[::1]:7")
        for wrong in ["localhost", "localhost:0", "x:y", "redis://localhost:6389"] {
            let options = try options("--server", wrong)
            #expect(throws: Failure.self) { try options.address }
        }
    }

    @Test func aUserNeedsAPasswordAndItsFileMustBeThere() throws {
        let options = try ClientOptions.parse(["--password-file", "/nonexistent"])
        #expect(throws: Failure("/nonexistent: it cannot be read: No such file or directory")) {
            try options.connection
        }
    }
}
