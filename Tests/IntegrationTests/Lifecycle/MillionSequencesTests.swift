import Foundation
import RESP
import TestSupport
import Testing

extension Lifecycle {
    /// A million sequences in the database cost a start nothing: neither time nor memory.
    @Suite struct MillionSequencesTests {
        private static let count = 1_000_000

        @Test func startsLikeAnEmptyOne() async throws {
            let (small, large) = (try TemporaryDirectory(), try TemporaryDirectory())
            for directory in [small, large] {
                let server = try await OrdinalProcess.serve(in: directory)
                #expect(try RedisSocket(port: server.port).number("INCR", "sequence-500000") == 1)
                try await server.end()
            }
            // Rows as the server makes them, under the home that it knows.
            let sql = """
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.count))
                INSERT OR IGNORE INTO sequences
                SELECT CAST('sequence-' || i AS BLOB), randomblob(16), 1000, 0, home, NULL, 0, increment, maximum, 0
                FROM n, (SELECT home, increment, maximum FROM sequences LIMIT 1);
                UPDATE meta SET sequences = (SELECT count(*) FROM sequences);
                """
            let filled = try await run("sqlite3", [large.file("ordinal.db"), sql], within: .seconds(300))
            #expect(filled.status == 0, "\(filled.errors)")

            var (times, memory) = ([[Double]](repeating: [], count: 2), [[Int]](repeating: [], count: 2))
            for round in 0..<5 {
                for (index, directory) in [small, large].enumerated() {
                    let begin = ContinuousClock.now
                    let server = try await OrdinalProcess.serve(in: directory)
                    let socket = try RedisSocket(port: server.port)
                    #expect(try socket.number("INCR", "sequence-500000") == Int64(round + 2))
                    times[index].append(begin.duration(to: .now) / .milliseconds(1))
                    memory[index].append(server.residentBytes)
                    if round == 0 {
                        #expect(try socket.command("DBSIZE").asInteger == (index == 0 ? 1 : Int64(Self.count)))
                    }
                    socket.close()
                    try await server.end()
                }
            }
            // The best of each: what other work on this machine adds is no part of it.
            let (time, bytes) = (times.map { $0.min() ?? 0 }, memory.map { $0.min() ?? 0 })
            print(
                "empty: \(time[0]) ms, \(bytes[0] >> 10) KiB; a million sequences: \(time[1]) ms, \(bytes[1] >> 10) KiB"
            )
            #expect(time[1] < time[0] + 100)
            #expect(bytes[1] < bytes[0] + 10 << 20)
        }
    }
}
