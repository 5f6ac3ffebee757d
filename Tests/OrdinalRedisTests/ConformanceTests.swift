import Foundation
import Ordinal
import OrdinalRedis
import OrdinalSQLite
import StoreConformance
import TestServers
import TestSupport
import Testing

@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: ConformanceCase.all + ConformanceCase.restored)
    func redisConforms(to rule: ConformanceCase) async throws {
        let server = try await RedisServer.start()
        try await rule.check {
            let store = try RedisStore(server.location())
            return StoreUnderTest(
                store: store,
                reopen: {
                    await store.close()
                    return try RedisStore(server.location())
                },
                restore: { meanwhile in
                    try await server.send("SAVE")
                    try await meanwhile()
                    await store.close()
                    server.kill()
                    try await server.start()
                    return try RedisStore(server.location())
                })
        }
    }

    /// Without blocks: everything passes through, but Redis is asked each time.
    @Test(arguments: ConformanceCase.all + ConformanceCase.restored)
    func redisOverSQLiteConforms(to rule: ConformanceCase) async throws {
        try await check(rule, BlockSize(factor: 1))
    }

    @Test(arguments: ConformanceCase.reservingAhead)
    func redisOverSQLiteConformsWithBlocks(to rule: ConformanceCase) async throws {
        try await check(rule, .standard)
    }

    private func check(_ rule: ConformanceCase, _ blockSize: BlockSize) async throws {
        let server = try await RedisServer.start()
        let file = try SQLiteFile()
        try await rule.check {
            let below = try file.open()
            let store = try LayeredStore(blocksIn: server.location(), over: below, blockSize: blockSize)
            return StoreUnderTest(
                store: store,
                reopen: {
                    await store.close()
                    return try LayeredStore(blocksIn: server.location(), over: try file.open(), blockSize: blockSize)
                },
                restore: { meanwhile in
                    try await below.backup(to: file.directory.file("backup.db"))
                    try await meanwhile()
                    await store.close()
                    try #require(rename(file.directory.file("backup.db"), file.path) == 0)
                    return try LayeredStore(blocksIn: server.location(), over: try file.open(), blockSize: blockSize)
                })
        }
    }
}
