import Foundation
import RESP
import TestServers
import TestSupport
import Testing

/// `ordinal doctor` against real stores.
@Suite("Doctor", .enabled(if: TestEnvironment.hasBinary), .timeLimit(.minutes(5)))
struct DoctorTests {
    private struct Document: Decodable {
        struct Finding: Decodable {
            struct Bound: Decodable {
                let bound: String
                let numbers: Int64?
            }
            let subject, severity, seen, meaning: String
            let remedy: String?
            let inspected: Bool
            let repeated, lost: Bound
        }
        let findings: [Finding]
        let dangerous, complete: Bool

        func finding(_ subject: String) -> Finding? { findings.first { $0.subject == subject } }
    }

    private func doctor(
        _ arguments: [String], in directory: TemporaryDirectory
    ) async throws -> (status: Int32, document: Document) {
        let binary = try #require(TestEnvironment.binary)
        let result = try await run(binary, ["doctor", "--json"] + arguments, in: directory.path)
        return (result.status, try JSONDecoder().decode(Document.self, from: Data(result.output.utf8)))
    }

    @Test func aServerThatRunsIsNotDisturbed() async throws {
        let directory = try TemporaryDirectory()
        let before = try await doctor([], in: directory)
        #expect(before.document.finding("SQLite file: contents")?.seen.hasPrefix("never prepared") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [], "nothing is made")

        // A disk that is busy with something else may take longer than requests usually wait.
        let server = try await OrdinalProcess.serve(in: directory, ["--set", "wait=60s"])
        let client = try RedisSocket(port: server.port, timeout: 60)
        for expected in Int64(1)...5 { #expect(try client.number("INCR", "orders") == expected) }
        let (status, document) = try await doctor([], in: directory)
        #expect(status == 0 && document.complete && !document.dangerous, "\(document.findings)")
        #expect(document.finding("SQLite file: server")?.seen == "in use by process \(server.pid)")
        #expect(document.finding("journal: store")?.severity == "ok")
        #expect(document.finding("open files")?.seen.contains("process \(server.pid)") == true)
        #expect(try client.number("INCR", "orders") == 6)
        #expect(try await server.end() == 0)

        // What was given back is not missing.
        #expect(try await doctor([], in: directory).document.finding("journal: store")?.severity == "ok")
    }

    @Test func aDangerIsTheExitStatus() async throws {
        let directory = try TemporaryDirectory()
        let open = ["--redis", "0.0.0.0:6389", "--set", "redis.allow_unauthenticated=true"]
        let (status, document) = try await doctor(open, in: directory)
        #expect(status == 1 && document.finding("redis.address")?.severity == "danger")
        let text = try await ordinal(
            "doctor", "--redis", "0.0.0.0:6389", "--set", "redis.allow_unauthenticated=true", in: directory)
        #expect(text.output.contains("\nDANGER") && !text.output.contains("\u{1B}"), "no colours in a pipe")
    }

    @Test func whatCannotBeInspectedIsTheExitStatus() async throws {
        let directory = try TemporaryDirectory()
        let (status, document) = try await doctor(
            ["--store", "redis://127.0.0.1:1?timeout=1s", "--set", "journal.mode=off"], in: directory)
        #expect(status == 2 && !document.complete && !document.dangerous)
        let wrong = try await ordinal("doctor", "--set", "wait=never", in: directory)
        #expect(wrong.status == 2 && wrong.errors.contains("wait"))
    }

    @Test(arguments: [StoreKind.mariaDB, .redis, .redisOverMariaDB, .redisOverSQLite])
    func storesAreNotPreparedAndThenAreRead(kind: StoreKind) async throws {
        let (directory, store) = (try TemporaryDirectory(), try await kind.make())
        let before = try await doctor(["--store", store], in: directory)
        #expect(before.document.complete, "\(before.document.findings)")
        #expect(before.document.findings.contains { $0.seen.hasPrefix("never prepared") })
        let again = try await doctor(["--store", store], in: directory)
        #expect(again.document.findings.contains { $0.seen.hasPrefix("never prepared") }, "it was left as it was")

        let server = try await OrdinalProcess.serve(in: directory, ["--store", store])
        let client = try RedisSocket(port: server.port)
        #expect(try client.command("INCR", "orders") == .integer(1))
        let after = try await doctor(["--store", store], in: directory)
        #expect(after.document.complete, "\(after.document.findings)")
        #expect(after.document.finding("sequences")?.severity == "ok", "\(after.document.findings)")
        #expect(after.document.finding("journal: store")?.severity == "ok")
        // A Redis that saves nothing is a danger as a store, and none as a place for blocks.
        #expect(after.document.dangerous == (kind == .redis), "\(after.document.findings)")
        #expect(after.status == (kind == .redis ? 1 : 0))
        #expect(try client.command("INCR", "orders") == .integer(2))
        #expect(try await server.end() == 0)
    }

    /// The figures of the program are those of its store.
    @Test func aLossIsToldInNumbers() async throws {
        let server = try await MariaDBServer.start("--innodb-flush-log-at-trx-commit=0")
        let (directory, store) = (try TemporaryDirectory(), server.url(try await server.makeDatabase()))
        let node = try await OrdinalProcess.serve(in: directory, ["--store", store, "--set", "segment.min=7000"])
        _ = try RedisSocket(port: node.port).command("INCR", "orders")
        #expect(try await node.end() == 0)
        let (status, document) = try await doctor(
            ["--store", store, "--set", "segment.min=10", "--set", "failover_offset=6000"], in: directory)
        #expect(status == 1)
        let disk = try #require(document.finding("MySQL: disk"))
        #expect(
            disk.repeated.bound == "at_most_per_node" && disk.repeated.numbers == 7_001,
            "what was waited for, and a segment")
        #expect(disk.lost.numbers == 6_000)
        #expect(document.finding("failover_offset")?.severity == "danger")
    }
}
