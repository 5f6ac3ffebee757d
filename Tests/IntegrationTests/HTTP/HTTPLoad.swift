import Foundation
import RESP
import TestSupport
import Testing

/// Clients that take numbers over HTTP until the server goes away, and note every one that they got.
struct HTTPLoad: Sendable {
    /// How a client asks.
    enum Habit: Sendable {
        case alloc(Int)
        case next(Int)
        /// So many requests at once.
        case pipelined(Int)
        /// A new connection for each request.
        case connecting
        /// The other front.
        case redis
    }

    static let habits: [Habit] = [.alloc(1), .alloc(7), .next(1), .next(3), .pipelined(20), .connecting, .redis]

    let port: Int
    let redisPort: Int
    var names = ["a", "b", "c"]
    private let begun = Self.habits.map { _ in LockedFlag() }

    init(_ server: OrdinalProcess) { (port, redisPort) = (server.httpPort, server.port) }

    /// Waits until every client has got what it asked for first: what comes then comes in the middle of its work.
    func isUnderWay() async throws {
        try await eventually("every client has had an answer") { begun.allSatisfy(\.isRaised) }
    }

    /// Takes numbers until the server is gone for every client.
    func takings() async throws -> [Taking] {
        try await withThrowingTaskGroup { group in
            for (habit, hasBegun) in zip(Self.habits, begun) {
                group.addTask { try await onThread { takeUntilTheEnd(habit, hasBegun) } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func takeUntilTheEnd(_ habit: Habit, _ hasBegun: LockedFlag) -> Taking {
        var taking = Taking()
        do {
            switch habit {
            case .redis:
                let socket = try RedisSocket(port: redisPort)
                while true {
                    let name = names[Int.random(in: 0..<names.count)]
                    // A server that closes may refuse what comes after.
                    do { try socket.send("INCR \(name)\r\n") } catch {}
                    guard let reply = try socket.replyIfAny() else { return taking }
                    taking.note(reply, of: name)
                    hasBegun.raise()
                }
            case .connecting:
                while true {
                    guard let socket = try? HTTPSocket(port: port) else { return taking }
                    guard try take(1, .alloc(1), on: socket, &taking) else { return taking }
                    hasBegun.raise()
                }
            case .pipelined(let count):
                let socket = try HTTPSocket(port: port)
                while try take(count, .next(1), on: socket, &taking) { hasBegun.raise() }
            case .alloc, .next:
                let socket = try HTTPSocket(port: port)
                while try take(1, habit, on: socket, &taking) { hasBegun.raise() }
            }
        } catch {
            taking.breakage = "\(error)"
        }
        return taking
    }

    /// Sends requests at once; false when the server has closed.
    private func take(_ requests: Int, _ habit: Habit, on socket: HTTPSocket, _ taking: inout Taking) throws -> Bool {
        let asked = (0..<requests).map { _ in names[Int.random(in: 0..<names.count)] }
        let text = asked.map { name in
            switch habit {
            case .alloc(let count):
                HTTPSocket.text("POST", "/alloc", body: "{\"serviceName\":\"\(name)\",\"count\":\(count)}")
            case .next(let count): HTTPSocket.text("POST", "/v1/sequences/\(name)/next?count=\(count)")
            default: ""
            }
        }
        do { try socket.send(text.joined()) } catch {}
        for name in asked {
            guard let answer = try socket.answerIfAny() else { return false }
            guard answer.status == 200 else {
                taking.refusals.append("\(answer.status) \(answer.body)")
                continue
            }
            if case .alloc = habit {
                taking.numbers[name, default: []] += try answer.decode(AllocAnswer.self).data?.ids ?? []
            } else {
                taking.numbers[name, default: []] += try answer.decode(NextAnswer.self).numbers ?? []
            }
        }
        return true
    }
}
