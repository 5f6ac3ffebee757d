import Ordinal
import OrdinalSQLite
import StoreConformance
import TestSupport
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: ConformanceCase.all + ConformanceCase.restored)
    func conforms(to rule: ConformanceCase) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        try await rule.check {
            let store = try SQLiteStore.open(path: path)
            return StoreUnderTest(
                store: store,
                reopen: {
                    await store.close()
                    return try SQLiteStore.open(path: path)
                },
                restore: { meanwhile in
                    try await store.backup(to: directory.file("backup.db"))
                    try await meanwhile()
                    await store.close()
                    try Files.move(directory.file("backup.db"), to: path)
                    return try SQLiteStore.open(path: path)
                })
        }
    }
}
