import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Stands between one node and one server of its store, and makes the network bad.
final class StoreProxy: Sendable {
    /// What becomes of the bytes.
    enum Mode: Sendable, Equatable {
        /// They are passed on.
        case pass
        /// Nothing moves in either direction, and nothing is lost.
        case stall
        /// Connections are closed as soon as they come.
        case refuse
        /// Requests are passed on, and replies are dropped: the store does what the node never hears of.
        case swallowReplies
    }

    private let listener: any Channel
    private let pairs: NIOLoopBound<ProxyPairs>

    /// The port of 127.0.0.1 where the node finds its store.
    let port: Int

    private init(_ listener: any Channel, _ pairs: NIOLoopBound<ProxyPairs>, port: Int) {
        self.listener = listener
        self.pairs = pairs
        self.port = port
    }

    /// Listens on a free port of this machine.
    static func start(for server: ProxiedLocation.Server, on loop: any EventLoop) async throws -> StoreProxy {
        let pairs = try await loop.submit { NIOLoopBound(ProxyPairs(), eventLoop: loop) }.get()
        let listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 128)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { node in
                // All of it is on one event loop, that of the proxy.
                node.eventLoop.makeCompletedFuture { try pairs.value.accept(node, for: server) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        guard let port = listener.localAddress?.port else { throw TortureError("a proxy has no port") }
        return StoreProxy(listener, pairs, port: port)
    }

    /// Changes what becomes of the bytes from now on. To go on after lost bytes, connections are to be cut.
    func set(_ mode: Mode) {
        pairs.eventLoop.execute { self.pairs.value.set(mode) }
    }

    /// Closes every connection.
    func cut() {
        pairs.eventLoop.execute { self.pairs.value.cut() }
    }

    /// Closes everything.
    func stop() async {
        do { try await listener.close() } catch {
            // It was closed before.
        }
        cut()
    }
}

/// The connections of a proxy. Everything happens on its event loop.
final class ProxyPairs {
    private var mode = StoreProxy.Mode.pass
    private var sides: [ObjectIdentifier: ProxySide] = [:]

    fileprivate func accept(_ node: any Channel, for server: ProxiedLocation.Server) throws {
        guard mode != .refuse else { return node.close(promise: nil) }
        let near = ProxySide(self, isStore: false)
        try node.pipeline.syncOperations.addHandler(near)
        let pairs = NIOLoopBound(self, eventLoop: node.eventLoop)
        let bound = NIOLoopBound(near, eventLoop: node.eventLoop)
        ClientBootstrap(group: node.eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.autoRead, value: false)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { store in
                store.eventLoop.makeCompletedFuture {
                    let far = ProxySide(pairs.value, isStore: true)
                    (far.partner, bound.value.partner) = (bound.value, far)
                    try store.pipeline.syncOperations.addHandler(far)
                }
            }
            .connect(host: server.host, port: server.port)
            .whenComplete { result in
                guard case .success = result, let far = bound.value.partner else { return bound.value.close() }
                far.read()
                bound.value.read()
            }
    }

    func set(_ mode: StoreProxy.Mode) {
        let wasStalled = self.mode == .stall
        self.mode = mode
        if mode == .refuse { cut() }
        guard wasStalled, mode != .stall else { return }
        for side in sides.values where side.partner != nil { side.read() }
    }

    func cut() {
        for side in Array(sides.values) { side.close() }
    }

    fileprivate var isStalled: Bool { mode == .stall }
    fileprivate var swallowsReplies: Bool { mode == .swallowReplies }

    fileprivate func add(_ side: ProxySide) { sides[ObjectIdentifier(side)] = side }
    fileprivate func remove(_ side: ProxySide) { sides[ObjectIdentifier(side)] = nil }
}

/// One end of a connection through a proxy. What it reads it writes to the other end, and then reads on: what is on its way
/// is bounded by one read.
private final class ProxySide: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let pairs: ProxyPairs
    private let isStore: Bool
    private var context: ChannelHandlerContext?
    /// What was read before a stall was noticed.
    private var held: ByteBuffer?
    var partner: ProxySide?

    init(_ pairs: ProxyPairs, isStore: Bool) {
        self.pairs = pairs
        self.isStore = isStore
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        pairs.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        pairs.remove(self)
        partner?.close()
        partner = nil
    }

    /// Asks for bytes, unless nothing may move; what was held goes on first.
    func read() {
        guard !pairs.isStalled else { return }
        if let bytes = held {
            held = nil
            forward(bytes)
        } else {
            context?.read()
        }
    }

    func close() { context?.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        guard !pairs.isStalled, held == nil else {
            if held == nil { held = bytes } else { held?.writeBuffer(&bytes) }
            return
        }
        forward(bytes)
    }

    private func forward(_ bytes: ByteBuffer) {
        guard !(isStore && pairs.swallowsReplies) else { return read() }
        guard let partner, let target = partner.context, let context else { return close() }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        target.writeAndFlush(partner.wrapOutboundOut(bytes)).whenSuccess { bound.value.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
