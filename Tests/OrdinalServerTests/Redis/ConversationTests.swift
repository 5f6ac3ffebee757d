import NIOCore
import Ordinal
import RESP
import Testing

@testable import OrdinalServer

@Suite struct ConversationTests {
    @Test func commandsAreDoneInTheirOrder() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        // Nothing behind a command that waits is begun.
        #expect(dialogue.hears("PING\r\nINCR a\r\nECHO x\r\nGET b\r\nPING\r\n") == "+PONG\r\n")
        #expect(dialogue.waitsFor == "INCR")
        #expect(await dialogue.performs() == ":1\r\n$1\r\nx\r\n")
        #expect(dialogue.waitsFor == "GET")
        #expect(await dialogue.performs() == ":0\r\n+PONG\r\n")
        #expect(dialogue.waitsFor == nil)
        #expect(dialogue.bufferedBytes == 0, "an idle connection keeps nothing")
    }

    @Test func numbersInMemoryAreAnsweredAtOnce() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        let commands = String(repeating: "*2\r\n$4\r\nINCR\r\n$1\r\na\r\nGET a\r\n", count: 100)
        let expected = (2...201).map { ":\($0)\r\n" }.joined()
        #expect(dialogue.hears(commands) == expected)
        #expect(dialogue.waitsFor == nil)
    }

    @Test func whatComesMeanwhileIsKept() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(dialogue.hears("INCR a\r\nPI") == "")
        #expect(dialogue.isSuspended)
        #expect(dialogue.hears("NG\r\nECHO") == "")
        #expect(dialogue.hears(" y\r\n") == "")
        #expect(dialogue.bufferedBytes == "PING\r\nECHO y\r\n".utf8.count)
        #expect(dialogue.resumes(with: .integer(7)) == ":7\r\n+PONG\r\n$1\r\ny\r\n")
        #expect(!dialogue.isSuspended)
    }

    @Test func aReplyThatNobodyWaitsForIsNotWritten() throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(dialogue.resumes(with: .integer(1)) == "")
        #expect(dialogue.hears("PING\r\n") == "+PONG\r\n")
    }

    @Test func enoughWrittenIsSentFirst() async throws {
        var options = RedisOptions()
        options.outputBuffer = 70
        let front = try FrontUnderTest(options)
        let dialogue = Dialogue(front)
        #expect(dialogue.hears(String(repeating: "PING\r\n", count: 100)) == String(repeating: "+PONG\r\n", count: 100))
        #expect(dialogue.flushes == 10)
    }

    private static let script = """
        PING\r\n*1\r\n$4\r\nPING\r\n\r\n*0\r\nINCR a\r\n*2\r\n$3\r\nget\r\n$1\r\na\r\nMULTI\r\nINCR b\r\n*2\r\n$4\r\nINCR\r\n$1\r\na\r\n\
        NONSENSE x\r\nEXEC\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nc\r\n$2\r\n41\r\nget c\r\nGET a\r\nEXEC\r\nHELLO 3\r\nMGET a b none\r\n\
        SCAN 0 COUNT 100\r\nECHO "a b\\x41"\r\nGET\r\nGET 'x y'\r\n*2\r\n$3\r\nGET\r\n$4\r\na\r\nb\r\nSET c 1\r\nDEL a b c\r\nDBSIZE\r\n\
        *1\r\n$-5\r\nPING\r\n
        """

    @Test(arguments: [0, 1, 2, 3, 5, 8, 13])
    func howTheBytesComeDoesNotMatter(pieceLength: Int) async throws {
        let bytes = Array(Self.script.utf8)
        let whole = Dialogue(try FrontUnderTest())
        let expected = await whole.answers(bytes)
        #expect(whole.isClosed)
        #expect(expected.hasSuffix("-ERR Protocol error: invalid bulk length\r\n"))
        #expect(expected.contains("+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*3\r\n+OK\r\n:42\r\n:3\r\n%7\r\n"))

        let dialogue = Dialogue(try FrontUnderTest())
        var (answers, rest) = ("", bytes[...])
        while !rest.isEmpty {
            // 0 stands for pieces of every length.
            let count = min(rest.count, pieceLength == 0 ? Int.random(in: 1...20) : pieceLength)
            answers += await dialogue.answers(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        #expect(answers == expected)
        #expect(dialogue.isClosed)
    }

    @Test func unknownCommandsAndWrongArguments() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(
            dialogue.hears("NONSENSE a b\r\n")
                == "-ERR unknown command 'NONSENSE', with args beginning with: 'a' 'b'\r\n")
        #expect(dialogue.hears("GETS a\r\n").hasPrefix("-ERR unknown command 'GETS'"))
        #expect(dialogue.hears("*1\r\n$4\r\nGET\0\r\n").hasPrefix("-ERR unknown command"))
        #expect(dialogue.hears("*1\r\n$0\r\n\r\n").hasPrefix("-ERR unknown command ''"))
        #expect(dialogue.hears("get\r\n") == "-ERR wrong number of arguments for 'get' command\r\n")
        #expect(dialogue.hears("GET a b\r\n") == "-ERR wrong number of arguments for 'get' command\r\n")
        #expect(dialogue.hears("SET a\r\n") == "-ERR wrong number of arguments for 'set' command\r\n")
        #expect(dialogue.hears("PING a b\r\n") == "-ERR wrong number of arguments for 'ping' command\r\n")
        // Text of a client's does not end the reply, however long it is.
        let forged = dialogue.hears("*2\r\n$9\r\nX\r\n+OK\r\nY\r\n$6\r\n\r\n:1\r\n\r\n")
        #expect(forged.filter(\.isNewline).count == 1 && forged.hasSuffix("\r\n"))
        let long = String(repeating: "z", count: 5_000)
        let answer = dialogue.hears(String(repeating: long + " ", count: 12) + "\r\n")
        #expect(answer.hasPrefix("-ERR unknown command 'zzz") && answer.utf8.count < 1_100)
        #expect(!dialogue.isClosed)
    }

    @Test(arguments: [
        ("*x\r\n", "invalid multibulk length"), ("*1500000000\r\n", "invalid multibulk length"),
        ("*2\r\n+OK\r\n", "expected '$', got '+'"), ("*1\r\n$400000000\r\n", "invalid bulk length"),
        ("*1\r\n$-1\r\n", "invalid bulk length"), ("*1\r\n$4\r\nPINGPING\r\n", "expected CRLF after bulk string"),
        ("GET \"a\r\n", "unbalanced quotes in request"),
        (String(repeating: "x", count: 70_000), "too big inline request"),
        ("*" + String(repeating: "1", count: 100), "too big mbulk count string"),
    ])
    func afterAProtocolErrorNothingIsDone(bytes: String, error: String) async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        // What came before it is answered before it, also if that has to wait.
        #expect(
            await dialogue.answers("PING\r\nINCR a\r\n" + bytes) == "+PONG\r\n:1\r\n-ERR Protocol error: \(error)\r\n")
        #expect(dialogue.isClosed)
        #expect(await dialogue.answers("INCR a\r\n") == "")
        #expect(dialogue.bufferedBytes == 0)
    }
}
