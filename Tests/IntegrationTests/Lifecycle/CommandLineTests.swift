import Foundation
import TestSupport
import Testing

extension Lifecycle {
    /// The program as a client of a running server.
    @Suite final class CommandLineTests {
        private let directory: TemporaryDirectory
        private let server: OrdinalProcess

        init() async throws {
            directory = try TemporaryDirectory()
            server = try await OrdinalProcess.serve(in: directory)
        }

        deinit { server.signal(SIGKILL) }

        private func call(_ arguments: String...) async throws -> ToolResult {
            guard let binary = TestEnvironment.binary else { throw Failure("ORDINAL_BINARY is not set") }
            return try await run(
                binary, arguments, in: directory.path, environment: ["ORDINAL_SERVER": "127.0.0.1:\(server.port)"])
        }

        /// Calls with `--json` and reads the one document that comes.
        private func json(_ arguments: String...) async throws -> [String: Any] {
            guard let binary = TestEnvironment.binary else { throw Failure("ORDINAL_BINARY is not set") }
            let result = try await run(binary, arguments + ["--json", "--server", "127.0.0.1:\(server.port)"])
            #expect(result.status == 0, "\(arguments): \(result.errors)")
            let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
            guard let document = document as? [String: Any] else { throw Failure("no object: \(result.output)") }
            return document
        }

        /// Expects that a command fails with this status and one line.
        private func expect(
            _ result: ToolResult, fails status: Int32, saying text: String,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(result.status == status, "\(result)", sourceLocation: sourceLocation)
            #expect(result.output == "", sourceLocation: sourceLocation)
            #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
        }

        @Test func version() async throws {
            let result = try await ordinal("--version")
            #expect(result.status == 0)
            #expect(result.output.wholeMatch(of: /ordinal \d+\.\d+\.\d+[^\n]*\n/) != nil, "\(result.output)")
        }

        @Test func ping() async throws {
            #expect(try await call("ping").output == "PONG\n")
            #expect(try await json("ping")["reply"] as? String == "PONG")
        }

        @Test func next() async throws {
            #expect(try await call("next", "orders").output == "1\n")
            #expect(try await call("next", "orders", "--count", "3").output == "2\n3\n4\n")
            #expect(try await json("next", "orders", "--count", "2")["numbers"] as? [Int] == [5, 6])
            let many = try await call("next", "orders", "--count", "5000")
            #expect(many.output.split(separator: "\n").compactMap { Int($0) } == Array(7...5_006))
            expect(
                try await call("next", "orders", "--count", "0"), fails: 64, saying: "--count must be from 1 to 1000000"
            )
            expect(try await call("next", "bad\u{7}name"), fails: 1, saying: "control characters")
        }

        @Test func createShowAndList() async throws {
            #expect(try await call("create", "invoices", "--start", "1000", "--increment", "5").output == "created\n")
            expect(try await call("create", "invoices"), fails: 1, saying: "the sequence exists")
            #expect(try await json("create", "letters", "--max", "99")["created"] as? Bool == true)
            #expect(try await call("next", "invoices", "--count", "2").output == "1000\n1005\n")

            let shown = try await json("show", "invoices")
            #expect(shown["name"] as? String == "invoices")
            #expect(shown["increment"] as? Int == 5)
            #expect(shown["live"] as? Bool == true)
            #expect(shown["next"] as? Int == 1_010)
            #expect((shown["life"] as? String)?.count == 32)
            let asleep = try await json("show", "letters")
            #expect(asleep["live"] as? Bool == false)
            #expect(asleep["next"] is NSNull)
            #expect(asleep["maximum"] as? Int == 99)

            let listed = try await json("list")
            let sequences = try #require(listed["sequences"] as? [[String: Any]])
            #expect(sequences.map { $0["name"] as? String } == ["invoices", "letters"])
            let page = try await json("list", "--limit", "1")
            #expect(page["after"] as? String == "invoices")
            let table = try await call("list").output.split(separator: "\n")
            #expect(table.count == 3 && table[0].hasPrefix("NAME") && table[1].hasPrefix("invoices"))
        }

        @Test func explain() async throws {
            #expect(try await call("next", "orders").status == 0)
            let lines = try await call("explain", "orders").output
            #expect(lines.contains("next: 2, with"))
            #expect(lines.contains("a clean stop leaves no gap; a crash of this node now skips at most"))
            #expect(lines.contains("fewer than 4000000 numbers were lost"))
            let figures = try await json("explain", "orders")
            #expect((figures["explanation"] as? [String])?.count ?? 0 > 5)
            #expect(figures["next"] as? Int == 2 && figures["numbers_left"] as? Int == (1 << 62) - 2)
            #expect(figures["at_risk"] as? Int == 2_000 && figures["wait_seconds"] as? Double == 5)
            #expect(figures["store_available"] as? Bool == true)
        }

