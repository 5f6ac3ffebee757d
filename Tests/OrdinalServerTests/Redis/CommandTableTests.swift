import RESP
import Testing

@testable import OrdinalServer

@Suite struct CommandTableTests {
    private let table = CommandTable.all

    private func find(_ name: [UInt8]) -> String? {
        CommandCode(name.span.bytes).flatMap { table[$0] }.map { "\($0.name)" }
    }

    @Test func everyNameIsFoundInAnyCase() {
        #expect(table.commands.count > 20)
        for command in table.commands {
            let name = "\(command.name)"
            #expect(find(Array(name.utf8)) == name)
            #expect(find(Array(name.lowercased().utf8)) == name)
            for _ in 0..<10 {
                let mixed = name.utf8.map { Bool.random() ? $0 | 0x20 : $0 }
                #expect(find(mixed) == name)
            }
        }
    }

    /// Everything that differs from a name in one place, and much that is nothing like one.
    @Test func nothingElseIsFound() {
        let names = Set(table.commands.map { "\($0.name)" })
        func isRight(_ bytes: [UInt8]) -> Bool {
            let text = String(decoding: bytes, as: UTF8.self).uppercased()
            return find(bytes) == (names.contains(text) && bytes.allSatisfy { $0 < 0x80 } ? text : nil)
        }
        for name in names {
            let bytes = Array(name.utf8)
            for place in bytes.indices {
                for byte in UInt8.min...UInt8.max {
                    var other = bytes
                    other[place] = byte
                    if !isRight(other) { Issue.record("\(other) was taken for \(find(other) ?? "nothing")") }
                }
                var shorter = bytes
                shorter.remove(at: place)
                #expect(isRight(shorter))
            }
            for byte in UInt8.min...UInt8.max { #expect(isRight(bytes + [byte]) && isRight([byte] + bytes)) }
        }
        for _ in 0..<100_000 {
            let bytes = (0..<Int.random(in: 0...9)).map { _ in UInt8.random(in: 0x21...0x7E) }
            if !isRight(bytes) { Issue.record("\(bytes) was taken for \(find(bytes) ?? "nothing")") }
        }
        for code in [UInt64.min, .max, 1, 0x80] { #expect(table.index(CommandCode(rawValue: code)) == nil) }
    }

    /// Names that are as much alike as can be get slots of their own too.
    @Test func otherTables() {
        let names: [StaticString] = [
            "A", "AA", "AAA", "AAAA", "AAAAA", "AAAAAA", "AAAAAAA", "AAAAAAAA", "B", "AB", "BA", "AAB",
        ]
        let table = CommandTable(names.map { Command($0, arity: 1, [], "") })
        for (index, name) in names.enumerated() { #expect(table.index(CommandCode(name)) == index) }
        #expect(table.index(CommandCode("BB")) == nil)
        #expect(CommandTable([]).index(CommandCode("GET")) == nil)
    }

    /// A client that takes what hands out numbers for a read may repeat or cache it.
    @Test func whatHandsOutNumbersIsAWrite() throws {
        for name: StaticString in ["GET", "MGET", "INCR", "INCRBY", "ORDINAL", "SET", "DEL"] {
            let command = try #require(table[CommandCode(name)])
            #expect(command.flags.contains(.write) && !command.flags.contains(.readOnly), "\(name)")
        }
    }

    /// A command that may answer false in memory has a way to go on, and each has one of both.
    @Test func everyCommandCanAnswer() {
        for command in table.commands {
            #expect(command.immediate != nil || command.suspended != nil, "\(command.name)")
        }
    }

    @Test func rolesAndKeys() throws {
        let forUse: Set<String> = ["GET", "INCR", "INCRBY", "MGET", "EXISTS"]
        let forAdministrators: Set<String> = ["SET", "DEL", "KEYS", "SCAN", "TYPE", "DBSIZE", "CONFIG"]
        for command in table.commands {
            let name = "\(command.name)"
            if forUse.contains(name) { #expect(command.role == .use, "\(name)") }
            #expect((command.role == .admin) == forAdministrators.contains(name), "\(name)")
        }
        let mget = try #require(table[CommandCode("MGET")])
        #expect((mget.keys.first, mget.keys.last, mget.keys.step) == (1, -1, 1))
        let get = try #require(table[CommandCode("GET")])
        #expect((get.keys.first, get.keys.last, get.keys.step) == (1, 1, 1))
    }
}
