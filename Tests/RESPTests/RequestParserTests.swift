import NIOCore
import SeededRandom
import Testing

@testable import RESP

@Suite struct RequestParserTests {
    // MARK: Arrays

    @Test(arguments: Delivery.all)
    func arraysOfBulkStrings(_ delivery: Delivery) {
        let result = Requests(
            parsing: "*2\r\n$4\r\nINCR\r\n$3\r\nabc\r\n*1\r\n$4\r\nPING\r\n*3\r\n$0\r\n\r\n$2\r\n\r\n\r\n$1\r\n$\r\n",
            delivery: delivery
        )
        #expect(result.requests == [["INCR", "abc"], ["PING"], ["", "\r\n", "$"]])
        #expect(result.error == nil)
        #expect(result.rest == 0)
    }

    @Test(arguments: Delivery.all)
    func emptyRequestsAreSkipped(_ delivery: Delivery) {
        let result = Requests(
            parsing: "*0\r\n*-1\r\n\r\n\n   \t \r\n*1\r\n$4\r\nPING\r\n*0\r\n\r\n*-999\r\nQUIT\r\n*0\r\n",
            delivery: delivery
        )
        #expect(result.requests == [["PING"], ["QUIT"]])
        #expect(result.error == nil)
        #expect(result.rest == 0)
    }

    @Test func aRequestInPiecesAnswersNilUntilItIsComplete() throws {
        var parser = RequestParser()
        var buffer = ByteBuffer()
        let request = Array("*2\r\n$3\r\nGET\r\n$1\r\nk\r\n".utf8)
        for byte in request.dropLast() {
            buffer.writeInteger(byte)
            #expect(try parser.parse(&buffer) == nil)
        }
        buffer.writeInteger(request.last!)
        #expect(try parser.parse(&buffer) == request.count)
        #expect(Requests.arguments(of: parser, in: buffer) == ["GET", "k"])
    }

    /// Redis refuses all of these too, except that it looks at some of them only when the line end is there.
    @Test(
        arguments: [
            ("*+1\r\n", .invalidMultibulkLength), ("* 1\r\n", .invalidMultibulkLength),
            ("*1 \r\n", .invalidMultibulkLength), ("*01\r\n", .invalidMultibulkLength),
            ("*\r\n", .invalidMultibulkLength), ("*-\r\n", .invalidMultibulkLength),
            ("*abc\r\n", .invalidMultibulkLength), ("*1\n", .invalidMultibulkLength),
            ("*1\rx", .invalidMultibulkLength), ("*0x1\r\n", .invalidMultibulkLength),
            ("*9223372036854775808\r\n", .invalidMultibulkLength),
            ("*18446744073709551617\r\n", .invalidMultibulkLength),
            ("*1500000000\r\n", .invalidMultibulkLength),
            ("*1\r\n$-1\r\n", .invalidBulkLength), ("*1\r\n$+4\r\n", .invalidBulkLength),
            ("*1\r\n$\r\n", .invalidBulkLength), ("*1\r\n$4x\r\n", .invalidBulkLength),
            ("*1\r\n$04\r\n", .invalidBulkLength), ("*1\r\n$1000000000000000000000\r\n", .invalidBulkLength),
            ("*1\r\n$536870912\r\n", .invalidBulkLength),
            ("*1\r\n:1\r\n", .expectedBulk(got: 0x3A)), ("*1\r\nPING\r\n", .expectedBulk(got: 0x50)),
            ("*2\r\n$4\r\nPING\r\n*", .expectedBulk(got: 0x2A)),
            ("*1\r\n$4\r\nPINGS\r\n", .expectedLineEnd), ("*1\r\n$4\r\nPING\n\n", .expectedLineEnd),
            ("*1\r\n$4\r\nPING\r\r", .expectedLineEnd),
        ] as [(String, ProtocolError)])
    func whatIsNotARequestIsRefused(_ text: String, _ error: ProtocolError) {
        for delivery in Delivery.all {
            let result = Requests(parsing: text, delivery: delivery)
            #expect(result.error == error, "\(delivery)")
            #expect(result.requests.isEmpty)
        }
    }

    @Test func errorTextsAreThoseOfRedis() {
        #expect("\(ProtocolError.invalidMultibulkLength)" == "Protocol error: invalid multibulk length")
        #expect("\(ProtocolError.invalidBulkLength)" == "Protocol error: invalid bulk length")
        #expect("\(ProtocolError.expectedBulk(got: 0x50))" == "Protocol error: expected '$', got 'P'")
        #expect("\(ProtocolError.unbalancedQuotes)" == "Protocol error: unbalanced quotes in request")
        #expect("\(ProtocolError.tooBigInlineRequest)" == "Protocol error: too big inline request")
        #expect("\(ProtocolError.tooBigMultibulkCount)" == "Protocol error: too big mbulk count string")
        #expect("\(ProtocolError.tooBigBulkCount)" == "Protocol error: too big bulk count string")
    }

