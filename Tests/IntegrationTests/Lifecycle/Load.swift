import Foundation
import RESP
import SeededRandom
import TestSupport

/// Clients that take numbers until the server goes away, and note every one that they got.
struct Load {
    /// How a client asks.
    enum Habit: Hashable, Sendable {
        /// One command, one reply.
        case single
        /// So many commands at once, on all sequences.
        case pipelined(Int)
        /// So many commands between MULTI and EXEC.
        case transactions(Int)
        /// INCRBY.
        case runs
    }

    /// Those that leave no gap at a clean stop: a run may pass numbers over.
    static let gapless: [Habit] = [.single, .single, .pipelined(10), .pipelined(100), .transactions(5)]
    static let all = gapless + [.runs]

    private let clients: [LoadClient]

    /// Connects all clients. They begin with ``takings()``.
    init(port: Int, habits: [Habit], sequences: [String] = ["a", "b", "c"], random: inout SeededRandom) throws {
        clients = try habits.map { habit in
            let socket = try RedisSocket(port: port)
            guard try socket.command("PING") == .simple("PONG") else { throw Failure("no PONG") }
            return LoadClient(socket, habit, sequences, SeededRandom(seed: random.next()))
        }
    }

    /// Waits until every client has got what it asked for first: what comes then comes in the middle of its work.
    func isUnderWay() async throws {
        try await eventually("every client has had a reply") { clients.allSatisfy(\.hasBegun.isRaised) }
    }

    /// Takes numbers until the server is gone for every client.
    func takings() async throws -> [Taking] {
        try await withThrowingTaskGroup { group in
            for client in clients { group.addTask { try await onThread { client.takeUntilTheEnd() } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }
}

/// What one client got.
struct Taking: Sendable {
    /// The numbers of each sequence in the order in which they came.
    var numbers: [String: [Int64]] = [:]
    /// Replies that are errors.
    var refusals: [String] = []
    /// How the connection broke; nil if the server closed it in good order.
    var breakage: String?

    mutating func note(_ reply: RESPValue, of sequence: String, count: Int64 = 1) {
        switch reply {
        case .integer(let last): numbers[sequence, default: []] += (last - count + 1)...last
        case .error(let error): refusals.append("\(error)")
        default: refusals.append("an unexpected reply: \(reply)")
        }
    }
}

/// One client of a load.
///
/// `@unchecked Sendable`: made by one thread and then used by one other only, but for the flag.
private final class LoadClient: @unchecked Sendable {
    let hasBegun = LockedFlag()
    private let socket: RedisSocket
    private let habit: Load.Habit
    private let sequences: [String]
    private var random: SeededRandom
    private var taking = Taking()

    init(_ socket: RedisSocket, _ habit: Load.Habit, _ sequences: [String], _ random: SeededRandom) {
        self.socket = socket
        self.habit = habit
        self.sequences = sequences
        self.random = random
    }

    func takeUntilTheEnd() -> Taking {
        defer { socket.close() }
        do {
            while try take() { if !hasBegun.isRaised { hasBegun.raise() } }
        } catch {
            taking.breakage = "\(error)"
        }
        return taking
    }

    /// Asks once; false when the server has closed.
    private func take() throws -> Bool {
        switch habit {
        case .single: try ask([sequence()])
        case .pipelined(let count): try ask((0..<count).map { _ in sequence() })
        case .transactions(let count): try transact((0..<count).map { _ in sequence() })
        case .runs: try run(Int64.random(in: 1...10, using: &random), of: sequence())
        }
    }

    private func sequence() -> String { sequences[Int.random(in: 0..<sequences.count, using: &random)] }

    /// A server that closes may refuse what comes after; the replies that it owes are there to be read all the same.
    private func send(_ text: String) {
        do { try socket.send(text) } catch {}
    }

    private func ask(_ names: [String]) throws -> Bool {
        send(names.map { "INCR \($0)\r\n" }.joined())
        for name in names {
            guard let reply = try socket.replyIfAny() else { return false }
            taking.note(reply, of: name)
        }
        return true
    }

    private func transact(_ names: [String]) throws -> Bool {
        send("MULTI\r\n" + names.map { "INCR \($0)\r\n" }.joined() + "EXEC\r\n")
        for _ in 0...names.count {
            guard try socket.replyIfAny() != nil else { return false }
        }
        guard let reply = try socket.replyIfAny() else { return false }
        guard case .array(let replies) = reply else {
            taking.refusals.append("\(reply)")
            return true
        }
        for (name, reply) in zip(names, replies) { taking.note(reply, of: name) }
        return true
    }

    private func run(_ count: Int64, of name: String) throws -> Bool {
        send("INCRBY \(name) \(count)\r\n")
        guard let reply = try socket.replyIfAny() else { return false }
        taking.note(reply, of: name, count: count)
        return true
    }
}
