import DatabaseServers
import Ordinal
import OrdinalMySQL
import OrdinalRedis
import RESPClient
import StoreConformance
import TestServers
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
        let redis = try await RedisServer.shared
        let database = try await server.makeStore()
        @Sendable func open() throws -> LayeredStore {
            var location = RESPServerLocation(.server(redis.address))
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
}
