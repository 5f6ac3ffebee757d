import ChildProcesses
import Glibc
import NIOCore

/// The nodes, and what is done to them, told to the load as well.
final class Fleet: Sendable {
    /// How long a node may take to take connections after it was started. A machine that tortures is busy.
    static let startLimit = Duration.seconds(60)
    /// How long a clean stop may take: the nodes' own limit is 10 seconds.
    static let stopLimit = Duration.seconds(30)

    let nodes: [Node]
    let history: History
    let load: NIOLoopBound<Load>

    init(_ nodes: [Node], _ load: NIOLoopBound<Load>, _ history: History) {
        self.nodes = nodes
        self.load = load
        self.history = history
    }

    /// Asks the load something, or tells it.
    func ask<Answer: Sendable>(_ question: @escaping @Sendable (Load) -> Answer) async -> Answer {
        let load = load
        return await withCheckedContinuation { continuation in
            load.eventLoop.execute { continuation.resume(returning: question(load.value)) }
        }
    }

    /// Starts a node and waits until it takes connections.
    ///
    /// - Returns: Whether it does.
    @discardableResult
    func start(_ index: Int) async -> Bool {
        let node = nodes[index]
        do throws(TortureError) { try node.start() } catch {
            await violate(.node, "\(error)")
            return false
        }
        await ask { $0.nodeStarts(index) }
        let deadline = ContinuousClock.now + Self.startLimit
        while ContinuousClock.now < deadline {
            if await ask({ $0.isUp(index) }) { return true }
            if let end = node.end {
                await violate(.node, "node \(index) ended with \(end) when it was started: \(node.lastWords())")
                return false
            }
            await pause(.milliseconds(20))
        }
        await violate(.node, "node \(index) took no connection within \(Self.startLimit): \(node.lastWords())")
        return false
    }

    /// Ends a node at once and starts it again.
    func kill(_ index: Int, awayFor duration: Duration) async {
        await ask { $0.nodeStops(index) }
        nodes[index].signal(SIGKILL)
        _ = await nodes[index].waitForEnd(atMost: Self.stopLimit)
        await pause(duration)
        await start(index)
    }

    /// Stops a node cleanly and starts it again.
    func stop(_ index: Int, awayFor duration: Duration) async {
        await end(index)
        await pause(duration)
        await start(index)
    }

    /// Stops a node cleanly.
    ///
    /// - Returns: Whether it ended as it should.
    @discardableResult
    func end(_ index: Int) async -> Bool {
        let node = nodes[index]
        await ask { $0.nodeStops(index) }
        node.signal(SIGTERM)
        let end = await node.waitForEnd(atMost: Self.stopLimit)
        if end == .exit(0) { return true }
        if let end {
            await violate(.node, "node \(index) was stopped and ended with \(end): \(node.lastWords())")
        } else {
            await violate(.node, "node \(index) did not stop within \(Self.stopLimit): \(node.lastWords())")
            node.signal(SIGKILL)
            _ = await node.waitForEnd(atMost: Self.stopLimit)
        }
        return false
    }

    func pauseNode(_ index: Int, for duration: Duration) async {
        await ask { $0.nodePauses(index) }
        nodes[index].signal(SIGSTOP)
        await pause(duration)
        nodes[index].signal(SIGCONT)
        await ask { $0.nodeGoesOn(index) }
    }

    /// A node ended that nothing was done to.
    func endedByItself(_ index: Int, _ end: ChildProcess.End) async {
        await violate(.node, "node \(index) ended by itself with \(end): \(nodes[index].lastWords())")
        await ask { $0.nodeStops(index) }
        await start(index)
    }

    /// Leaves no process behind, whatever state it is in.
    func killAll() async {
        for node in nodes { node.signal(SIGKILL) }
        for node in nodes { _ = await node.waitForEnd(atMost: Self.stopLimit) }
    }

    func violate(_ kind: Violation.Kind, _ text: String) async {
        history.add("violation \(kind.rawValue): \(text)")
        await ask { $0.violate(kind, text) }
    }
}
