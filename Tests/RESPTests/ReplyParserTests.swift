import NIOCore
import SeededRandom
import Testing

@testable import RESP

/// What a parser of replies made of some bytes.
private struct Replies: Equatable {
    var values: [RESPValue] = []
    var error: ReplyError?
    var rest = 0

    init(parsing bytes: [UInt8], limits: ReplyLimits = ReplyLimits(), delivery: Delivery = .allAtOnce) {
        var parser = ReplyParser(limits: limits)
        var buffer = ByteBuffer()
        do throws(ReplyError) {
            for piece in delivery.pieces(of: bytes) {
                buffer.writeBytes(piece)
                while let value = try parser.parse(&buffer) { values.append(value) }
            }
            rest = buffer.readableBytes
        } catch {
            self.error = error
        }
    }

    init(parsing text: String, limits: ReplyLimits = ReplyLimits(), delivery: Delivery = .allAtOnce) {
        self.init(parsing: Array(text.utf8), limits: limits, delivery: delivery)
    }
}

@Suite struct ReplyParserTests {
    private static func bulk(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    @Test(
        arguments: [
            ("+OK\r\n", .simple("OK")), ("+\r\n", .simple("")),
            ("-ERR no such key\r\n", .error(ErrorReply(prefix: "ERR", message: "no such key"))),
            ("-NOAUTH\r\n", .error(ErrorReply(prefix: "NOAUTH", message: ""))),
            ("-\r\n", .error(ErrorReply(prefix: "", message: ""))),
            (":0\r\n", .integer(0)), (":-1\r\n", .integer(-1)), (":+5\r\n", .integer(5)),
            (":9223372036854775807\r\n", .integer(.max)), (":-9223372036854775808\r\n", .integer(.min)),
            ("$3\r\nabc\r\n", bulk("abc")), ("$0\r\n\r\n", bulk("")), ("$4\r\n\r\n\r\n\r\n", bulk("\r\n\r\n")),
            ("$-1\r\n", .null), ("*-1\r\n", .null), ("_\r\n", .null),
            ("#t\r\n", .bool(true)), ("#f\r\n", .bool(false)),
            (",3.25\r\n", .double(3.25)), (",10\r\n", .double(10)), (",-1.5e-3\r\n", .double(-0.0015)),
            (",inf\r\n", .double(.infinity)), (",-inf\r\n", .double(-.infinity)),
            (
                "(3492890328409238509324850943850943825024385\r\n",
                .bigNumber("3492890328409238509324850943850943825024385")
            ),
            ("(-1\r\n", .bigNumber("-1")),
            ("!21\r\nSYNTAX invalid syntax\r\n", .error(ErrorReply(prefix: "SYNTAX", message: "invalid syntax"))),
            ("=8\r\ntxt:some\r\n", .verbatim(format: "txt", text: Array("some".utf8))),
            ("=4\r\nmkd:\r\n", .verbatim(format: "mkd", text: [])),
            ("*0\r\n", .array([])), ("%0\r\n", .map([])), ("~0\r\n", .set([])), (">0\r\n", .push([])),
            ("*2\r\n:1\r\n$1\r\na\r\n", .array([.integer(1), bulk("a")])),
            (
                "*3\r\n*0\r\n*1\r\n*2\r\n_\r\n+x\r\n:7\r\n",
                .array([.array([]), .array([.array([.null, .simple("x")])]), .integer(7)])
            ),
            (
                "%2\r\n+a\r\n:1\r\n:2\r\n*0\r\n",
                .map([
                    RESPMapEntry(key: .simple("a"), value: .integer(1)),
                    RESPMapEntry(key: .integer(2), value: .array([])),
                ])
            ),
            ("~2\r\n:1\r\n:2\r\n", .set([.integer(1), .integer(2)])),
            (">2\r\n+message\r\n+hi\r\n", .push([.simple("message"), .simple("hi")])),
            ("|1\r\n+ttl\r\n:3600\r\n+value\r\n", .simple("value")),
            ("|0\r\n:1\r\n", .integer(1)),
            ("*2\r\n|1\r\n+k\r\n*1\r\n:9\r\n:1\r\n|0\r\n:2\r\n", .array([.integer(1), .integer(2)])),
        ] as [(String, RESPValue)])
    func everyType(_ text: String, _ value: RESPValue) {
        for delivery in Delivery.all {
            let result = Replies(parsing: text + text, delivery: delivery)
            #expect(result.values == [value, value], "\(delivery)")
            #expect(result.error == nil, "\(delivery)")
            #expect(result.rest == 0, "\(delivery)")
        }
    }

    @Test func notANumber() {
        for text in [",nan\r\n", ",-nan\r\n"] {
            guard case .double(let value)? = Replies(parsing: text).values.first else {
                Issue.record("no double")
                continue
            }
            #expect(value.isNaN)
        }
    }

    @Test(
        arguments: [
            ("x\r\n", .unknownType(0x78)), ("\r\n", .unknownType(0x0D)), ("HTTP/1.1 400\r\n", .unknownType(0x48)),
            ("$?\r\n", .streamed), ("*?\r\n", .streamed), ("%?\r\n", .streamed), ("~?\r\n", .streamed),
            (">?\r\n", .streamed), (";4\r\n", .streamed), (".\r\n", .streamed),
            ("$-2\r\n", .invalidLength), ("*-2\r\n", .invalidLength), ("%-1\r\n", .invalidLength),
            ("$\r\n", .invalidLength), ("$+1\r\n", .invalidLength), ("$01\r\n", .invalidLength),
            ("$1a\r\n", .invalidLength), ("*1000000000000000000\r\n", .invalidLength), ("$-\r\n", .invalidLength),
            ("!-1\r\n", .invalidLength), ("=-1\r\n", .invalidLength),
            (":\r\n", .invalidScalar), (":1.5\r\n", .invalidScalar), (":9223372036854775808\r\n", .invalidScalar),
            (":+-1\r\n", .invalidScalar), (":+\r\n", .invalidScalar), (": 1\r\n", .invalidScalar),
            ("#\r\n", .invalidScalar), ("#true\r\n", .invalidScalar), ("#x\r\n", .invalidScalar),
            ("_x\r\n", .invalidScalar), (",\r\n", .invalidScalar), (",0x1p3\r\n", .invalidScalar),
            (",infinity\r\n", .invalidScalar), (",1e\r\n", .invalidScalar), ("(\r\n", .invalidScalar),
            ("(-\r\n", .invalidScalar), ("(12a\r\n", .invalidScalar),
            ("+OK\n", .expectedLineEnd), ("+\n", .expectedLineEnd), ("$3\r\nabcd\r\n", .expectedLineEnd),
            ("$3\r\nabc\n\n", .expectedLineEnd),
            ("=3\r\nabc\r\n", .invalidVerbatim), ("=4\r\nabcd\r\n", .invalidVerbatim),
        ] as [(String, ReplyError)])
    func whatIsNotAReplyIsRefused(_ text: String, _ error: ReplyError) {
        for delivery in Delivery.all {
            let result = Replies(parsing: text, delivery: delivery)
            #expect(result.error == error, "\(delivery)")
            #expect(result.values.isEmpty, "\(delivery)")
            let inside = Replies(parsing: "*2\r\n:1\r\n" + text, delivery: delivery)
            #expect(inside.error == error, "\(delivery)")
        }
    }

    // MARK: Limits

    @Test func stringsAreLimitedAtTheirHeader() {
        let limits = ReplyLimits(maxBulkLength: 5)
        #expect(Replies(parsing: "$5\r\nabcde\r\n", limits: limits).values.count == 1)
        for type in ["$", "!", "="] { #expect(Replies(parsing: type + "6\r\n", limits: limits).error == .bulkTooLong) }
        #expect(Replies(parsing: "$999999999999999999\r\n").error == .bulkTooLong)
    }

    @Test func linesAreLimited() {
        let limits = ReplyLimits(maxLineLength: 10)
        for delivery in Delivery.all {
            #expect(Replies(parsing: "+1234567\r\n", limits: limits, delivery: delivery).values.count == 1)
            #expect(Replies(parsing: "+12345678\r\n", limits: limits, delivery: delivery).error == .lineTooLong)
        }
        #expect(Replies(parsing: "-123456789", limits: limits).error == .lineTooLong)
        for type in [":", "$", "*", ",", "%"] {
            let line = type + String(repeating: "1", count: ReplyElement.maximumNumberLine - 1)
            #expect(Replies(parsing: String(line.dropLast()), delivery: .oneByOne).error == nil)
            #expect(Replies(parsing: line, delivery: .oneByOne).error == .lineTooLong)
        }
    }

    @Test func elementsAreLimitedInAllNestedArraysTogether() {
        let limits = ReplyLimits(maxElements: 6)
        #expect(Replies(parsing: "*6\r\n", limits: limits).error == nil)
        #expect(Replies(parsing: "*7\r\n", limits: limits).error == .tooManyElements)
        #expect(Replies(parsing: "%3\r\n", limits: limits).error == nil)
        #expect(Replies(parsing: "%4\r\n", limits: limits).error == .tooManyElements)
        #expect(Replies(parsing: "*3\r\n*3\r\n", limits: limits).error == nil)
        #expect(Replies(parsing: "*3\r\n*4\r\n", limits: limits).error == .tooManyElements)
        #expect(Replies(parsing: "%999999999999999999\r\n").error == .tooManyElements)
        #expect(Replies(parsing: String(repeating: "|0\r\n", count: 6), limits: limits).error == nil)
        #expect(Replies(parsing: String(repeating: "|0\r\n", count: 7), limits: limits).error == .tooManyElements)
        // Each reply has the limit to itself.
        let replies = String(repeating: "*6\r\n" + String(repeating: ":1\r\n", count: 6), count: 10)
        #expect(Replies(parsing: replies, limits: limits).values.count == 10)
    }

    @Test func nestingIsLimited() {
        #expect(Replies(parsing: String(repeating: "*1\r\n", count: 32) + ":1\r\n").values.count == 1)
        #expect(Replies(parsing: String(repeating: "*1\r\n", count: 33)).error == .tooDeep)
        #expect(Replies(parsing: String(repeating: "*1\r\n", count: 100_000)).error == .tooDeep)
        #expect(Replies(parsing: String(repeating: "|1\r\n", count: 33)).error == .tooDeep)
        #expect(Replies(parsing: "*1\r\n*1\r\n*0\r\n", limits: ReplyLimits(maxDepth: 2)).error == .tooDeep)
        var limits = ReplyLimits(maxDepth: 1000)
        #expect(limits.maxDepth == 32)
        limits.maxDepth = 33
        #expect(limits.maxDepth == 32)
    }

    // MARK: Resuming

    @Test func whatIsUnderstoodLeavesTheBuffer() throws {
        var parser = ReplyParser()
        var buffer = ByteBuffer()
        let count = 1000
        let text = "*\(count)\r\n" + (0..<count).map { "*2\r\n$3\r\nabc\r\n:\($0)\r\n" }.joined()
        var replies = 0
        for byte in text.utf8 {
            buffer.writeInteger(byte)
            if try parser.parse(&buffer) != nil { replies += 1 }
            #expect(buffer.readableBytes < 8)
        }
        #expect(replies == 1)
    }

    @Test func aLineIsSearchedOnce() throws {
        var parser = ReplyParser()
        var buffer = ByteBuffer(string: "+")
        for _ in 2...1000 {
            buffer.writeString("x")
            #expect(try parser.parse(&buffer) == nil)
            // A line end in what was searched already is not seen, because nobody looks there again.
            buffer.setInteger(UInt8(ascii: "\n"), at: buffer.writerIndex - 1)
        }
        buffer.setString(String(repeating: "x", count: 999), at: buffer.readerIndex + 1)
        buffer.writeString("\r\n:1\r\n")
        #expect(try parser.parse(&buffer) == .simple(String(repeating: "x", count: 999)))
        #expect(try parser.parse(&buffer) == .integer(1))
    }

    // MARK: Round trip and garbage

    @Test func whatTheWriterWritesIsReadBack() {
        for seed in UInt64(1)...2000 {
            var generator = SeededRandom(seed: seed)
            let value = RESPValue.random(depth: 4, using: &generator)
            var writer = ReplyWriter(buffer: ByteBuffer(), version: .resp3)
            writer.write(value)
            let bytes = Array(writer.buffer.readableBytesView)
            for delivery in [Delivery.allAtOnce, .oneByOne, .randomPieces(seed: seed)] {
                let result = Replies(parsing: bytes, delivery: delivery)
                #expect(result.values == [value], "seed \(seed), \(delivery)")
                #expect(result.rest == 0, "seed \(seed), \(delivery)")
            }
            // In RESP2 the types differ, and it is one reply all the same.
            writer = ReplyWriter(buffer: ByteBuffer(), version: .resp2)
            writer.write(value)
            let flat = Replies(parsing: Array(writer.buffer.readableBytesView))
            #expect(flat.values.count == 1 && flat.rest == 0 && flat.error == nil, "seed \(seed)")
        }
    }

    @Test func randomInputNeverCrashesAndItsDeliveryChangesNothing() {
        let types = Array("+-:$*%~>|_#,(!=;.".utf8)
        let limits = ReplyLimits(maxBulkLength: 30, maxLineLength: 40, maxElements: 50, maxDepth: 5)
        for seed in UInt64(1)...5000 {
            var generator = SeededRandom(seed: seed)
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...10, using: &generator) {
                let type = types.randomElement(using: &generator)!
                switch Int.random(in: 0..<5, using: &generator) {
                case 0, 1: bytes += [type] + Array("\(Int.random(in: -1...4, using: &generator))\r\n".utf8)
                case 2: bytes += Array("$3\r\nabc\r\n:1\r\n_\r\n".utf8)
                case 3: bytes += (0..<4).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                default: bytes += Array("+x\r\n*2\r\n".utf8)
                }
            }
            let whole = Replies(parsing: bytes, limits: limits)
            #expect(whole == Replies(parsing: bytes, limits: limits, delivery: .oneByOne), "seed \(seed)")
            let pieces = Replies(parsing: bytes, limits: limits, delivery: .randomPieces(seed: seed))
            #expect(whole == pieces, "seed \(seed)")
        }
    }

    @Test func valuesAsNumbersAndText() throws {
        #expect(RESPValue.integer(5).asInteger == 5)
        #expect(Self.bulk("5").asInteger == 5)
        #expect(Self.bulk("5x").asInteger == nil)
        #expect(RESPValue.null.asInteger == nil)
        #expect(Self.bulk("é").asText == "é")
        #expect(RESPValue.bulk([0xFF]).asText == nil)
        #expect(RESPValue.integer(5).asText == nil)
        #expect(try RESPValue.simple("OK").get() == .simple("OK"))
        #expect(throws: ErrorReply(prefix: "ERR", message: "no")) { try RESPValue.error(ErrorReply("ERR no")).get() }
    }
}

extension RESPValue {
    /// A value of any type; aggregates of them down to `depth`.
    fileprivate static func random(depth: Int, using generator: inout SeededRandom) -> RESPValue {
        func elements(_ generator: inout SeededRandom) -> [RESPValue] {
            (0..<Int.random(in: 0...4, using: &generator)).map { _ in random(depth: depth - 1, using: &generator) }
        }
        func bytes(_ generator: inout SeededRandom) -> [UInt8] {
            (0..<Int.random(in: 0...20, using: &generator)).map { _ in .random(in: .min ... .max, using: &generator) }
        }
        switch Int.random(in: 0..<(depth > 0 ? 13 : 9), using: &generator) {
        case 0: return .simple("status \(generator.next())")
        case 1: return .error(ErrorReply(prefix: "ERR", message: "number \(generator.next())"))
        case 2: return .integer(.random(in: .min ... .max, using: &generator))
        case 3: return .double(.random(in: -1e9...1e9, using: &generator))
        case 4: return .bool(.random(using: &generator))
        case 5: return .bigNumber("\(generator.next())\(generator.next())")
        case 6: return .verbatim(format: "txt", text: bytes(&generator))
        case 7: return .null
        case 8: return .bulk(bytes(&generator))
        case 9: return .array(elements(&generator))
        case 10: return .set(elements(&generator))
        case 11: return .push(elements(&generator))
        default:
            let keys = elements(&generator)
            return .map(keys.map { RESPMapEntry(key: $0, value: random(depth: depth - 1, using: &generator)) })
        }
    }
}
