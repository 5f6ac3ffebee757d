import Foundation
import RESP
import TestSupport
import Testing

/// Who may do what.
@Suite("Roles", .enabled(if: TestEnvironment.hasBinary))
struct RoleTests {
    private let passwords = ["--set", "auth.use_password=use-secret", "--set", "auth.admin_password=admin-secret"]

    @Test func withoutAPasswordNothingIsDone() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, passwords)
        let client = try server.client()
        for command in [
            "GET a", "INCR a", "SET a 1", "PING", "INFO", "COMMAND", "MULTI", "CLIENT ID", "NONSENSE", "ORDINAL HELP",
        ] {
            let text = try client.error(command.split(separator: " ").map { Array($0.utf8) })
            #expect(text.hasPrefix("NOAUTH ") || command == "NONSENSE" && text.hasPrefix("ERR "), "\(command): \(text)")
        }
        #expect(try client.error("HELLO", "3").hasPrefix("NOAUTH "))
        #expect(try client.error("AUTH", "wrong").hasPrefix("WRONGPASS "))
        #expect(try client.error("AUTH", "").hasPrefix("WRONGPASS "))
        #expect(try client.error("AUTH", "use", "admin-secret").hasPrefix("WRONGPASS "))
        #expect(try client.error("AUTH", "admin", "use-secret").hasPrefix("WRONGPASS "))
        #expect(try client.error("AUTH", "root", "admin-secret").hasPrefix("WRONGPASS "))
        #expect(try client.error("HELLO", "3", "AUTH", "use", "wrong").hasPrefix("WRONGPASS "))
        #expect(try client.error("GET", "a").hasPrefix("NOAUTH "))
        // Neither password is ever told.
        #expect(!server.log.contains("secret"))
        #expect(try client.command("QUIT") == .simple("OK"))
    }

    @Test func useMayUse() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, passwords)
        let admin = try server.client()
        #expect(try admin.command("AUTH", "admin-secret") == .simple("OK"))
        #expect(try admin.command("SET", "a", "10") == .simple("OK"))

        let client = try server.client()
        #expect(try client.command("HELLO", "3", "AUTH", "use", "use-secret")["proto"] == .integer(3))
        #expect(try client.command("GET", "a") == .integer(11))
        #expect(try client.command("INCR", "a") == .integer(12))
        #expect(try client.command("INCRBY", "a", "2") == .integer(14))
        #expect(try client.command("MGET", "a") == .array([.integer(15)]))
        #expect(try client.command("EXISTS", "a") == .integer(1))
        #expect(try client.command("ORDINAL", "RUN", "a", "2") == .array([.integer(16), .integer(17)]))
        guard case .array = try client.command("ORDINAL", "EXPLAIN", "a") else { throw Failure("an array") }
        for command in [
            "SET a 100", "DEL a", "KEYS *", "SCAN 0", "TYPE a", "DBSIZE", "CONFIG GET save", "ORDINAL LIST",
            "ORDINAL SHOW a",
            "ORDINAL CREATE b", "ORDINAL ADVANCE a BY 1", "ORDINAL CHANGE a MAX 100", "ORDINAL BACKUP /tmp/never",
        ] {
            let text = try client.error(command.split(separator: " ").map { Array($0.utf8) })
            #expect(text.hasPrefix("NOPERM "), "\(command): \(text)")
        }
        // Not inside a transaction either.
        #expect(try client.command("MULTI") == .simple("OK"))
        #expect(try client.error("DEL", "a").hasPrefix("NOPERM "))
        #expect(try client.error("EXEC").hasPrefix("EXECABORT "))
        // A wrong password leaves the role as it was; RESET takes it.
        #expect(try client.error("AUTH", "wrong").hasPrefix("WRONGPASS "))
        #expect(try client.command("GET", "a") == .integer(18))
        #expect(try client.command("RESET") == .simple("RESET"))
        #expect(try client.error("GET", "a").hasPrefix("NOAUTH "))
        #expect(try client.command("AUTH", "default", "admin-secret") == .simple("OK"))
        #expect(try client.command("DEL", "a") == .integer(1))
    }

    /// What is sent behind AUTH in the same packet is done with the new role.
    @Test func authenticationInAPipeline() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, passwords)
        let client = try server.client()
        try client.expect(
            "INCR a\r\nAUTH use use-secret\r\nINCR a\r\nDEL a\r\nAUTH admin admin-secret\r\nDEL a\r\n",
            answers: "-NOAUTH Authentication required.\r\n+OK\r\n:1\r\n"
                + "-NOPERM this user has no permissions to run the 'del' command\r\n+OK\r\n:1\r\n")
    }

    @Test func passwordsAreExchangedOnSIGHUP() async throws {
        let directory = try TemporaryDirectory()
        let file = directory.file("admin.password")
        try "first\n".write(toFile: file, atomically: true, encoding: .utf8)
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "auth.admin_password_file=\(file)"])
        let old = try server.client()
        #expect(try old.command("AUTH", "first") == .simple("OK"))
        try "second\n".write(toFile: file, atomically: true, encoding: .utf8)
        server.signal(SIGHUP)
        try await eventually("the new password is taken") {
            try server.client().command("AUTH", "second") == .simple("OK")
        }
        #expect(try server.client().error("AUTH", "first").hasPrefix("WRONGPASS "))
        #expect(try old.command("INCR", "a") == .integer(1), "who has proved the old one stays")
    }

    @Test(arguments: ["off", "admin", "on"]) func whoCreates(policy: String) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, passwords + ["--set", "create=\(policy)"])
        let (use, admin) = (try server.client(), try server.client())
        #expect(try use.command("AUTH", "use-secret") == .simple("OK"))
        #expect(try admin.command("AUTH", "admin-secret") == .simple("OK"))
        func created(_ client: RedisSocket, _ words: String...) throws -> Bool {
            switch try client.command(words.map { Array($0.utf8) }) {
            case .error(let error):
                #expect("\(error)" == "ERR no such sequence")
                return false
            default: return true
            }
        }
        #expect(try created(use, "INCR", "a") == (policy == "on"))
        #expect(try created(use, "INCRBY", "b", "5") == (policy == "on"))
        #expect(try created(use, "ORDINAL", "RUN", "c", "5") == (policy == "on"))
        #expect(try created(admin, "INCR", "d") == (policy != "off"))
        #expect(try use.command("GET", "e") == .integer(0))
        // By name it may always be created.
        #expect(try admin.command("SET", "f", "10") == .simple("OK"))
        #expect(try use.command("INCR", "f") == .integer(11))
    }

    /// With redis-cli, as people log in.
    @Test func redisCLI() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory, passwords)
        func cli(_ arguments: String...) async throws -> String {
            try await run("redis-cli", ["--no-raw", "--no-auth-warning", "-p", "\(server.port)"] + arguments).output
        }
        #expect(try await cli("get", "a").contains("NOAUTH"))
        #expect(try await cli("-a", "use-secret", "get", "a") == "(integer) 0\n")
        #expect(try await cli("--user", "admin", "--pass", "admin-secret", "set", "a", "1") == "OK\n")
        #expect(try await cli("-3", "--user", "use", "--pass", "use-secret", "get", "a") == "(integer) 2\n")
    }
}
