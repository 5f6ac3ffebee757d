import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// The Redis-protocol front: listens, accepts, and ends its connections in good order.
final class RedisFront: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let services: RedisServices
    private let group: any EventLoopGroup
    /// Certificates for new connections; nil: without TLS. Replaced when the certificate files are read anew.
    private let tls: TLSContext?
    private let executors: [ObjectIdentifier: EventLoopExecutor]
    private let state = NIOLockedValueBox(State())
    private let nextID = Atomic<Int64>(1)
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)

    init(_ services: RedisServices, group: any EventLoopGroup, tls: TLSContext?) {
        self.services = services
        self.group = group
        self.tls = tls
        executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) })
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
        guard services.counters.connected(limit: services.options.maximumConnections) else {
            services.counters.disconnected()
            return refuse(channel)
        }
        let key = ObjectIdentifier(channel)
        let isDraining = state.withLockedValue { state in
            state.connections[key] = channel
            return state.isDraining
        }
        channel.closeFuture.whenComplete { _ in
            self.services.counters.disconnected()
            self.state.withLockedValue { _ = $0.connections.removeValue(forKey: key) }
        }
        guard !isDraining, let executor = executors[ObjectIdentifier(channel.eventLoop)] else {
            return channel.close(promise: nil)
        }
        if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.current)) }
        let session = Session(id: nextID.add(1, ordering: .relaxed).oldValue, services: services)
        try channel.pipeline.syncOperations.addHandler(RedisConnectionHandler(session, executor: executor))
    }

    private func refuse(_ channel: any Channel) {
        let text = ByteBuffer(string: "-ERR max number of clients reached\r\n")
        let refused = channel.eventLoop.makePromise(of: Void.self)
        refused.futureResult.whenComplete { _ in channel.close(promise: nil) }
        // The channel becomes active after this initialiser returns.
        channel.eventLoop.execute { channel.writeAndFlush(text, promise: refused) }
    }

    // MARK: - While it runs

    /// Closes connections from which nothing came for the idle time, until the task is cancelled.
    func closeIdleConnections() async {
        guard let idleTimeout = services.options.idleTimeout else { return }
        while !Task.isCancelled {
            do { try await Task.sleep(for: idleTimeout) } catch { return }
            tellAll(.closeIfIdle)
        }
    }

    private func tellAll(_ message: RedisConnectionHandler.Message) {
        for channel in state.withLockedValue(\.connections).values {
            channel.pipeline.fireUserInboundEventTriggered(message)
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
        state.withLockedValue { $0.isDraining = true }
        tellAll(.drain)
        while !state.withLockedValue(\.connections.isEmpty), ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        for channel in state.withLockedValue(\.connections).values { channel.close(promise: nil) }
    }
}
