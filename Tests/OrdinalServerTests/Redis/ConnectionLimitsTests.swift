import NIOCore
import NIOEmbedded
import NIOTLS
import Ordinal
import TestSupport
import Testing

@testable import OrdinalServer

/// What a connection does when time goes by or too much comes in: over a channel whose clock is in the test's hand.
@Suite struct ConnectionLimitsTests {
    private let front: FrontUnderTest
    private let loop = NIOAsyncTestingEventLoop()
    private let channel: NIOAsyncTestingChannel

    init() throws {
        front = try FrontUnderTest(passwords: Credentials.Passwords(admin: "secret"))
        channel = NIOAsyncTestingChannel(loop: loop)
    }

    private func connect(isSecured: Bool = false, role: Role? = nil) async throws {
        let (front, channel, loop) = (front, channel, loop)
        try await loop.executeInContext {
            var session = Session(id: 1, services: front.services)
            session.role = role
            try channel.pipeline.syncOperations.addHandler(
                RedisConnectionHandler(session, executor: EventLoopExecutor(loop), isSecured: isSecured))
        }
        try await channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
    }

    private func send(_ text: String) async throws { try await channel.writeInbound(ByteBuffer(string: text)) }

    /// Everything that was sent to the client.
    private func replies() async throws -> String {
        var text = ""
        while let bytes = try await channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
        return text
    }

    @Test func aStrangerIsNotWaitedForForever() async throws {
        try await connect()
        // However much it has to say.
        for _ in 0..<9 {
            await loop.advanceTime(by: .seconds(1))
            try await send("PING\r\n")
        }
        #expect(try await replies().hasSuffix("-NOAUTH Authentication required.\r\n"))
        await loop.advanceTime(by: .seconds(1))
        #expect(try await replies() == "-ERR no authentication within 10 seconds\r\n")
        await loop.advanceTime(by: .seconds(5))
        #expect(!channel.isActive)
    }

    @Test func whoForgetsWhoTheyWereIsAStrangerAgain() async throws {
        try await connect()
        try await send("AUTH secret\r\n")
        await loop.advanceTime(by: .seconds(60))
        try await send("RESET\r\n")
        await loop.advanceTime(by: .seconds(9))
        #expect(try await replies() == "+OK\r\n+RESET\r\n")
        await loop.advanceTime(by: .seconds(1))
        #expect(try await replies() == "-ERR no authentication within 10 seconds\r\n")
        await loop.advanceTime(by: .seconds(5))
        #expect(!channel.isActive)
    }

    @Test func whoSaysWhoTheyAreMayStay() async throws {
        try await connect()
        try await send("AUTH secret\r\n")
        await loop.advanceTime(by: .seconds(60))
        try await send("PING\r\n")
        #expect(try await replies() == "+OK\r\n+PONG\r\n")
        _ = try await channel.finish()
    }

    @Test func aHandshakeThatDoesNotEndIsEnded() async throws {
        try await connect(isSecured: true, role: .admin)
        await loop.advanceTime(by: .seconds(10))
        #expect(!channel.isActive)
    }

    @Test func whoHasShakenHandsMayStay() async throws {
        try await connect(isSecured: true, role: .admin)
        let channel = channel
        try await loop.executeInContext {
            channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
        }
        await loop.advanceTime(by: .seconds(60))
        #expect(channel.isActive)
        _ = try await channel.finish()
    }

    /// Bytes are no commands: half of one a second keeps no place.
    @Test func whoeverOnlySendsBytesIsIdle() async throws {
        try await connect(role: .admin)
        let channel = channel
        func timePasses() async throws {
            try await loop.executeInContext {
                channel.pipeline.fireUserInboundEventTriggered(RedisConnectionHandler.Message.idleTimePasses)
            }
        }
        for _ in 0..<10 {
            try await send("PING\r\n")
            try await timePasses()
        }
        for text in ["*1\r\n", "$4\r\n", "P", "I"] {
            #expect(channel.isActive)
            try await send(text)
            try await timePasses()
        }
        #expect(channel.isActive, "not yet all of the time")
        try await timePasses()
        #expect(!channel.isActive)
    }

    /// At the end of the input everything is there at once; there is a bound to what is kept.
    @Test func aFloodBehindACommandThatWaits() async throws {
        await front.store.hold()
        try await connect(role: .admin)
        try await send("INCR a\r\n")
        await loop.run()
        try await eventually("it waits") { await front.store.held == 1 }
        // What one turn of the event loop may bring is no flood.
        try await send(String(repeating: "PING\r\n", count: 1 << 16))
        #expect(channel.isActive)
        try await send(String(repeating: "PING\r\n", count: 1 << 19))
        #expect(try await replies() == "-ERR more than 2097152 bytes came in behind a command that waits\r\n")
        await loop.advanceTime(by: .seconds(5))
        #expect(!channel.isActive)
        await front.store.letGo()
        // Nobody took the number of a client that was cut off.
        #expect(try await front.services.sequencer.next(SequenceName("a")).first == 1)
    }
}
