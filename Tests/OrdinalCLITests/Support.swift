import ArgumentParser
import RESP
import Synchronization
import Testing

@testable import OrdinalCLI

/// A server that answers as a test says, and remembers what it was asked.
actor FakeServer {
    private(set) var commands: [[String]] = []
    private let answer: @Sendable ([String]) throws -> RESPValue

    init(_ answer: @escaping @Sendable ([String]) throws -> RESPValue) { self.answer = answer }

    nonisolated var server: Server {
        Server("127.0.0.1:6389") { arguments, _ in
            try await self.reply(to: arguments.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    private func reply(to command: [String]) throws -> RESPValue {
        commands.append(command)
        return try answer(command)
    }
}

extension ClientCommand {
    /// Runs a command line against a server that always gives one reply; answers what was asked and what came out.
    static func report(
        _ arguments: [String], answering reply: RESPValue
    ) async throws -> (commands: [[String]], report: Report) {
        let fake = FakeServer { _ in reply }
        let command = try #require(
            try Program.parseAsRoot([configuration.commandName ?? "\(Self.self)".lowercased()] + arguments) as? Self)
        let report = try await command.report(from: fake.server)
        return (await fake.commands, report)
    }

    /// What a command line fails with.
    static func failure(_ arguments: [String], answering reply: RESPValue) async throws -> Failure? {
        do {
            _ = try await report(arguments, answering: reply)
            return nil
        } catch let failure as Failure {
            return failure
        }
    }
}

extension RESPValue {
    static func text(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    static func map(_ fields: [(String, RESPValue)]) -> RESPValue {
        .map(fields.map { RESPMapEntry(key: .text($0.0), value: $0.1) })
    }

    /// A sequence as LIST describes it.
    static func sequence(_ name: String, ceiling: Int64 = 1_000) -> RESPValue {
        .map([
            ("name", .text(name)), ("life", .text("0f")), ("ceiling", .integer(ceiling)), ("origin", .integer(0)),
            ("increment", .integer(1)), ("maximum", .integer(4_611_686_018_427_387_903)),
        ])
    }
}

/// Counts from 0.
final class Counter: Sendable {
    private let count = Atomic(0)

    func next() -> Int { count.add(1, ordering: .relaxed).oldValue }
}