        @Test func setAdvanceAndChange() async throws {
            #expect(try await call("set", "orders", "100").output == "numbers go on after 100\n")
            #expect(try await call("next", "orders").output == "101\n")
            expect(try await call("set", "orders", "50"), fails: 1, saying: "50 is below 101")
            expect(try await call("set", "orders", "50"), fails: 1, saying: "--force begins a new life at 50")
            #expect(try await json("set", "orders", "5", "--if-missing")["set"] as? Bool == false)
            #expect(try await json("set", "orders", "5", "--force")["set"] as? Bool == true)
            #expect(try await call("next", "orders").output == "6\n")

            #expect(try await json("advance", "orders", "--to", "5000")["ceiling"] as? Int == 5_000)
            #expect(try await call("next", "orders").output == "5001\n")
            let ceiling = try #require(try await json("advance", "orders", "--by", "10")["ceiling"] as? Int)
            #expect(try await call("next", "orders").output == "\(ceiling + 1)\n")

            #expect(try await json("change", "orders", "--max", "1000000000")["maximum"] as? Int == 1_000_000_000)
            expect(try await call("change", "orders", "--max", "10"), fails: 1, saying: "10")
            #expect(try await json("show", "orders")["maximum"] as? Int == 1_000_000_000)
        }

        @Test func advanceAll() async throws {
            for name in ["a", "b", "c"] { #expect(try await call("next", name).output == "1\n") }
            expect(try await call("advance", "--all", "--by", "10000"), fails: 64, saying: "give --yes")
            #expect(try await json("advance", "--all", "--by", "10000", "--yes")["advanced"] as? Int == 3)
            for name in ["a", "b", "c"] {
                let next = try await call("next", name).output.trimmingCharacters(in: .newlines)
                #expect(Int(next) ?? 0 > 10_000)
            }
        }

        @Test func delete() async throws {
            #expect(try await call("next", "orders").output == "1\n")
            #expect(try await call("delete", "orders").output == "deleted\n")
            #expect(try await call("next", "orders").output == "1\n")
            #expect(try await json("delete", "orders")["deleted"] as? Bool == true)
        }

        @Test func notFound() async throws {
            expect(try await call("delete", "nothing"), fails: 2, saying: "no such sequence")
            expect(try await call("show", "nothing"), fails: 2, saying: "no such sequence")
            expect(try await call("explain", "nothing"), fails: 2, saying: "no such sequence")
            expect(try await call("advance", "nothing", "--by", "1"), fails: 2, saying: "no such sequence")
            expect(try await call("change", "nothing", "--max", "1"), fails: 2, saying: "no such sequence")
        }

        @Test func names() async throws {
            for name in ["user:id", "123", "cafe\u{301}", "café", "🧾", "'; DROP TABLE sequences; --", "a b", "--"] {
                let result = try await call("next", "--json", "--", name)
                #expect(result.status == 0, "\(result.errors)")
                let document = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
                #expect((document?["name"] as? String).map { Array($0.utf8) } == Array(name.utf8))
                #expect(document?["numbers"] as? [Int] == [1])
            }
            expect(try await call("next", ""), fails: 1, saying: "a sequence name cannot be empty")
        }

        @Test func backup() async throws {
            #expect(try await call("next", "orders", "--count", "10").status == 0)
            #expect(try await call("backup", "copy.db").output == "written: \(directory.file("copy.db"))\n")
            #expect(
                try await json("backup", directory.file("other.db"))["file"] as? String == directory.file("other.db"))
            expect(
                try await call("backup", "copy.db"), fails: 1,
                saying: "ordinal: no backup was made: \(directory.file("copy.db")) exists")
            let check = try await run(
                "sqlite3", [directory.file("copy.db"), "PRAGMA integrity_check; SELECT count(*) FROM sequences"])
            #expect(check.output == "ok\n1\n")
        }

        /// What is at the address instead of an Ordinal that lets everybody in.
        @Test func somethingElse() async throws {
            let other = try TemporaryDirectory()
            let guarded = try await OrdinalProcess.serveHTTP(in: other, ["--set", "auth.admin_password=secret"])
            for (port, text) in [
                (guarded.httpPort, "is not a port for Redis clients: it answers HTTP. Give the server's redis.address"),
                (guarded.port, "wants a password: set ORDINAL_PASSWORD or give --password-file"),
            ] {
                let result = try await ordinal("next", "a", "--server", "127.0.0.1:\(port)")
                #expect(result.status == 1 && result.errors == "ordinal: 127.0.0.1:\(port) \(text)\n", "\(result)")
            }
        }

        @Test func noServer() async throws {
            try await server.end()
            let result = try await call("ping")
            expect(result, fails: 1, saying: "127.0.0.1:")
            #expect(result.errors.split(separator: "\n").count == 1)
        }
    }
}
