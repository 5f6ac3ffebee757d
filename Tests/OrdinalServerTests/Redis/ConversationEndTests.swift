import NIOCore
import Ordinal
import RESP
import TestSupport
import Testing

@testable import OrdinalServer

/// The server stops: no command is begun any more, and every one that was begun is answered.
@Suite struct ConversationEndTests {
    @Test func whileReading() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers("INCR a\r\nINCR") == ":1\r\n")
        #expect(dialogue.ends() == "")
        #expect(dialogue.isClosed)
        #expect(dialogue.hears(" a\r\nINCR a\r\n") == "")
        #expect(front.services.sequencer.snapshots().first?.issued == 1)
    }

    @Test func whileSuspended() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        #expect(dialogue.hears("GET b\r\nINCR a\r\nPING\r\n") == "")
        #expect(dialogue.ends() == "")
        #expect(!dialogue.isClosed, "a reply is owed")
        #expect(dialogue.resumes(with: .integer(0)) == ":0\r\n")
        #expect(dialogue.isClosed)
        #expect(front.services.sequencer.snapshots().first?.issued == 1, "no number was taken for what came behind")
    }

    /// A number that comes when its client has gone is a gap, and counted as one.
    @Test(arguments: ["INCR a", "GET a", "INCRBY a 1", "MGET a", "ORDINAL RUN a 1"])
    func aNumberWhoseClientIsGone(command: String) async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(await dialogue.answers("SET a 0\r\n") == "+OK\r\n")
        dialogue.isConnected = false
        _ = await dialogue.answers("\(command)\r\n")
        #expect(front.events.contains("gap_client_gone:1"), "\(front.events)")
        dialogue.isConnected = true
        #expect(await dialogue.answers("INCR a\r\n") == ":2\r\n")
    }

    /// A web page may make a browser send commands in the body of a request.
    @Test func aRequestOfHTTPIsNotListenedTo() async throws {
        for first in [
            "POST / HTTP/1.1", "GET / HTTP/1.1\r\nHost: localhost:6389", "OPTIONS * HTTP/1.0", "Host: localhost",
            "PRI * HTTP/2.0",
        ] {
            let front = try FrontUnderTest()
            let dialogue = Dialogue(front)
            let replies = await dialogue.answers("\(first)\r\n\r\nINCR a\r\n")
            #expect(replies == "-ERR this is the port for Redis clients, and that was HTTP\r\n", "\(first)")
            #expect(dialogue.isClosed)
            #expect(front.services.sequencer.liveCount == 0)
        }
    }

    /// The client was promised as many replies as it has commands in the transaction.
    @Test func insideATransaction() async throws {
        let front = try FrontUnderTest()
        let dialogue = Dialogue(front)
        #expect(
            await dialogue.answers("INCR a\r\nMULTI\r\nINCR a\r\nGET b\r\nINCR a\r\nPING\r\n").hasSuffix("+QUEUED\r\n"))
        #expect(dialogue.hears("EXEC\r\nPING\r\n") == "*4\r\n:2\r\n")
        #expect(dialogue.ends() == "")
        let stopping = "-TRYAGAIN this node is stopping; use another one or try again\r\n"
        #expect(dialogue.resumes(with: .integer(0)) == ":0\r\n" + stopping + stopping)
        #expect(dialogue.isClosed)
        #expect(front.services.sequencer.snapshots().first?.issued == 2)
    }

    /// Between two steps, because what was written had to be sent first.
    @Test func betweenTwoCommandsOfATransaction() async throws {
        var options = RedisOptions()
        options.outputBuffer = 30
        let front = try FrontUnderTest(options)
        var conversation = Conversation(session: Session(id: 1, services: front.services))
        var text = ""
        func take(_ conversation: inout Conversation) {
            let written = conversation.takeOutput(since: .now())
            text += String(decoding: written.readableBytesView, as: UTF8.self)
        }
        var bytes = ByteBuffer(string: "MULTI\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nPING\r\nEXEC\r\n")
        conversation.receive(&bytes)
        while !text.contains("PONG") {
            guard case .flush = conversation.proceed() else {
                throw Failure("what was written was to be sent first")
            }
            take(&conversation)
        }
        conversation.end()
        guard case .close = conversation.proceed() else { throw Failure("the conversation was over") }
        take(&conversation)
        let replies = text.components(after: "*7\r\n")
        #expect(replies.filter { $0 == "+PONG" }.count >= 1)
        #expect(replies.filter { $0.hasPrefix("-TRYAGAIN ") }.count >= 1)
        #expect(replies.count == 7, "\(replies)")
    }

    @Test func twice() throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(dialogue.hears("GET b\r\n") == "")
        #expect(dialogue.ends() == "" && dialogue.ends() == "")
        #expect(dialogue.resumes(with: .integer(0)) == ":0\r\n")
        #expect(dialogue.isClosed)
        #expect(dialogue.ends() == "")
    }
}

extension String {
    /// The lines behind some text.
    fileprivate func components(after text: String) -> [Substring] {
        guard let range = firstRange(of: text) else { return [] }
        return self[range.upperBound...].split(whereSeparator: \.isNewline)
    }
}
