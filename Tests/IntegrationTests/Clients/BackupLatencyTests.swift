import Foundation
import RESP
import TestSupport
import Testing

/// While the store is busy with something long, numbers come out of memory as ever.
@Suite("Numbers while the store is busy", .enabled(if: TestEnvironment.hasBinary), .serialized)
struct BackupLatencyTests {
    /// A backup that takes less shows nothing.
    private static let long = Duration.milliseconds(400)

    @Test func aBackupIsNotFelt() async throws {
        let directory = try TemporaryDirectory()
        let first = try await OrdinalProcess.serve(in: directory)
        #expect(try first.client().command("INCR", "orders") == .integer(1))
        #expect(try await first.end() == 0)
        var (rows, server, once) = (0, first, Duration.zero)
        // Twice as large until this machine's disk is kept busy for long enough.
        while once < Self.long, rows < 6_400_000 {
            let more = max(rows, 400_000)
            try await fill(directory, from: rows + 1, to: rows + more)
            rows += more
            server = try await OrdinalProcess.serve(in: directory)
            #expect(try server.client().command("DBSIZE") == .integer(Int64(rows + 1)))
            once = min(try await backup(server, directory), try await backup(server, directory))
            if once < Self.long { #expect(try await server.end() == 0) }
        }
        try #require(once >= Self.long, "a copy of \(rows) sequences took only \(once)")

        // Until the segments fit the rate.
        _ = try await latencies(server) { try await Task.sleep(for: .seconds(2)) }
        // In turns, so that whatever else this machine does troubles both alike.
        var (quiet, busy): ([Latencies], [Latencies]) = ([], [])
        for _ in 0..<3 {
            quiet.append(try await latencies(server) { try await Task.sleep(for: once) })
            busy.append(try await latencies(server) { _ = try await backup(server, directory) })
        }
        print("GET while nothing else happens: \(quiet); while a backup of \(rows) sequences is written: \(busy)")
        func median(_ measured: [Latencies]) -> Duration { measured.map(\.percentile99).sorted()[1] }
        #expect(busy.allSatisfy { $0.time > Self.long / 2 }, "otherwise this shows nothing: \(busy)")
        #expect(median(busy) < median(quiet) * 10 + .milliseconds(20))
        // Nobody waited for most of a backup. One time of three is enough: a lock would hold everybody up every time.
        #expect(busy.contains { $0.slowest < $0.time / 4 }, "\(busy)")
    }

    /// Makes as many sequences as a client could only make in minutes.
    private func fill(_ directory: TemporaryDirectory, from first: Int, to last: Int) async throws {
        let filled = try await run(
            "sqlite3",
            [
                directory.file("ordinal.db"),
                """
                WITH RECURSIVE n(i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(last))
                INSERT INTO sequences SELECT CAST(printf('sequence:%08d:%0150d', i, i) AS BLOB), randomblob(16), 1000, 0, home,
                NULL, 0, 1, maximum, 0 FROM n, (SELECT home, maximum FROM sequences WHERE name = CAST('orders' AS BLOB));
                UPDATE meta SET sequences = (SELECT count(*) FROM sequences);
                """,
            ], within: .seconds(300))
        try #require(filled.status == 0, "\(filled.errors)")
    }

    /// Writes a copy, and answers how long that took.
    private func backup(_ server: OrdinalProcess, _ directory: TemporaryDirectory) async throws -> Duration {
        let begin = ContinuousClock.now
        let result = try await ordinal("backup", directory.file("copy.db"), "--server", "127.0.0.1:\(server.port)")
        let time = begin.duration(to: .now)
        #expect(result.status == 0, "\(result.errors)")
        try FileManager.default.removeItem(atPath: directory.file("copy.db"))
        return time
    }

    private struct Latencies: CustomStringConvertible, Sendable {
        let time: Duration
        let count: Int
        let percentile99: Duration
        let slowest: Duration

        var description: String { "\(count) in \(time), p99 \(percentile99), slowest \(slowest)" }
    }

    /// How long GETs take, one after the other on a thread of their own, while something is done.
    private func latencies(_ server: OrdinalProcess, while work: () async throws -> Void) async throws -> Latencies {
        let isOver = LockedFlag()
        let begin = ContinuousClock.now
        async let measured = onThread {
            let client = try server.client()
            var times: [Duration] = []
            while !isOver.isRaised {
                let asked = ContinuousClock.now
                _ = try client.number("GET", "orders")
                times.append(ContinuousClock.now - asked)
            }
            return times.sorted()
        }
        defer { isOver.raise() }
        try await work()
        let time = begin.duration(to: .now)
        isOver.raise()
        let times = try await measured
        try #require(!times.isEmpty)
        return Latencies(
            time: time, count: times.count, percentile99: times[times.count * 99 / 100], slowest: times[times.count - 1]
        )
    }
}