    @Test func noByteOfTheClientReachesTheErrorTextUnseen() {
        for byte in UInt8.min...UInt8.max {
            let text = "\(ProtocolError.expectedBulk(got: byte))"
            #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) }, "\(byte)")
        }
        #expect("\(ProtocolError.expectedBulk(got: 0x0A))" == "Protocol error: expected '$', got '\\x0a'")
    }

    // MARK: Limits

    @Test func aHeaderThatDoesNotEndIsRefusedSoon() {
        // A zero in front, so that nothing but the missing line end can be the reason.
        for (start, error) in [("*", ProtocolError.tooBigMultibulkCount), ("*1\r\n$", .tooBigBulkCount)] {
            let header = start + String(repeating: "1", count: LengthLine.maximumLength - 1)
            #expect(Requests(parsing: header).error == nil)
            #expect(Requests(parsing: header + "1").error == error)
            #expect(Requests(parsing: header + "1", delivery: .oneByOne).error == error)
            #expect(Requests(parsing: header + String(repeating: "1", count: 100_000)).error == error)
        }
    }

    @Test func argumentsAreLimited() {
        let limits = RequestLimits(maxArguments: 3)
        #expect(Requests(parsing: "*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n", limits: limits).requests.count == 1)
        #expect(Requests(parsing: "*4\r\n", limits: limits).error == .invalidMultibulkLength)
        #expect(Requests(parsing: "a b c\r\n", limits: limits).requests == [["a", "b", "c"]])
        #expect(Requests(parsing: "a b c d\r\n", limits: limits).error == .tooBigInlineRequest)
    }

    @Test func anArgumentAboveTheLimitIsRefusedAtItsHeader() {
        let limits = RequestLimits(maxBulkLength: 5)
        #expect(Requests(parsing: "*1\r\n$5\r\nabcde\r\n", limits: limits).requests == [["abcde"]])
        #expect(Requests(parsing: "*1\r\n$6\r\n", limits: limits).error == .invalidBulkLength)
    }

