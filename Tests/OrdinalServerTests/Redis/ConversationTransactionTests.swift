import Ordinal
import RESP
import Testing

@testable import OrdinalServer

@Suite struct ConversationTransactionTests {
    @Test func commandsWaitForEXEC() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(dialogue.hears("MULTI\r\nPING\r\nECHO x\r\nINCR a\r\n") == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n")
        #expect(front.services.sequencer.liveCount == 0)
        #expect(await dialogue.answers("EXEC\r\nPING\r\n") == "*3\r\n+PONG\r\n$1\r\nx\r\n:1\r\n+PONG\r\n")
        #expect(dialogue.hears("MULTI\r\nEXEC\r\n") == "+OK\r\n*0\r\n")
    }

    @Test func aCommandInsideWaitsForTheStore() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        let sent = "MULTI\r\nPING\r\nINCR a\r\nPING\r\nGET b\r\nEXEC\r\nECHO behind\r\n"
        #expect(dialogue.hears(sent) == "+OK\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n+QUEUED\r\n*4\r\n+PONG\r\n")
        #expect(dialogue.waitsFor == "INCR")
        #expect(dialogue.hears("ECHO more\r\n") == "")
        #expect(dialogue.resumes(with: .integer(5)) == ":5\r\n+PONG\r\n")
        #expect(dialogue.waitsFor == "GET")
        #expect(
            dialogue.resumes(with: .error(ErrorReply("TRYAGAIN later")))
                == "-TRYAGAIN later\r\n$6\r\nbehind\r\n$4\r\nmore\r\n")
    }

    @Test func refusedCommandsSpoilIt() async throws {
        for spoiler in ["NONSENSE", "GET", "SET a"] {
            let dialogue = Dialogue(try FrontUnderTest())
            #expect(dialogue.hears("MULTI\r\nINCR a\r\n\(spoiler)\r\n").hasPrefix("+OK\r\n+QUEUED\r\n-ERR "))
            #expect(dialogue.hears("EXEC\r\n") == "-EXECABORT Transaction discarded because of previous errors.\r\n")
            #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n", "nothing of it was done")
        }
    }

    @Test func beginningAndForgetting() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(dialogue.hears("EXEC\r\n") == "-ERR EXEC without MULTI\r\n")
        #expect(dialogue.hears("DISCARD\r\n") == "-ERR DISCARD without MULTI\r\n")
        #expect(dialogue.hears("MULTI\r\nMULTI\r\n") == "+OK\r\n-ERR MULTI calls can not be nested\r\n")
        #expect(dialogue.hears("INCR a\r\nDISCARD\r\n") == "+QUEUED\r\n+OK\r\n")
        #expect(dialogue.hears("WATCH a\r\n").hasPrefix("-ERR WATCH is not supported"))
        #expect(dialogue.hears("UNWATCH\r\n") == "+OK\r\n", "clients send it by themselves; nothing is watched")
        #expect(
            dialogue.hears("MULTI\r\nINCR a\r\nRESET\r\nEXEC\r\n")
                == "+OK\r\n+QUEUED\r\n+RESET\r\n-ERR EXEC without MULTI\r\n")
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        #expect(dialogue.hears("MULTI\r\nINCR a\r\nQUIT\r\nEXEC\r\n") == "+OK\r\n+QUEUED\r\n+OK\r\n")
        #expect(dialogue.isClosed)
    }

    /// What is queued takes memory, so there is an end to it.
    @Test func itsLengthIsBounded() async throws {
        var options = RedisOptions()
        options.limits.maxArguments = 10
        let many = Dialogue(try FrontUnderTest(options))
        let queued = many.hears("MULTI\r\n" + String(repeating: "PING\r\n", count: 11))
        #expect(
            queued == "+OK\r\n" + String(repeating: "+QUEUED\r\n", count: 10) + "-ERR the transaction is too long\r\n")
        #expect(many.hears("EXEC\r\n").hasPrefix("-EXECABORT "))

        options = RedisOptions()
        options.limits.maxRequestLength = 1_024
        let long = Dialogue(try FrontUnderTest(options))
        let echo = "ECHO " + String(repeating: "x", count: 400) + "\r\n"
        #expect(
            long.hears("MULTI\r\n" + echo + echo + echo).hasSuffix(
                "+QUEUED\r\n+QUEUED\r\n-ERR the transaction is too long\r\n"))
        #expect(long.hears("EXEC\r\n").hasPrefix("-EXECABORT "))
    }

    /// A command on one line is put into another form when it is queued; no limit may strike it there.
    @Test func inlineCommandsAreQueuedWhole() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        let words = (1...3_000).map { "n\($0 % 10)" }.joined(separator: " ")
        #expect(dialogue.hears("MULTI\r\nEXISTS \(words)\r\n") == "+OK\r\n+QUEUED\r\n")
        #expect(await dialogue.answers("EXEC\r\nPING\r\n") == "*1\r\n:0\r\n+PONG\r\n")
        #expect(!dialogue.isClosed)
    }

    @Test func theProtocolCannotChangeInside() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(
            dialogue.hears("MULTI\r\nCLIENT GETNAME\r\nHELLO 3\r\n")
                == "+OK\r\n+QUEUED\r\n-ERR Command not allowed inside a transaction\r\n")
        #expect(dialogue.hears("EXEC\r\n").hasPrefix("-EXECABORT "))
        #expect(dialogue.hears("CLIENT GETNAME\r\n") == "$-1\r\n", "still version 2")
    }
}
