import GRDB
import Ordinal
@testable import OrdinalSQLite
import TestSupport
import Testing

/// A row that no record can have been is refused to whoever asks for it, and to nobody else.
@Suite struct DamageTests {
    @Test(arguments: [
        "life = x'00'", "ceiling = -5", "origin = -5, ceiling = 1", "maximum = 0", "increment = 0",
        "increment = 2000000",
        "maximum = 9223372036854775807", "ceiling = 9223372036854775807",
    ])
    func aDamagedRowIsRefused(damage: String) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.db")
        let store = try SQLiteStore.open(path: path)
        try await store.create(.a)
        try await store.create(.b)
        await store.close()
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = ON")
            try db.execute(sql: "UPDATE sequences SET \(damage) WHERE name = CAST('a' AS BLOB)")
        }
        try queue.close()
        let again = try SQLiteStore.open(path: path)
        let served = Task { try await again.reserve(1, of: .b) }
        await #expect { try await again.reserve(1, of: .a) } throws: { error in
            (error as? StoreError)?.unavailable?.contains("the row of a is damaged") == true
        }
        #expect(try await served.value.segment.first == 1)
        await again.close()
    }
}
