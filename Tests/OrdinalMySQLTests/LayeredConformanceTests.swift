import ChildProcesses
import DatabaseServers
import Foundation
import Ordinal
import OrdinalMySQL
import OrdinalRedis
import RESPClient
import StoreConformance
import TestSupport
import Testing

/// Redis over MariaDB.
@Suite struct LayeredConformanceTests {
    /// Without blocks: Redis is asked each time and holds nothing.
    @Test(arguments: ConformanceCase.all)
    func conforms(to rule: ConformanceCase) async throws {
        try await check(rule, BlockSize(factor: 1))
    }

    @Test(arguments: ConformanceCase.reservingAhead)
    func conformsWithBlocks(to rule: ConformanceCase) async throws {
        try await check(rule, .standard)
    }

    private func check(_ rule: ConformanceCase, _ blockSize: BlockSize) async throws {
        let server = try await MariaDBServer.shared
        let port = try await Self.redis.value
        let database = try await server.makeStore()
        @Sendable func open() throws -> LayeredStore {
            var location = RESPServerLocation(.server(.host("127.0.0.1", port: port)))
            (location.prefix, location.timeout) = (database, .seconds(20))
            return try LayeredStore(
                blocksIn: location, over: MySQLStore(try server.location(database, "timeout=30s")),
                blockSize: blockSize)
        }
        try await rule.check {
            let store = try open()
            return StoreUnderTest(store: store) {
                await store.close()
                return try open()
            }
        }
    }

    /// One server for all cases, each of which has a prefix of its own.
    private static let redis = Task {
        let port = try freePort()
        let directory = try await MariaDBServer.shared.directory
        let process = try ChildProcess(
            "redis-server",
            ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no"],
            log: "\(directory)/redis.log")
        Leftovers.add(process)
        try await eventually("redis-server answers") {
            do {
                let connection = try await RESPConnection.connect(to: .host("127.0.0.1", port: port))
                await connection.close()
                return true
            } catch { return false }
        }
        return port
    }
}
