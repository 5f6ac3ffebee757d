import RESP
import SeededRandom
import Testing

@Suite struct ArgumentTextTests {
    private func integer(_ text: String) -> Int64? {
        Array(text.utf8).span.bytes.decimalInteger
    }

    @Test(
        arguments: [
            0, 1, -1, 9, 10, 99, 100, -100, 12345, .max, .min, .max - 1, .min + 1, 1_000_000_000_000_000_000,
            -1_000_000_000_000_000_000, 1 << 62,
        ] as [Int64])
    func integersAreRead(_ value: Int64) {
        #expect(integer("\(value)") == value)
    }

    @Test(arguments: [
        "", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "1e3", "0x1", "a", "1a", "--1",
        "9223372036854775808",
        "-9223372036854775809", "18446744073709551616", "10000000000000000000", "99999999999999999999999999",
        "1\0", "١", "12345678901234567890",
    ])
    func otherTextIsNoInteger(_ text: String) {
        #expect(integer(text) == nil)
    }

    @Test func randomIntegersAreRead() {
        var generator = SeededRandom(seed: 42)
        for _ in 0..<10_000 {
            let value =
                Int64.random(in: .min ... .max, using: &generator) >> Int64.random(in: 0..<64, using: &generator)
            #expect(integer("\(value)") == value)
        }
    }

    @Test func equalityIgnoresTheCaseOfASCIILettersOnly() {
        func equal(_ text: String, _ word: StaticString) -> Bool {
            Array(text.utf8).span.bytes.equalsIgnoringCase(word)
        }
        #expect(equal("FORCE", "FORCE"))
        #expect(equal("force", "FORCE"))
        #expect(equal("fOrCe", "force"))
        #expect(equal("", ""))
        #expect(!equal("FORC", "FORCE"))
        #expect(!equal("FORCED", "FORCE"))
        #expect(!equal("@", "`"))
        #expect(!equal("[", "{"))
        #expect(!equal("\u{0}", " "))
        #expect(!equal("É", "é"))
    }

    @Test func commandCodes() {
        func code(_ text: String) -> CommandCode? { CommandCode(Array(text.utf8).span.bytes) }
        #expect(code("incr") == CommandCode("INCR"))
        #expect(code("InCr") == CommandCode("incr"))
        #expect(code("SHUTDOWN") == CommandCode("SHUTDOWN"))
        #expect(code("G") == CommandCode("g"))
        #expect(code("") == nil)
        #expect(code("SUBSCRIBE") == nil)
        #expect(code("GET\0") == nil)
        #expect(code("\0GET") == nil)
        #expect(code("GET") != CommandCode("GETS"))
        #expect(code("incrby")?.description == "INCRBY")
        #expect(CommandCode("GET").rawValue == 0x54_4547)
    }

    @Test func capitalsOfEveryByteInEveryPlace() {
        for byte in UInt8(1)...UInt8.max {
            let upper = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 0x20 : byte
            for place in 0..<8 {
                // Neighbours of all ones, to see whether a carry leaves its byte.
                var bytes = [UInt8](repeating: 0xFF, count: 8)
                bytes[place] = byte
                let word = CommandCode(bytes.span.bytes)?.rawValue
                bytes[place] = upper
                #expect(word == bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }, "\(byte) at \(place)")
            }
        }
    }
}
