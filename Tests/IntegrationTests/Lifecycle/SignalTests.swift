import Foundation
import RESP
import TestSupport
import Testing

extension Lifecycle {
    @Suite struct SignalTests {
        @Test(arguments: [SIGTERM, SIGINT])
        func stopsAndGivesBack(signal: Int32) async throws {
            let directory = try TemporaryDirectory()
            for expected in Int64(1)...3 {
                let server = try await OrdinalProcess.serve(in: directory)
                #expect(try RedisSocket(port: server.port).number("INCR", "a") == expected)
                #expect(try await stop(server, with: signal) < .seconds(5))
            }
            #expect(
                !FileManager.default.fileExists(atPath: directory.file("ordinal.db-wal")),
                "the database is one file again")
        }

        /// Impatience does no harm.
        @Test func manySignalsAtOnce() async throws {
            let directory = try TemporaryDirectory()
            for expected in Int64(1)...5 {
                let server = try await OrdinalProcess.serve(in: directory)
                #expect(try RedisSocket(port: server.port).number("INCR", "a") == expected)
                for _ in 0..<20 { server.signal(expected % 2 == 0 ? SIGINT : SIGTERM) }
                server.signal(SIGHUP)
                #expect(try await stop(server) < .seconds(5))
            }
        }

        @Test func hangUpReadsTheLogLevelAnew() async throws {
            let directory = try TemporaryDirectory()
            try write("[log]\nlevel = \"notice\"\n", directory)
            let server = try await OrdinalProcess.serve(in: directory, ["--config", "ordinal.toml"])
            let socket = try RedisSocket(port: server.port)
            #expect(try socket.number("INCR", "a") == 1)
            #expect(!server.log.contains("sequence opened"))

            try write("[log]\nlevel = \"debug\"\n", directory)
            server.signal(SIGHUP)
            try await eventually("it reads the file") {
                server.log.contains("configuration read again changed=log.level")
            }
            #expect(try socket.number("INCR", "b") == 1)
            try await eventually("debug is told") { server.log.contains("sequence opened") }

            server.signal(SIGHUP)
            try await eventually("nothing is new") {
                server.log.contains("configuration read again: nothing has changed")
            }

            // A wrong value changes nothing, and is told.
            try write("[log]\nlevel = \"loud\"\n", directory)
            server.signal(SIGHUP)
            try await eventually("it refuses the file") { server.log.contains("configuration not changed: log.level") }
            #expect(try socket.number("INCR", "c") == 1)
            try await eventually("debug is still told") { server.log.contains("sequence=c") }

            // What needs a restart is told as well.
            try write("runway = \"30s\"\n[log]\nlevel = \"warning\"\n", directory)
            server.signal(SIGHUP)
            try await eventually("it tells what needs a restart") {
                server.log.contains("restart the server for these keys to change keys=runway")
            }
            #expect(try socket.number("INCR", "a") == 2)
            #expect(server.exitStatus == nil)
            #expect(try await server.end() == 0)
        }

        @Test func hangUpReopensTheLogFile() async throws {
            let directory = try TemporaryDirectory()
            try write("[log]\nlevel = \"debug\"\npath = \"ordinal.log\"\n", directory)
            let log = directory.file("ordinal.log")
            let server = try OrdinalProcess.start(in: directory, ["--config", "ordinal.toml"])
            func text() -> String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
            try await eventually("it serves") { text().contains(" serving ") }
            try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
            server.signal(SIGHUP)
            try await eventually("there is a new file") { text().contains("configuration read again") }
            #expect(try await server.end() == 0)
            #expect(text().contains("stopped"))
        }

        /// Whatever is logged at the most talkative level, a password is never a part of it.
        @Test func passwordsAreNotLogged() async throws {
            let directory = try TemporaryDirectory()
            let server = try await OrdinalProcess.serve(
                in: directory, ["--set", "log.level=trace", "--set", "auth.use_password=secret-of-use"],
                environment: ["ORDINAL_AUTH_ADMIN_PASSWORD": "secret-of-admin", "SOME_TOKEN": "secret-of-others"])
            let socket = try RedisSocket(port: server.port)
            #expect(try socket.command("AUTH", "secret-of-admin") == .simple("OK"))
            #expect(try socket.number("INCR", "a") == 1)
            server.signal(SIGHUP)
            try await eventually("it reads the configuration") { server.log.contains("configuration read again") }
            #expect(try await server.end() == 0)
            try await eventually("the log is whole") { server.log.contains("stopped") }
            #expect(!server.log.contains("secret-of"), "\(server.log)")
        }

        private func write(_ text: String, _ directory: TemporaryDirectory) throws {
            try text.write(toFile: directory.file("ordinal.toml"), atomically: true, encoding: .utf8)
        }
    }
}
