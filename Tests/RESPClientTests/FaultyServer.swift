import NIOCore
import NIOPosix
import RESPClient
import Testing

/// A server that does one wrong thing.
struct FaultyServer: Sendable {
    let address: RESPAddress
    /// What happens there, for one reader.
    let events: AsyncStream<Event>

    enum Event: Hashable, Sendable {
        case received(String)
        case clientClosed
    }

    /// What to do with the bytes of a client: the answer, or nil to say nothing.
    typealias Behaviour = @Sendable (_ received: String) -> Answer

    enum Answer: Sendable {
        case silence
        case send(String)
        case sendAndClose(String)
    }

    /// Runs `body` with a server that behaves so, and ends it.
    static func run<Result>(
        _ behaviour: @escaping Behaviour, body: (FaultyServer) async throws -> Result
    ) async throws -> Result {
        let (events, continuation) = AsyncStream<Event>.makeStream()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(behaviour, continuation))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        do {
            let result = try await body(FaultyServer(address: .host("127.0.0.1", port: port), events: events))
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let behaviour: Behaviour

        private let events: AsyncStream<Event>.Continuation

        init(_ behaviour: @escaping Behaviour, _ events: AsyncStream<Event>.Continuation) {
            self.behaviour = behaviour
            self.events = events
        }

        func channelInactive(context: ChannelHandlerContext) {
            events.yield(.clientClosed)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let received = String(buffer: unwrapInboundIn(data))
            events.yield(.received(received))
            switch behaviour(received) {
            case .silence: break
            case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .sendAndClose(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                context.close(promise: nil)
            }
        }
    }
}
