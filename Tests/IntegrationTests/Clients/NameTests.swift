import Foundation
import RESP
import TestSupport
import Testing

/// Names are bytes and nothing else: no two of them are ever the same sequence, and none is a part of a statement.
@Suite("Names of sequences", .enabled(if: TestEnvironment.hasBinary))
struct NameTests {
    static let names: [[UInt8]] = [
        "user:id", "user-id", "order", "123", "0", "-1", "caf\u{E9}", "cafe\u{301}", "cafe", "Foo", "foo", "FOO", "🙂",
        "👩‍👩‍👧‍👦",
        "' OR 1=1; DROP TABLE sequences; --", "\"; DELETE FROM meta; --", "__idgo__", "sequences", "sqlite_master", "%",
        "_", "*",
        "?", "[a-z]", "\\", " ", "a ", " a", "$3", "+OK", "null", "\u{FEFF}", "\u{202E}", "ß", "ss", "ı", "I", "K",
        "\u{212A}",
        String(repeating: "x", count: 255), String(repeating: "x", count: 254) + "y",
        String(repeating: "é", count: 127) + "z",
    ].map { Array($0.utf8) }

    @Test func allAreDifferentAlsoAfterARestart() async throws {
        let directory = try TemporaryDirectory()
        var server = try await OrdinalProcess.serve(in: directory)
        var client = try server.client()
        for (index, name) in Self.names.enumerated() {
            #expect(
                try client.command([Array("SET".utf8), name, Array("\(1_000 * (index + 1))".utf8)]) == .simple("OK"))
        }
        for round in 1...2 {
            for (index, name) in Self.names.enumerated() {
                let reply = try client.command([Array("GET".utf8), name])
                #expect(
                    reply == .integer(Int64(1_000 * (index + 1) + round)), "\(String(decoding: name, as: UTF8.self))")
            }
            #expect(try client.command("DBSIZE") == .integer(Int64(Self.names.count)))
            guard case .array(let listed) = try client.command("KEYS", "*") else { throw Failure("KEYS is an array") }
            #expect(Set(listed) == Set(Self.names.map { RESPValue.bulk($0) }))
            guard round == 1 else { break }
            #expect(try await server.end() == 0)
            server = try await OrdinalProcess.serve(in: directory)
            client = try server.client()
        }
        // One of two that look alike ends; the other lives.
        #expect(try client.command("DEL", "caf\u{E9}") == .integer(1))
        #expect(try client.command("EXISTS", "cafe\u{301}", "cafe", "caf\u{E9}") == .integer(2))
    }

    static let refused: [(name: [UInt8], reason: String)] = [
        ([], "empty"),
        (Array(repeating: UInt8(ascii: "x"), count: 256), "at most 255 bytes, this one has 256"),
        (Array(repeating: UInt8(ascii: "x"), count: 60_000), "at most 255 bytes"),
        (Array("a\r\nb".utf8), "control"), (Array("a\nb".utf8), "control"), ([0], "control"),
        (Array("a\0".utf8), "control"),
        (Array("a\u{1B}[2J".utf8), "control"), ([0x7F], "control"), (Array("a\u{85}b".utf8), "control"),
        ([0xC2, 0x80], "control"),
        ([0xFF], "UTF-8"), ([0xC3], "UTF-8"), ([0xC0, 0x80], "UTF-8"), ([0xED, 0xA0, 0x80], "UTF-8"),
        ([0xF5, 0x80, 0x80, 0x80], "UTF-8"), (Array("caf".utf8) + [0xE9], "UTF-8"),
    ]

    @Test(arguments: ["GET", "INCR", "SET", "DEL", "EXISTS", "MGET", "INCRBY", "TYPE"])
    func theOthersAreRefusedWithTheReason(_ command: String) async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        for (name, reason) in Self.refused {
            let more = ["SET", "INCRBY"].contains(command) ? [Array("1".utf8)] : []
            let text = try client.error([Array(command.utf8), name] + more)
            #expect(text.hasPrefix("ERR ") && text.contains(reason), "\(name.prefix(16)): \(text)")
        }
        #expect(try client.command("DBSIZE") == .integer(0))
    }

    /// What a client sends comes back in errors; it must not end the reply and begin another one.
    @Test func noReplyIsForged() async throws {
        let directory = try TemporaryDirectory()
        let server = try await OrdinalProcess.serve(in: directory)
        let client = try server.client()
        let forged = Array("x\r\n:4711\r\n+OK\r\n".utf8)
        let get = Array("GET".utf8)
        let requests: [[[UInt8]]] = [
            [get, forged], [forged], [forged, forged], [Array("CLIENT".utf8), forged], [Array("ORDINAL".utf8), forged],
            [Array("HELLO".utf8), forged], [Array("HELLO".utf8), Array("3".utf8), forged],
            [Array("SET".utf8), Array("a".utf8), forged],
            [Array("SET".utf8), Array("a".utf8), Array("1".utf8), forged],
            [Array("INCRBY".utf8), Array("a".utf8), forged], [Array("SCAN".utf8), forged],
            [Array("SCAN".utf8), Array("7".utf8)],
            [Array("AUTH".utf8), forged], [Array("SELECT".utf8), forged],
            [Array("CLIENT".utf8), Array("SETNAME".utf8), forged],
            [Array("ORDINAL".utf8), Array("BACKUP".utf8), Array("/missing\r\n:1\r\n/x".utf8)],
            [Array("COMMAND".utf8), forged],
            [Array("CONFIG".utf8), forged, forged],
        ]
        for request in requests {
            let name = String(decoding: request[0], as: UTF8.self)
            let text = try client.error(request)
            #expect(!text.contains { $0.isNewline }, "\(name): \(text)")
            #expect(try client.command([Array("ECHO".utf8), Array("in step".utf8)]) == .text("in step"), "\(name)")
        }
        // A bulk string may carry anything.
        #expect(try client.command([Array("ECHO".utf8), forged]) == .bulk(forged))
    }
}
