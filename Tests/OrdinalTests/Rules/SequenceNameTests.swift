import Testing

@testable import Ordinal

@Suite struct SequenceNameTests {
    @Test(
        arguments: [
            "a", " ", "user:id", "user-id", "order", "123", "__idgo__", "'; DROP TABLE users; --", "%_\\*?[a]", "🧾🇨🇭",
            "Ω", String(repeating: "x", count: 255), String(repeating: "é", count: 127),
        ])
    func namesAreData(text: String) throws {
        let name = try SequenceName(text)
        #expect(name.bytes == Array(text.utf8))
        #expect(name.description.utf8.elementsEqual(text.utf8))
    }

    @Test func whatLooksAlikeIsNotTheSame() throws {
        let names = try ["caf\u{E9}", "cafe\u{301}", "cafe", "Cafe", "cafe "].map { try SequenceName($0) }
        #expect(Set(names).count == names.count)
        #expect(Set(names.map(\.description)).count == names.count - 1, "as text two of them are equal")
    }

    @Test func lengthIsCountedInBytes() {
        #expect(throws: InvalidSequenceName.empty) { try SequenceName(String()) }
        #expect(throws: InvalidSequenceName.empty) { try SequenceName([UInt8]()) }
        #expect(throws: InvalidSequenceName.tooLong(256)) { try SequenceName(String(repeating: "x", count: 256)) }
        #expect(throws: InvalidSequenceName.tooLong(256)) { try SequenceName(String(repeating: "é", count: 128)) }
    }

    @Test(arguments: Array(0x00...0x1F) + Array(0x7F...0x9F) as [UInt32])
    func controlCharactersAreRefused(scalar: UInt32) throws {
        let text = "a" + String(try #require(Unicode.Scalar(scalar))) + "b"
        #expect(throws: InvalidSequenceName.controlCharacter) { try SequenceName(text) }
    }

    @Test(
        arguments: [
            [0xFF], [0x61, 0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ] as [[UInt8]])
    func bytesThatAreNoTextAreRefused(bytes: [UInt8]) {
        #expect(throws: InvalidSequenceName.invalidUTF8) { try SequenceName(bytes) }
    }

    @Test func aSliceIsAName() throws {
        #expect(try SequenceName([0x60, 0x61, 0x62][1...]) == "ab")
    }

    @Test func theOrderIsThatOfTheBytes() throws {
        let names = try ["Z", "a", "aa", "b", "é", "😀"].map { try SequenceName($0) }
        #expect(names.shuffled().sorted() == names)
    }
}
