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
        options.limits.maxRequestLength = 1_024
        let long = Dialogue(try FrontUnderTest(options))
        let echo = "ECHO " + String(repeating: "x", count: 400) + "\r\n"
        #expect(
            long.hears("MULTI\r\n" + echo + echo + echo).hasSuffix(
                "+QUEUED\r\n+QUEUED\r\n"
                    + "-ERR the transaction is longer than 1024 bytes (redis.max_request): send it in parts\r\n"))
        #expect(long.hears("EXEC\r\n").hasPrefix("-EXECABORT "))
    }

    /// A line cannot be longer than an argument may be: what is queued must be done.
    @Test func whatIsQueuedIsDoneWhateverTheLimits() async throws {
        var options = RedisOptions()
        options.limits.maxBulkLength = 1_024
        options.limits.maxRequestLength = 1_024
        let dialogue = Dialogue(try FrontUnderTest(options))
        // In the form in which it is kept this is longer than a request may be.
        let words = String(repeating: "n ", count: 300)
        #expect(dialogue.hears("MULTI\r\nPING\r\n") == "+OK\r\n+QUEUED\r\n")
        #expect(dialogue.hears("EXISTS \(words)\r\n") == "+QUEUED\r\n")
        #expect(await dialogue.answers("EXEC\r\nPING\r\n") == "*2\r\n+PONG\r\n:0\r\n+PONG\r\n")
        let long = "ECHO " + String(repeating: "x", count: 2_000) + "\r\n"
        #expect(dialogue.hears("MULTI\r\n" + long + "INCR a\r\nEXEC\r\n").hasPrefix("+OK\r\n-ERR Protocol error"))
        #expect(dialogue.isClosed)
    }

    /// What stands behind a transaction is not touched for it, however much that is.
    @Test func manyTransactionsInFrontOfMuchElse() throws {
        let behind = String(repeating: "ECHO " + String(repeating: "x", count: 60_000) + "\r\n", count: 200)
        func time(_ text: String, _ reply: String) throws -> Duration {
            let dialogue = Dialogue(try FrontUnderTest())
            let input = Array((String(repeating: text, count: 2_000) + behind).utf8)
            var replies = ""
            let duration = ContinuousClock().measure { replies = dialogue.hears(input) }
            #expect(replies.hasPrefix(String(repeating: reply, count: 2_000) + "$60000\r\n"))
            return duration
        }
        let plain = try time("PING\r\nPING\r\n", "+PONG\r\n+PONG\r\n")
        let transactions = try time("MULTI\r\nPING\r\nEXEC\r\n", "+OK\r\n+QUEUED\r\n*1\r\n+PONG\r\n")
        print("2,000 transactions in front of 12 MB: \(transactions), as many pairs of commands: \(plain)")
        #expect(transactions < plain * 3 + .milliseconds(500))
    }

    /// Behind a transaction that waits for the store more may come in.
    @Test func whatComesInWhileATransactionWaits() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(
            dialogue.hears("MULTI\r\nINCR a\r\nPING\r\nEXEC\r\nECHO b") == "+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n")
        #expect(dialogue.hears("ehind\r\nECHO m") == "")
        #expect(dialogue.resumes(with: .integer(1)) == ":1\r\n+PONG\r\n$6\r\nbehind\r\n")
        #expect(dialogue.hears("ore\r\n") == "$4\r\nmore\r\n")
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
