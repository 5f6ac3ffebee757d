import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The Redis-protocol front: listens, accepts, and ends its connections in good order.
final class RedisFront: Sendable {
    private let services: RedisServices
    private let group: any EventLoopGroup
    /// Certificates for new connections; nil: without TLS. Replaced when the certificate files are read anew.
    private let tls: TLSContext?
    private let executors: EventLoopExecutors
    private let nextID = Atomic<Int64>(1)
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)

    private var connections: Connections { services.connections }

    init(_ services: RedisServices, group: any EventLoopGroup, executors: EventLoopExecutors, tls: TLSContext?) {
        self.services = services
        self.group = group
        self.executors = executors
        self.tls = tls
    }

    // MARK: - Listening

    /// Binds the address and begins to accept. Answers the address, with its port if any was to be chosen.
    func start(host: String, port: Int) async throws -> SocketAddress? {
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try self.accept(channel) } }
            .bind(host: host, port: port).get()
        listener.withLockedValue { $0 = channel }
        return channel.localAddress
    }

    private func accept(_ channel: any Channel) throws {
        guard connections.admit(channel) else { return refuse(channel) }
        if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.current)) }
        let session = Session(
            id: nextID.add(1, ordering: .relaxed).oldValue, services: services, remote: channel.remoteAddress,
            local: channel.localAddress)
        let handler = RedisConnectionHandler(session, executor: executors[channel.eventLoop], isSecured: tls != nil)
        try channel.pipeline.syncOperations.addHandler(handler)
        if connections.isDraining {
            channel.eventLoop.execute {
                channel.pipeline.fireUserInboundEventTriggered(RedisConnectionHandler.Message.drain)
            }
        }
    }

    private func refuse(_ channel: any Channel) {
        // Whoever expects TLS understands no text.
        guard tls == nil else { return channel.close(promise: nil) }
        let text = ByteBuffer(string: "-ERR max number of clients reached\r\n")
        let refused = channel.eventLoop.makePromise(of: Void.self)
        refused.futureResult.whenComplete { _ in channel.close(promise: nil) }
        // The channel becomes active after this initialiser returns.
        channel.eventLoop.execute { channel.writeAndFlush(text, promise: refused) }
    }

    // MARK: - While it runs

    /// Closes connections from which no command came for the idle time, until the task is cancelled.
    func closeIdleConnections() async {
        guard let idleTimeout = services.options.idleTimeout else { return }
        while !Task.isCancelled {
            do { try await Task.sleep(for: idleTimeout / RedisConnectionHandler.partsOfIdleTime) } catch { return }
            connections.tellAll(RedisConnectionHandler.Message.idleTimePasses)
        }
    }

    // MARK: - Stopping

    /// Stops listening and ends all connections: no command is begun, what is owed is sent.
    ///
    /// - Parameter limit: After this time what is left is closed all the same.
    func drain(within limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        if let listener = listener.withLockedValue({ $0.take() }) {
            // It may be closed already; that is all that is wanted.
            _ = try? await listener.close().get()
        }
        connections.beginDrain()
        connections.tellAll(RedisConnectionHandler.Message.drain)
        await connections.waitUntilClosed(deadline)
    }
}
