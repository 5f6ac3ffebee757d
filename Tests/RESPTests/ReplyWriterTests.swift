import NIOCore
import SeededRandom
import Testing

@testable import RESP

@Suite struct ReplyWriterTests {
    /// What `write` writes in RESP2 and in RESP3.
    private func written(_ write: (inout ReplyWriter) -> Void) -> [String] {
        [ProtocolVersion.resp2, .resp3].map { version in
            var writer = ReplyWriter(buffer: ByteBuffer(), version: version)
            write(&writer)
            return String(buffer: writer.buffer)
        }
    }

    @Test func whatIsEqualInBothVersions() {
        func both(_ text: String, _ write: (inout ReplyWriter) -> Void, at location: SourceLocation = #_sourceLocation)
        {
            #expect(written(write) == [text, text], sourceLocation: location)
        }
        both("+OK\r\n") { $0.writeSimple("OK" as StaticString) }
        both("+a b c\r\n") { $0.writeSimple("a\rb\nc" as String) }
        both("-ERR no such key\r\n") { $0.writeError("ERR no such key") }
        both(":101\r\n") { $0.writeInteger(101) }
        both("$5\r\nab\r\nc\r\n") { $0.writeBulk("ab\r\nc") }
        both("$0\r\n\r\n") { $0.writeBulk("") }
        both("$3\r\nabc\r\n") { $0.writeBulk(Array("abc".utf8)) }
        both("$2\r\nbc\r\n") { $0.writeBulk(Array("abc".utf8).span.bytes.extracting(1..<3)) }
        both("$3\r\n101\r\n") { $0.writeBulk(integer: 101) }
        both("*0\r\n") { $0.writeArrayHeader(0) }
        both("*12\r\n") { $0.writeArrayHeader(12) }
    }

    @Test func whatDiffersBetweenTheVersions() {
        #expect(written { $0.writeNull() } == ["$-1\r\n", "_\r\n"])
        #expect(written { $0.writeNullArray() } == ["*-1\r\n", "_\r\n"])
        #expect(written { $0.writeBool(true) } == [":1\r\n", "#t\r\n"])
        #expect(written { $0.writeBool(false) } == [":0\r\n", "#f\r\n"])
        #expect(written { $0.writeMapHeader(3) } == ["*6\r\n", "%3\r\n"])
        #expect(written { $0.writeSetHeader(3) } == ["*3\r\n", "~3\r\n"])
        #expect(written { $0.writePushHeader(3) } == ["*3\r\n", ">3\r\n"])
        #expect(written { $0.writeVerbatim(Array("some".utf8)) } == ["$4\r\nsome\r\n", "=8\r\ntxt:some\r\n"])
        #expect(written { $0.writeBigNumber("-123") } == ["$4\r\n-123\r\n", "(-123\r\n"])
        #expect(written { $0.writeDouble(0.5) } == ["$3\r\n0.5\r\n", ",0.5\r\n"])
        #expect(written { $0.writeDouble(3) } == ["$1\r\n3\r\n", ",3\r\n"])
        #expect(written { $0.writeDouble(-1e300) } == ["$7\r\n-1e+300\r\n", ",-1e+300\r\n"])
        #expect(written { $0.writeDouble(.infinity) } == ["$3\r\ninf\r\n", ",inf\r\n"])
        #expect(written { $0.writeDouble(-.infinity) } == ["$4\r\n-inf\r\n", ",-inf\r\n"])
        #expect(written { $0.writeDouble(-.nan) } == ["$3\r\nnan\r\n", ",nan\r\n"])
    }

    @Test func integersOfEveryLength() {
        var values: [Int64] = [0, .max, .min, .max - 1, .min + 1]
        var power: Int64 = 1
        for _ in 0...18 {
            values += [power - 1, power, power + 1, -power, 1 - power, -power - 1]
            power = power.multipliedReportingOverflow(by: 10).partialValue
        }
        var generator = SeededRandom(seed: 1)
        for shift in 0..<64 {
            for _ in 0..<20 { values.append(Int64.random(in: .min ... .max, using: &generator) >> Int64(shift)) }
        }
        for value in values {
            let digits = "\(value)"
            #expect(written { $0.writeInteger(value) } == [":\(digits)\r\n", ":\(digits)\r\n"])
            let bulk = "$\(digits.utf8.count)\r\n\(digits)\r\n"
            #expect(written { $0.writeBulk(integer: value) } == [bulk, bulk])
        }
    }

    @Test func noTextForgesASecondReply() {
        let forgery = "ERR you said 'a'\r\n+OK\r\n:1\r\n\u{0}\u{1B}[2J\u{7F}\t"
        let result = written { $0.writeError(forgery) }[0]
        #expect(result == "-ERR you said 'a'  +OK  :1    [2J  \r\n")
        for control in (UInt8(0)...0x1F) + [0x7F] {
            let text = "ERR \(UnicodeScalar(control))x"
            #expect(written { $0.writeError(text) }[0] == "-ERR  x\r\n")
            #expect(written { $0.writeSimple(text) }[0] == "+ERR  x\r\n")
        }
    }

    @Test func longErrorsAreCutBetweenCharacters() {
        #expect(written { $0.writeError(String(repeating: "x", count: 1024)) }[0].utf8.count == 1024 + 3)
        #expect(written { $0.writeError(String(repeating: "x", count: 5000)) }[0].utf8.count == 1024 + 3)
        let text = "E" + String(repeating: "é", count: 3000)
        #expect(written { $0.writeError(text) }[0] == "-E" + String(repeating: "é", count: 511) + "\r\n")
    }

    @Test func integersTakeNoMemoryOnceTheBufferHasIt() {
        var writer = ReplyWriter(buffer: ByteBuffer())
        writer.buffer.reserveCapacity(64 * 1024)
        let capacity = writer.buffer.capacity
        let storage = writer.buffer.withVeryUnsafeBytes { $0.baseAddress }
        for value in 0..<2000 { writer.writeInteger(.max - Int64(value)) }
        #expect(writer.buffer.readableBytes == 2000 * 22)
        #expect(writer.buffer.capacity == capacity)
        #expect(writer.buffer.withVeryUnsafeBytes { $0.baseAddress } == storage)
    }

    @Test func aRequestIsWrittenAsAnArrayOfBulkStrings() {
        var buffer = ByteBuffer()
        buffer.writeRequest([Array("SET".utf8), [], Array("a\r\nb".utf8)])
        #expect(String(buffer: buffer) == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\nb\r\n")
    }
}
