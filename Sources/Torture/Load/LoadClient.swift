import NIOCore
import NIOPosix
import RESP
import SeededRandom

/// A client of one node, which connects again whenever its connection is lost. Everything happens on the load's event loop.
final class LoadClient {
    let node: Int
    let index: Int
    private let load: Load
    private var random: SeededRandom
    /// How long it rests between two batches.
    private let rest: TimeAmount
    private var connection: LoadConnection?
    private var isConnecting = false

    init(_ load: Load, node: Int, index: Int, random: SeededRandom) {
        (self.load, self.node, self.index, self.random) = (load, node, index, random)
        // Some hurry and some dawdle, so that nodes see both.
        rest = [.nanoseconds(0), .milliseconds(1), .milliseconds(5), .milliseconds(20)][index % 4]
    }

    var isConnected: Bool { connection != nil }

    /// Connects, if there is no connection and there is to be one.
    func connect() {
        guard connection == nil, !isConnecting, let port = load.port(of: node) else { return }
        isConnecting = true
        let handler = LoadConnection(self, load)
        let boundHandler = NIOLoopBound(handler, eventLoop: load.eventLoop)
        let client = NIOLoopBound(self, eventLoop: load.eventLoop)
        ClientBootstrap(group: load.eventLoop)
            .connectTimeout(.seconds(2))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(boundHandler.value)
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .whenComplete { result in
                client.value.isConnecting = false
                switch result {
                case .success: client.value.connected(boundHandler.value)
                case .failure: client.value.connectLater()
                }
            }
    }

    private func connected(_ handler: LoadConnection) {
        guard handler.isOpen else { return connectLater() }
        connection = handler
        load.connected(to: node)
        proceed()
    }

    /// The connection is gone.
    func lost(_ handler: LoadConnection) {
        guard handler === connection else { return }
        connection = nil
        connectLater()
    }

    private func connectLater() {
        guard load.port(of: node) != nil else { return }
        let client = NIOLoopBound(self, eventLoop: load.eventLoop)
        load.eventLoop.scheduleTask(in: .milliseconds(20)) { client.value.connect() }
    }

    func close() { connection?.close() }

    /// Every request is answered.
    func answered() {
        guard rest > .nanoseconds(0) else { return proceed() }
        let client = NIOLoopBound(self, eventLoop: load.eventLoop)
        load.eventLoop.scheduleTask(in: rest) { client.value.proceed() }
    }

    /// Sends the next batch.
    func proceed() {
        guard let connection, connection.isIdle, !load.sequences.isEmpty else { return }
        let count = 1 + random.next(below: load.pipeline)
        for _ in 0..<count { connection.append(&random) }
        connection.send()
    }

    /// Looks whether the oldest request waits for too long.
    func checkWait() { connection?.checkWait() }
}
