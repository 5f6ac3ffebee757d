import Foundation
import RESP
import TestSupport

/// Clients that take numbers until they are told to stop, and connect anew when their node comes back.
final class Crowd: Sendable {
    private let isOver: LockedFlag
    private let clients: [Task<Void, any Error>]

    /// - Parameters:
    ///   - count: How many clients; they share the nodes among them.
    ///   - names: The sequences, taken by chance.
    ///   - pause: How long a client rests after each packet, so that one machine can do several things.
    init(
        _ count: Int, on nodes: [Node], of names: [String] = ["a", "b", "c"], noting notebook: Notebook,
        pause: Duration = .milliseconds(1)
    ) {
        let isOver = LockedFlag()
        self.isOver = isOver
        clients = (0..<count).map { index in
            let client = CrowdClient(
                node: nodes[index % nodes.count], names: names, notebook: notebook, pause: pause, isOver: isOver)
            return Task { try await onThread { client.run() } }
        }
    }

    deinit { isOver.raise() }

    /// Ends it; every reply that is owed is waited for.
    func stop() async throws {
        isOver.raise()
        for client in clients { try await client.value }
    }
}

/// One client of a crowd.
private struct CrowdClient: Sendable {
    let node: Node
    let names: [String]
    let notebook: Notebook
    let pause: Duration
    let isOver: LockedFlag

    func run() {
        while !isOver.isRaised {
            // A node that is gone breaks the connection: then there will be another one.
            do { try take(on: try node.client()) } catch { Thread.sleep(forTimeInterval: 0.01) }
        }
    }

    private func take(on socket: RedisSocket) throws {
        var last: [String: Int64] = [:]
        while !isOver.isRaised {
            let name = names[Int.random(in: 0..<names.count)]
            let count = [1, 1, 5, 20][Int.random(in: 0..<4)]
            let begin = ContinuousClock.now
            try socket.send(String(repeating: "INCR \(name)\r\n", count: count))
            for _ in 0..<count {
                let reply = try socket.reply()
                notebook.note(reply, of: name, after: last[name] ?? 0)
                if case .integer(let number) = reply { last[name] = number }
            }
            notebook.note(.now - begin)
            Thread.sleep(forTimeInterval: pause / .seconds(1))
        }
    }
}
