import Ordinal
import OrdinalSQLite
import TestSupport
import Testing

@Suite struct StatusTests {
    @Test func theCountFollowsEveryBirthAndDeath() async throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteStore.open(path: directory.file("store.db"))
        func count() async throws -> Int { try await store.status().sequences }
        #expect(try await count() == 0)
        try await store.create(.a)
        try await store.create(.a)
        try await store.create(.b)
        #expect(try await count() == 2)
        _ = try await store.restart(.a, from: .one, to: .two, at: 0, options: .standard)
        _ = try await store.restart(.a, from: .one, to: .two, at: 0, options: .standard)
        #expect(try await count() == 2)
        _ = try await store.delete(.b, life: .one)
        _ = try await store.delete(.b, life: .one)
        #expect(try await count() == 1)
        _ = try? await store.create(.b)
        #expect(try await count() == 1)
        await store.close()
    }

    @Test func twoStoresAreTwo() async throws {
        let directory = try TemporaryDirectory()
        let one = try SQLiteStore.open(path: directory.file("one.db"))
        let two = try SQLiteStore.open(path: directory.file("two.db"))
        let (first, second) = (try await one.status(), try await two.status())
        #expect(first.id != second.id)
        #expect(first.home != second.home)
        await one.close()
        await two.close()
    }
}
