import Foundation
import RESP
import TestSupport
import Testing

extension Lifecycle {
    /// A start that fails: another exit status than 0, and one line for each problem that says what to do.
    @Suite struct StartFailureTests {
        private func serve(
            _ arguments: String..., in directory: TemporaryDirectory
        ) async throws -> (status: Int32, lines: [String]) {
            guard let binary = TestEnvironment.binary else { throw Failure("ORDINAL_BINARY is not set") }
            let result = try await run(binary, ["serve"] + arguments, in: directory.path, within: .seconds(20))
            #expect(result.output == "")
            return (result.status, result.errors.split(separator: "\n").map(String.init))
        }

        /// Expects a failure that is told in these lines, each with all of its words.
        private func expect(
            _ result: (status: Int32, lines: [String]), tells problems: [[String]],
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(result.status == 1, sourceLocation: sourceLocation)
            #expect(result.lines.count == problems.count, "\(result.lines)", sourceLocation: sourceLocation)
            for words in problems {
                let isTold = result.lines.contains { line in
                    line.hasPrefix("ordinal: ") && words.allSatisfy { line.contains($0) }
                }
                #expect(isTold, "\(words) in \(result.lines)", sourceLocation: sourceLocation)
            }
        }

        @Test func aBusyPort() async throws {
            let (first, second) = (try TemporaryDirectory(), try TemporaryDirectory())
            let server = try await OrdinalProcess.serve(in: first)
            let address = "127.0.0.1:\(server.port)"
            expect(
                try await serve("--redis", address, "--http", "off", "--set", "redis.max_connections=100", in: second),
                tells: [
                    ["on \(address) for Redis clients", "another program listens there", "with --redis HOST:PORT"]
                ])
            #expect(try RedisSocket(port: server.port).command("PING") == .simple("PONG"))
            try await server.end()
        }

        @Test(arguments: [
            ("192.0.2.7:7000", "this machine has no such address: choose one of its own with"),
            ("nowhere.invalid:7000", "no such host: write an address of this machine with"),
        ])
        func anAddressThatIsNotOfThisMachine(address: String, reason: String) async throws {
            let directory = try TemporaryDirectory()
            let open = ["--set", "redis.allow_unauthenticated=true", "--set", "http.allow_unauthenticated=true"]
            for (option, clients) in [("--redis", "Redis"), ("--http", "HTTP")] {
                let rest = option == "--redis" ? ["--http", "off"] : ["--redis", "127.0.0.1:0"]
                let result = try await run(
                    try #require(TestEnvironment.binary), ["serve", option, address] + rest + open, in: directory.path)
                let line = "ordinal: cannot listen on \(address) for \(clients) clients: \(reason) \(option) HOST:PORT"
                #expect(result.status == 1)
                #expect(result.errors.split(separator: "\n").contains { $0 == line }, "\(result.errors)")
            }
        }

        @Test func aSecondServerOnTheSameDatabase() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(in: directory)
            expect(
                try await serve("--redis", "127.0.0.1:0", in: directory),
                tells: [["ordinal.db is in use by process \(server.pid)", "stop that process, or use another file"]])
            // The same file by another way.
            try FileManager.default.createSymbolicLink(
                atPath: directory.file("link.db"), withDestinationPath: directory.file("ordinal.db"))
            expect(
                try await serve("--redis", "127.0.0.1:0", "--store", "sqlite:link.db", in: directory),
                tells: [["in use by process \(server.pid)"]])
            #expect(try RedisSocket(port: server.port).number("INCR", "a") == 1)
            try await server.end()
            let next = try await OrdinalProcess.serve(in: directory)
            try await next.end()
        }

