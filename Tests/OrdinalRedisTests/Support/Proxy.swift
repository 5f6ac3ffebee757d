import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Testing

/// A proxy between a client and a server that does bad things to what it carries.
final class Proxy: Sendable {
    enum Mode: Hashable, Sendable {
        case pass
        /// Carry the request that contains this text, and close both sides instead of carrying the reply.
        case loseReply(to: String)
        /// Keep the request that contains this text, and all after it on that connection until the mode is ``pass``.
        case keep(String)
        /// Close every connection, and every new one at once.
        case away
    }

    let port: Int
    fileprivate let target: Int
    fileprivate let state = NIOLockedValueBox(State())
    private let server: any Channel

    fileprivate struct State {
        var mode = Mode.pass
        var clients: [any Channel] = []
        var kept: [(channel: any Channel, bytes: ByteBuffer)] = []
        /// How often a mode had its way.
        var count = 0
    }

    static func start(to target: Int) async throws -> Proxy {
        let box = NIOLockedValueBox<Proxy?>(nil)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                guard let proxy = box.withLockedValue({ $0 }) else { return channel.close() }
                return proxy.accept(channel)
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = Proxy(channel, target: target)
        box.withLockedValue { $0 = proxy }
        channel.closeFuture.whenComplete { _ in box.withLockedValue { $0 = nil } }
        return proxy
    }

    private init(_ server: any Channel, target: Int) {
        self.server = server
        self.target = target
        port = server.localAddress?.port ?? 0
    }

    /// How often a reply was lost or a request kept.
    var count: Int { state.withLockedValue(\.count) }

    func set(_ mode: Mode) {
        let clients = state.withLockedValue { state in
            state.mode = mode
            return mode == .away ? state.clients : []
        }
        for client in clients { client.close(promise: nil) }
    }

    /// Carries what was kept, even if the client is gone.
    func deliver() async throws {
        let kept = state.withLockedValue { state in
            defer { state.kept = [] }
            return state.kept
        }
        for (channel, bytes) in kept { try await channel.writeAndFlush(bytes) }
    }

    func close() async throws {
        set(.away)
        try await server.close()
    }

    private func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        guard state.withLockedValue({ $0.mode }) != .away else { return client.close() }
        return ClientBootstrap(group: client.eventLoop)
            .connect(host: "127.0.0.1", port: target)
            .flatMapThrowing { server in
                let link = Link(self, client: client, server: server)
                try server.pipeline.syncOperations.addHandler(FromServer(link))
                try client.pipeline.syncOperations.addHandler(FromClient(link))
                self.state.withLockedValue { $0.clients.append(client) }
                try client.syncOptions?.setOption(.autoRead, value: true)
            }
    }
}

/// One connection through a proxy. All of it runs on one event loop.
private final class Link {
    let proxy: Proxy
    let client: any Channel
    let server: any Channel
    var losesReply = false
    var keeps = false

    init(_ proxy: Proxy, client: any Channel, server: any Channel) {
        (self.proxy, self.client, self.server) = (proxy, client, server)
    }
}

private final class FromClient: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let link: Link
    init(_ link: Link) { self.link = link }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        let text = String(buffer: bytes)
        let isKept = link.proxy.state.withLockedValue { state in
            switch state.mode {
            case .loseReply(let part) where text.contains(part):
                state.count += 1
                link.losesReply = true
            case .keep(let part) where text.contains(part):
                state.count += 1
                link.keeps = true
            case .pass: link.keeps = false
            default: break
            }
            if link.keeps { state.kept.append((link.server, bytes)) }
            return link.keeps
        }
        if !isKept { link.server.writeAndFlush(bytes, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // What is kept is still to be delivered.
        if !link.keeps { link.server.close(promise: nil) }
    }
}

private final class FromServer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let link: Link
    init(_ link: Link) { self.link = link }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if link.losesReply {
            link.client.close(promise: nil)
            context.close(promise: nil)
        } else {
            link.client.writeAndFlush(unwrapInboundIn(data), promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { link.client.close(promise: nil) }
}