    @Test func aRequestAboveTheLimitIsRefusedAtTheHeaderThatExceedsIt() {
        let request = "*2\r\n$2\r\nab\r\n$3\r\ncde\r\n"
        let length = request.utf8.count
        #expect(Requests(parsing: request, limits: RequestLimits(maxRequestLength: length)).requests.count == 1)
        let withoutBody = String(request.dropLast(4))
        #expect(
            Requests(parsing: withoutBody, limits: RequestLimits(maxRequestLength: length - 1)).error == .tooBigRequest)
        #expect(Requests(parsing: request, limits: RequestLimits(maxRequestLength: 0)).error == .tooBigRequest)
        #expect(
            Requests(
                parsing: "*1\r\n$\(Int64(999_999_999_999_999_999))\r\n",
                limits: RequestLimits(maxBulkLength: .max, maxRequestLength: .max)
            ).error == nil)
    }

    @Test(arguments: ["\n", "\r\n"])
    func inlineRequestsAreLimited(_ lineEnd: String) {
        let limits = RequestLimits(maxInlineLength: 10)
        for delivery in Delivery.all {
            let fits = Requests(parsing: "PING 12345" + lineEnd, limits: limits, delivery: delivery)
            #expect(fits.requests == [["PING", "12345"]], "\(delivery)")
            let tooLong = Requests(parsing: "PING 123456" + lineEnd, limits: limits, delivery: delivery)
            #expect(tooLong.error == .tooBigInlineRequest, "\(delivery)")
        }
        #expect(Requests(parsing: "PING 1234567", limits: limits).error == .tooBigInlineRequest)
    }

    @Test func manyArgumentsAreAllFound() {
        let count = 5000
        let arguments = (0..<count).map(String.init)
        let text = "*\(count)\r\n" + arguments.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
        let result = Requests(parsing: text + "*1\r\n$1\r\nx\r\n" + text, delivery: .randomPieces(seed: 7))
        #expect(result.requests == [arguments, ["x"], arguments])
    }

    @Test func roomForManyArgumentsIsNotKept() throws {
        var parser = RequestParser()
        for text in [
            "*1000\r\n" + String(repeating: "$0\r\n\r\n", count: 1000), String(repeating: "a ", count: 1000) + "\n",
        ] {
            var buffer = ByteBuffer(string: text)
            let length = try #require(try parser.parse(&buffer))
            #expect(parser.argumentCount == 1000)
            buffer.moveReaderIndex(forwardBy: length)
            #expect(try parser.parse(&buffer) == nil)
            let room = parser.ranges.capacity
            #expect(room == 0)
        }
    }

    // MARK: Resuming

    /// What was parsed is not looked at again: it is overwritten while the request is under way, all but a header that
    /// may be incomplete, and nothing changes.
    @Test func parsedBytesAreNotReadAgain() throws {
        let arguments = (0..<500).map { String(repeating: "v", count: $0 % 50) }
        let bytes = Array("*500\r\n\(arguments.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined())".utf8)
        var parser = RequestParser()
        var buffer = ByteBuffer()
        for (index, byte) in bytes.enumerated() {
            buffer.writeInteger(byte)
            let length = try parser.parse(&buffer)
            #expect(length == (index == bytes.count - 1 ? bytes.count : nil))
            let old = index - LengthLine.maximumLength - 50
            if old >= 0 { buffer.setInteger(UInt8(ascii: "!"), at: buffer.readerIndex + old) }
        }
        #expect(parser.argumentCount == 500)
        for index in 0..<500 { #expect(parser.argument(index).count == index % 50) }
    }

    @Test func anInlineRequestIsSearchedOnce() throws {
        var parser = RequestParser()
        var buffer = ByteBuffer()
        for _ in 1...1000 {
            buffer.writeString("x")
            #expect(try parser.parse(&buffer) == nil)
            // A line end in what was searched already is not seen, because nobody looks there again.
            buffer.setInteger(UInt8(ascii: "\n"), at: buffer.writerIndex - 1)
        }
        buffer.setString(String(repeating: "x", count: 1000), at: buffer.readerIndex)
        buffer.writeString("\r\n")
        #expect(try parser.parse(&buffer) == 1002)
        #expect(parser.argument(0) == 0..<1000)
    }

    @Test func theBufferMayMoveInMemoryBetweenCalls() throws {
        var parser = RequestParser()
        var buffer = ByteBuffer(string: "*2\r\n$3\r\nGET\r\n$1")
        #expect(try parser.parse(&buffer) == nil)
        var other = ByteBuffer(string: "some bytes in front")
        other.moveReaderIndex(to: other.writerIndex)
        other.writeBuffer(&buffer)
        other.writeString("\r\nk\r\n")
        #expect(try parser.parse(&other) == 20)
        #expect(Requests.arguments(of: parser, in: other) == ["GET", "k"])
    }

    @Test func resetForgetsTheRequestUnderWay() throws {
        var parser = RequestParser()
        for start in ["*2\r\n$3\r\nGE", "*2\r\n$3", "*", "PIN"] {
            var buffer = ByteBuffer(string: start)
            #expect(try parser.parse(&buffer) == nil)
            parser.reset()
            var next = ByteBuffer(string: "*1\r\n$4\r\nPING\r\n")
            #expect(try parser.parse(&next) == 14)
            #expect(Requests.arguments(of: parser, in: next) == ["PING"])
        }
    }

    // MARK: Garbage

    @Test func randomInputNeverCrashesAndItsDeliveryChangesNothing() {
        let alphabet = Array("*$:+-0123456789\r\n\r\n ab\"'\\x\t\0\u{1F}é".utf8)
        let limits = RequestLimits(
            maxArguments: 20, maxBulkLength: 40, maxInlineLength: 60, maxRequestLength: 200)
        for seed in UInt64(1)...5000 {
            var generator = SeededRandom(seed: seed)
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...8, using: &generator) {
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes += Array("*\(Int.random(in: 0...3, using: &generator))\r\n".utf8)
                case 1: bytes += Array("$\(Int.random(in: 0...3, using: &generator))\r\nab\r\n".utf8)
                case 2: bytes += (0..<6).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                default: bytes += (0..<9).map { _ in alphabet.randomElement(using: &generator)! }
                }
            }
            let whole = Requests(parsing: bytes, limits: limits)
            #expect(whole == Requests(parsing: bytes, limits: limits, delivery: .oneByOne), "seed \(seed)")
            let pieces = Requests(parsing: bytes, limits: limits, delivery: .randomPieces(seed: seed))
            #expect(whole == pieces, "seed \(seed)")
        }
    }
}

@Suite struct RequestRepetitionTests {
    private func count(_ text: String, of length: Int, limit: Int = .max) -> Int {
        ByteBuffer(string: text).readableBytesSpan.repetitions(of: length, limit: limit)
    }

    @Test func countsWhatIsTheSameByteForByte() {
        let one = "*1\r\n$4\r\nPING\r\n"
        let length = one.utf8.count
        #expect(count(one, of: length) == 1)
        #expect(count(one + one + one, of: length) == 3)
        #expect(count(one + one + one, of: length, limit: 2) == 2)
        // A part of one is none, nor is one in other letters or of another length.
        #expect(count(one + one.dropLast(), of: length) == 1)
        #expect(count(one + one.lowercased() + one, of: length) == 1)
        #expect(count(one + one + "*1\r\n$4\r\nECHO\r\n" + one, of: length) == 2)
    }

    /// `GET "a\x62"` is rewritten to what another line may look like that asks for something else.
    @Test func inlineRequestsAreNotCounted() {
        #expect(count("PING\r\nPING\r\n", of: 6) == 1)
    }
}

@Suite struct WritingManyIntegersTests {
    @Test func writesWhatOneAfterTheOtherWouldBe() {
        for (first, count, increment) in [(1, 12, 1), (95, 10, 1), (7, 3, 100), (Int64.max - 2, 3, 1), (5, 0, 1)]
            as [(Int64, Int, Int64)]
        {
            var (many, single) = (ReplyWriter(buffer: ByteBuffer()), ReplyWriter(buffer: ByteBuffer()))
            many.writeIntegers(first, count: count, increment: increment)
            for index in 0..<count { single.writeInteger(first + Int64(index) * increment) }
            #expect(many.buffer == single.buffer)
        }
    }
}
