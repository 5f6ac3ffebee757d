import Testing

@testable import OrdinalServer

/// The same command many times in a packet is answered as if each had come alone.
@Suite struct ConversationRepetitionTests {
    private func request(_ words: String...) -> String {
        "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    }

    private func numbers(_ range: ClosedRange<Int>) -> String { range.map { ":\($0)\r\n" }.joined() }

    @Test func oneReplyEach() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        let incr = request("INCR", "a")
        #expect(await dialogue.answers(incr) == ":1\r\n")
        #expect(dialogue.hears(String(repeating: incr, count: 100)) == numbers(2...101))
        // Whatever stands between, behind, or in pieces.
        let mixed = incr + incr + request("PING") + incr + request("GET", "a") + request("GET", "a") + incr
        #expect(dialogue.hears(mixed) == ":102\r\n:103\r\n+PONG\r\n:104\r\n:105\r\n:106\r\n:107\r\n")
        #expect(dialogue.hears(incr + incr + String(incr.dropLast(3))) == ":108\r\n:109\r\n")
        #expect(dialogue.hears(String(incr.suffix(3))) == ":110\r\n")
        #expect(dialogue.hears("INCR a\r\nINCR a\r\nINCR b\r\n").hasPrefix(":111\r\n:112\r\n"))
    }

    /// The numbers end in the middle of a packet: those that are there come at once, the others in their order.
    @Test func aSegmentEndsAmongThem() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        let incr = request("INCR", "a")
        #expect(await dialogue.answers(String(repeating: incr, count: 2_500)) == numbers(1...2_500))
    }

    @Test func transactionsAreExecutedAsTheyWereQueued() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        let incr = request("INCR", "a")
        #expect(await dialogue.answers(incr) == ":1\r\n")
        let transaction = request("MULTI") + incr + incr + incr + request("EXEC")
        let replies = dialogue.hears(transaction + incr + incr)
        #expect(
            replies == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n")
    }

    /// What is written is sent before more is done, however many there are.
    @Test func theOutputBufferIsBounded() async throws {
        var options = RedisOptions()
        options.outputBuffer = 320
        let dialogue = Dialogue(try FrontUnderTest(options))
        let incr = request("INCR", "a")
        #expect(await dialogue.answers(incr) == ":1\r\n")
        #expect(await dialogue.answers(String(repeating: incr, count: 900)) == numbers(2...901))
        // Some 5,300 bytes; each reply has six at most, and one of them may be the one too many.
        #expect((15...90).contains(dialogue.flushes), "\(dialogue.flushes) portions")
    }

    @Test func ofASequenceThatIsNotThere() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers(String(repeating: request("GET", "none"), count: 3)) == ":0\r\n:0\r\n:0\r\n")
    }
}
