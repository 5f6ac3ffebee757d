import Foundation
import NIOConcurrencyHelpers
import RESP
import TestSupport
import Testing

/// An Ordinal that can be killed and started again: its journal stays, its port does not.
final class Node: Sendable {
    let directory: TemporaryDirectory
    private let settings: [String]
    private struct State {
        var process: OrdinalProcess?
        var store: String
        var earlier = ""
    }
    private let state: NIOLockedValueBox<State>

    private init(_ store: String, _ settings: [String]) throws {
        directory = try TemporaryDirectory()
        state = NIOLockedValueBox(State(store: store))
        self.settings =
            settings.flatMap { ["--set", $0] } + ["--set", "journal.path=\(directory.file("floors"))"]
    }

    /// Starts a node that has no journal yet.
    static func start(on store: String, _ settings: [String] = []) async throws -> Node {
        let node = try Node(store, settings)
        try await node.start()
        return node
    }

    /// Starts some that share a store.
    static func start(_ count: Int, on store: String, _ settings: [String] = []) async throws -> [Node] {
        var nodes: [Node] = []
        for _ in 0..<count { nodes.append(try await start(on: store, settings)) }
        return nodes
    }

    /// Starts it again, with the same journal.
    ///
    /// - Parameter store: Another store than before.
    func start(on store: String? = nil) async throws {
        let location = state.withLockedValue { state in
            state.store = store ?? state.store
            return state.store
        }
        let process = try await OrdinalProcess.serve(in: directory, ["--store", location] + settings)
        state.withLockedValue { $0.process = process }
    }

    /// Ends it at once, as kill -9 does.
    func kill() async throws { try await end(SIGKILL, expecting: -SIGKILL) }

    /// Ends it in good order.
    func stop() async throws { try await end(SIGTERM, expecting: 0) }

    private func end(_ signal: Int32, expecting status: Int32) async throws {
        guard let process = state.withLockedValue(\.process) else { throw Failure("the node does not run") }
        #expect(try await process.end(signal) == status)
        state.withLockedValue { state in
            state.earlier += process.log
            state.process = nil
        }
    }

    /// Where clients connect; 0 while it does not run.
    var port: Int { state.withLockedValue { $0.process?.port ?? 0 } }

    /// Everything that it ever said.
    var log: String { state.withLockedValue { $0.earlier + ($0.process?.log ?? "") } }

    /// Whether it said something in one line with all of these.
    func said(_ parts: String...) -> Bool {
        log.split(separator: "\n").contains { line in parts.allSatisfy { line.contains($0) } }
    }

    func client() throws -> RedisSocket { try RedisSocket(port: port) }

    /// Sends a command on a connection of its own.
    func send(_ words: String...) async throws -> RESPValue {
        try await onThread { [port] in try RedisSocket(port: port).command(words.map { Array($0.utf8) }) }
    }

    /// The next number of a sequence, with GET or INCR.
    func number(_ command: String, _ name: String) async throws -> Int64 {
        let reply = try await send(command, name)
        guard let number = reply.asInteger else { throw Failure("\(command) \(name): \(reply)") }
        return number
    }

    /// The error that a command answers with.
    func error(_ words: String..., sourceLocation: SourceLocation = #_sourceLocation) async throws -> String {
        let reply = try await onThread { [port] in
            try RedisSocket(port: port).command(words.map { Array($0.utf8) })
        }
        guard case .error(let error) = reply else {
            Issue.record("\(words): an error was expected, not \(reply)", sourceLocation: sourceLocation)
            return ""
        }
        return "\(error)"
    }

    /// A count of INFO since the node was started.
    func count(_ field: String) async throws -> Int {
        let info = try await send("INFO").asText ?? ""
        let line = info.split(separator: "\r\n").first { $0.hasPrefix("\(field):") } ?? ""
        guard let count = Int(line.dropFirst(field.count + 1)) else { throw Failure("no \(field) in INFO: \(info)") }
        return count
    }

    /// The ceiling of a sequence as the store has it; 0 if there is no such sequence.
    func ceiling(of name: String) async throws -> Int64 { try await field("ceiling", of: name) }

    /// What the sequence began above.
    func origin(of name: String) async throws -> Int64 { try await field("origin", of: name) }

    private func field(_ field: String, of name: String) async throws -> Int64 {
        guard case .array(let fields) = try await send("ORDINAL", "SHOW", name),
            let index = fields.firstIndex(where: { $0.asText == field })
        else { return 0 }
        return fields[index + 1].asInteger ?? 0
    }
}
