import Foundation
import NIOConcurrencyHelpers
import RESP
import TestSupport
import Testing

/// While the store is busy with something long, numbers come out of memory as ever.
@Suite("Numbers while the store is busy", .enabled(if: TestEnvironment.hasBinary), .serialized)
struct BackupLatencyTests {
    @Test func aBackupIsNotFelt() async throws {
        let directory = try TemporaryDirectory()
        let rows = 200_000
        let first = try await OrdinalProcess.serve(in: directory)
        #expect(try first.client().command("INCR", "orders") == .integer(1))
        #expect(try await first.end() == 0)
        // As many sequences as a client could only make in minutes.
        let filled = try await run(
            "sqlite3",
            [
                directory.file("ordinal.db"),
                """
                INSERT INTO sequences SELECT CAST(printf('sequence:%08d:%0150d', i, i) AS BLOB), randomblob(16), 1000, 0, home, NULL,
                0, 1,
                maximum, 0 FROM sequences, (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(rows))
                SELECT i FROM n); UPDATE meta SET sequences = sequences + \(rows);
                """,
            ])
        try #require(filled.status == 0, "\(filled.errors)")

        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        #expect(try client.command("DBSIZE") == .integer(Int64(rows + 1)))
        // Until the segments fit the rate.
        let warm = ContinuousClock.now + .seconds(2)
        while ContinuousClock.now < warm { _ = try client.number("GET", "orders") }

        let duration = NIOLockedValueBox<Duration?>(nil)
        async let backup: Void = {
            let start = ContinuousClock.now
            let result = try await ordinal(
                "backup", directory.file("copy.db"), "--server", "127.0.0.1:\(server.port)")
            #expect(result.status == 0, "\(result.errors)")
            duration.withLockedValue { $0 = ContinuousClock.now - start }
        }()
        var latencies: [Duration] = []
        while duration.withLockedValue({ $0 == nil }) {
            let asked = ContinuousClock.now
            _ = try client.number("GET", "orders")
            latencies.append(ContinuousClock.now - asked)
            await Task.yield()
        }
        try await backup
        latencies.sort()
        let measured = duration.withLockedValue { $0 }
        let backupTime = try #require(measured)
        let percentile99 = latencies[latencies.count * 99 / 100]
        print(
            "a backup of \(backupTime): \(latencies.count) GETs, p99 \(percentile99), slowest \(latencies[latencies.count - 1])"
        )
        #expect(backupTime > .milliseconds(200), "otherwise this shows nothing")
        #expect(percentile99 < .milliseconds(20))
        #expect(percentile99 < backupTime / 10)
    }
}