        /// The lock files only say who has the database: without them SQLite's own lock keeps everybody else out.
        @Test func aSecondServerWithoutTheLockFiles() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(in: directory)
            let client = try RedisSocket(port: server.port)
            #expect(try client.number("INCR", "a") == 1)
            for file in ["ordinal.db.lock", "ordinal.db.floors.lock"] {
                try FileManager.default.removeItem(atPath: directory.file(file))
            }
            try FileManager.default.createSymbolicLink(
                atPath: directory.file("link.db"), withDestinationPath: directory.file("ordinal.db"))
            let refusal = "\(directory.file("ordinal.db")): another program has the database open: close it there"
            // The first one that is refused makes lock files anew, which nobody holds.
            for location in ["sqlite:ordinal.db", "sqlite:ordinal.db", "sqlite:link.db"] {
                expect(
                    try await serve("--redis", "127.0.0.1:0", "--http", "off", "--store", location, in: directory),
                    tells: [[refusal]])
            }
            #expect(try client.number("INCR", "a") == 2)
            client.close()
            #expect(try await server.end() == 0)
            let next = try await OrdinalProcess.serve(in: directory)
            #expect(try RedisSocket(port: next.port).number("INCR", "a") == 3)
            #expect(try await next.end() == 0)
        }

        /// A lock does not outlive its process, however that ended.
        @Test func aKilledServerLeavesNoLock() async throws {
            let directory = try TemporaryDirectory()
            try await OrdinalProcess.serve(in: directory).end(SIGKILL)
            let next = try await OrdinalProcess.serve(in: directory)
            #expect(try await next.end() == 0)
        }

        @Test func aFileSystemThatKeepsNothing() async throws {
            let directory = try TemporaryDirectory()
            let path = "/dev/shm/ordinal-\(UUID().uuidString).db"
            expect(
                try await serve("--redis", "127.0.0.1:0", "--store", "sqlite:\(path)", in: directory),
                tells: [[path, "tmpfs", "use a local disk"]])
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        @Test func aDirectoryThatDoesNotExist() async throws {
            let directory = try TemporaryDirectory()
            expect(
                try await serve("--redis", "127.0.0.1:0", "--store", "sqlite:no/where/ordinal.db", in: directory),
                tells: [["the directory no/where does not exist: create it"]])
        }

        @Test func aFileThatIsNoDatabase() async throws {
            let directory = try TemporaryDirectory()
            let text = Data(String(repeating: "This is a letter. ", count: 1_000).utf8)
            try text.write(to: URL(fileURLWithPath: directory.file("ordinal.db")))
            expect(
                try await serve("--redis", "127.0.0.1:0", in: directory),
                tells: [["ordinal.db", "not an SQLite database: use another path"]])
            #expect(try Data(contentsOf: URL(fileURLWithPath: directory.file("ordinal.db"))) == text, "it is untouched")
        }

        @Test func aDatabaseOfSomethingElse() async throws {
            let directory = try TemporaryDirectory()
            let made = try await run("sqlite3", ["ordinal.db", "CREATE TABLE letters (text)"], in: directory.path)
            #expect(made.status == 0)
            expect(
                try await serve("--redis", "127.0.0.1:0", in: directory),
                tells: [["ordinal.db", "a database of another kind"]])
        }

        @Test func everyWrongValueAtOnce() async throws {
            let directory = try TemporaryDirectory()
            let file = """
                runway = "soon"
                waits = "5s"
                [segment]
                min = 0
                [log]
                level = "loud"
                """
            try file.write(toFile: directory.file("ordinal.toml"), atomically: true, encoding: .utf8)
            expect(
                try await serve(
                    "--redis", "nowhere", "--config", "ordinal.toml", "--set", "create=maybe", "--store", "oracle:x",
                    in: directory),
                tells: [
                    ["runway", "soon", "ordinal.toml"], ["waits", "wait"], ["segment.min", "0"], ["log.level", "loud"],
                    ["redis.address", "nowhere", "--redis"], ["create", "maybe", "--set"],
                    ["store", "oracle:…", "--store"],
                ])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["ordinal.toml"])
        }

        @Test func anAddressBeyondThisMachineWithoutAPassword() async throws {
            let directory = try TemporaryDirectory()
            let result = try await serve("--redis", "0.0.0.0:0", in: directory)
            expect(result, tells: [["redis.address", "password"]])
        }

        @Test func aConfigurationFileThatIsNotThere() async throws {
            let directory = try TemporaryDirectory()
            expect(try await serve("--config", "nowhere.toml", in: directory), tells: [["nowhere.toml"]])
        }

        @Test func wrongUsage() async throws {
            let directory = try TemporaryDirectory()
            let result = try await serve("--rediss", "127.0.0.1:0", in: directory)
            #expect(result.status == 64)
            #expect(result.lines.contains { $0.contains("--rediss") })
        }
    }
}
