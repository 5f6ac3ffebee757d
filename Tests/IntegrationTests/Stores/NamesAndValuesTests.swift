import Foundation
import RESP
import Testing

extension Stores {
    /// Names are bytes and numbers are 64 bits wide, whatever the store thinks of either.
    @Suite struct NamesAndValuesTests {
        private static let kinds: [StoreKind] = [.mariaDB, .redis, .redisOverMariaDB, .redisOverSQLite]

        /// Names that one database or another would take for the same, or for something else.
        private static let names = [
            "café", "cafe", "cafe\u{301}", "Cafe", "CAFÉ", "😀", "😁", "👩‍👩‍👧", "a", "A", "a ", " a", "user:id", "user-id",
            "order", "123", "a'b", "a\"b", "a\\b", "a%", "a_", "ß", "ss", String(repeating: "x", count: 255),
            String(repeating: "x", count: 254), "'; DROP TABLE ordinal_sequences; --", "ordinal_meta", "{ordinal}",
        ]

        @Test(arguments: kinds) func everyNameIsAnotherSequence(kind: StoreKind) async throws {
            let node = try await Node.start(on: try await kind.make())
            let socket = try node.client()
            for (index, name) in Self.names.enumerated() {
                #expect(try socket.command("SET", name, "\((index + 1) * 100_000)") == .simple("OK"))
            }
            for (index, name) in Self.names.enumerated() {
                #expect(try socket.number("INCR", name) == Int64((index + 1) * 100_000 + 1), "\(name)")
            }
            #expect(try socket.command("DBSIZE") == .integer(Int64(Self.names.count)))
            // From what the store remembers, too.
            socket.close()
            try await node.stop()
            try await node.start()
            for (index, name) in Self.names.enumerated() {
                #expect(try await node.number("GET", name) == Int64((index + 1) * 100_000 + 2), "\(name)")
            }
            #expect(try await node.send("DEL", "café") == .integer(1))
            #expect(try await node.number("GET", "café") == 0)
            #expect(try await node.number("GET", "cafe") == 200_003)
            #expect(try await node.number("GET", "cafe\u{301}") == 300_003)
        }

        @Test(arguments: kinds) func numbersAboveWhatADoubleHolds(kind: StoreKind) async throws {
            let node = try await Node.start(on: try await kind.make(), ["segment.size=10"])
            #expect(try await node.send("SET", "s", "9007199254740993") == .simple("OK"))
            let socket = try node.client()
            for offset in 1...100 as ClosedRange<Int64> {
                #expect(try socket.number("INCR", "s") == 9_007_199_254_740_993 + offset)
            }
            socket.close()
            try await node.stop()
            try await node.start()
            #expect(try await node.number("INCR", "s") == 9_007_199_254_740_993 + 101)
            // Up to the very last number, and no further.
            let highest: Int64 = 1 << 62 - 1
            #expect(try await node.send("SET", "last", "\(highest - 15)") == .simple("OK"))
            let last = try node.client()
            for offset in 1...15 as ClosedRange<Int64> {
                #expect(try last.number("INCR", "last") == highest - 15 + offset)
            }
            #expect(try await node.error("INCR", "last").contains("exhausted"))
        }
    }
}
