import NIOCore
import RESP
import SeededRandom

/// All clients, what they are told to send, and what came of it. Everything happens on one event loop, so that the order
/// of requests and replies is known.
final class Load {
    /// What a node is in the middle of, as its clients have to know it.
    private enum NodeState {
        case down
        case starting
        /// Since when, in nanoseconds, it has not been disturbed.
        case up(calmSince: Int64)
        case paused
    }

    let eventLoop: any EventLoop
    let names: [String]
    let writer: RequestWriter
    let pipeline: Int
    private let ports: [Int]
    private let waitLimit: Int64
    private let start = Int64(NIODeadline.now().uptimeNanoseconds)
    private var nodes: [NodeState]
    private var clients: [LoadClient] = []
    private var lastTick: Int64 = 0
    private var ticking: RepeatedTask?

    var checker: NumberChecker
    private(set) var counts = LoadCounts()
    private(set) var mix = CommandMix.single
    /// Which sequences are asked for at the moment; none: nothing is sent.
    private(set) var sequences = 0..<0

    /// - Parameter waitLimit: How long a request may wait at most for one number.
    init(
        names: [String], ports: [Int], connections: Int, pipeline: Int, waitLimit: Duration, seed: UInt64,
        on eventLoop: any EventLoop
    ) {
        self.eventLoop = eventLoop
        self.names = names
        self.ports = ports
        self.pipeline = pipeline
        self.waitLimit = Int64(waitLimit / .nanoseconds(1))
        writer = RequestWriter(names: names)
        nodes = Array(repeating: .down, count: ports.count)
        checker = NumberChecker(nodes: ports.count, sequences: names.count)
        for index in 0..<connections * ports.count {
            let random = SeededRandom(seed: seed &+ UInt64(index) &* 0x1000_0000_0000_0001)
            clients.append(LoadClient(self, node: index % ports.count, index: index / ports.count, random: random))
        }
        let load = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(100), delay: .milliseconds(100)) { _ in
            load.value.tick()
        }
    }

    /// Nanoseconds since the beginning.
    var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) - start }
    /// Seconds since the beginning.
    var second: Double { Double(now / 1_000_000) / 1000 }

    // MARK: - What is to be done

    /// Sends requests for these sequences from now on.
    func ask(_ mix: CommandMix, for sequences: Range<Int>) {
        (self.mix, self.sequences) = (mix, sequences)
        for client in clients { client.proceed() }
    }

    func nodeStarts(_ node: Int) {
        nodes[node] = .starting
        for client in clients where client.node == node { client.connect() }
    }

    /// The node is to answer as long as it can, and nobody connects to it again.
    func nodeStops(_ node: Int) { nodes[node] = .down }

    func nodePauses(_ node: Int) { nodes[node] = .paused }

    func nodeGoesOn(_ node: Int) { nodes[node] = .up(calmSince: now) }

    /// Whether it has taken a connection since it was started.
    func isUp(_ node: Int) -> Bool { if case .up = nodes[node] { true } else { false } }

    func hasConnections(to node: Int) -> Bool { clients.contains { $0.node == node && $0.isConnected } }

    func end() {
        sequences = 0..<0
        ticking?.cancel()
        for node in nodes.indices { nodes[node] = .down }
        for client in clients { client.close() }
    }

    // MARK: - What clients tell

    /// Where to connect; nil if not at the moment.
    func port(of node: Int) -> Int? { if case .down = nodes[node] { nil } else { ports[node] } }

    func connected(to node: Int) { if case .starting = nodes[node] { nodes[node] = .up(calmSince: now) } }

    func answered(_ request: Request, after lastReply: Int64, at now: Int64, by client: LoadClient) {
        counts.replies += 1
        guard let wait = wait(request, after: lastReply, at: now, client.node) else { return }
        counts.longestWait = max(counts.longestWait, wait)
        if wait > request.waits * waitLimit { violateWait(wait, request, client) }
    }

    func isOverdue(_ request: Request, after lastReply: Int64, by client: LoadClient) -> Bool {
        guard let wait = wait(request, after: lastReply, at: now, client.node), wait > request.waits * waitLimit else {
            return false
        }
        counts.longestWait = max(counts.longestWait, wait)
        violateWait(wait, request, client)
        return true
    }

    /// How long the node has been at a request; nil if it was kept from answering.
    private func wait(_ request: Request, after lastReply: Int64, at now: Int64, _ node: Int) -> Int64? {
        guard case .up(let calmSince) = nodes[node] else { return nil }
        return now - max(request.sent, lastReply, calmSince)
    }

    private func violateWait(_ wait: Int64, _ request: Request, _ client: LoadClient) {
        violate(
            .wait,
            "\(names[request.sequence]) was waited for \(Double(wait / 1_000_000) / 1000) s by client \(client.index) "
                + "of node \(client.node)")
    }

    func failed(_ text: String) { counts.failed(text) }

    func lost(_ requests: Int) { counts.unanswered += requests }

    func violate(_ kind: Violation.Kind, _ text: String) { checker.violate(kind, at: second, text) }

    private func tick() {
        let now = now
        // When this process was itself kept waiting, nobody can say who was late.
        if now - lastTick > 500_000_000 {
            for node in nodes.indices { if case .up = nodes[node] { nodes[node] = .up(calmSince: now) } }
        } else {
            for client in clients { client.checkWait() }
        }
        lastTick = now
    }
}
