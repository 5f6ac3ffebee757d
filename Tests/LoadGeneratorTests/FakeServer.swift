import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RESPClient

/// A server on a thread of its own that answers as a test wants it, right or wrong.
struct FakeServer: Sendable {
    let address: RESPAddress

    /// Runs `body` with a server.
    ///
    /// - Parameter answer: The bytes to answer the command of this number with, counted from 1 over all connections; nil to
    ///   close the connection. It may block: then the whole server stands still.
    static func run<Result>(
        answer: @escaping @Sendable (Int) -> String?, body: (FakeServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let count = NIOLockedValueBox(0)
        let outcome: Swift.Result<Result, any Error>
        do {
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 512)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(Answers(count, answer))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let address = RESPAddress.host("127.0.0.1", port: listener.localAddress?.port ?? 0)
            outcome = .success(try await body(FakeServer(address: address)))
        } catch {
            outcome = .failure(error)
        }
        try await group.shutdownGracefully()
        return try outcome.get()
    }

    private final class Answers: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let count: NIOLockedValueBox<Int>
        private let answer: @Sendable (Int) -> String?

        init(_ count: NIOLockedValueBox<Int>, _ answer: @escaping @Sendable (Int) -> String?) {
            self.count = count
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var replies = ByteBuffer()
            // Each command begins with one, and the tests use it for nothing else.
            for byte in unwrapInboundIn(data).readableBytesView where byte == UInt8(ascii: "*") {
                let number = count.withLockedValue {
                    $0 += 1
                    return $0
                }
                guard let text = answer(number) else { return context.close(promise: nil) }
                replies.writeString(text)
            }
            context.writeAndFlush(wrapOutboundOut(replies), promise: nil)
        }
    }
}
