import Foundation
import RESP
import TestSupport
import Testing

/// A server whose database goes back to the past: takes numbers, and knows what may not come again.
final class RestoreScene {
    let directory: TemporaryDirectory
    private let settings: [String]
    private(set) var server: OrdinalProcess
    private(set) var socket: RedisSocket
    /// The highest number that anybody got of each sequence.
    private(set) var highest: [String: Int64] = [:]

    init(_ settings: String...) async throws {
        directory = try TemporaryDirectory()
        self.settings = settings.flatMap { ["--set", $0] }
        server = try await OrdinalProcess.serve(in: directory, self.settings)
        socket = try RedisSocket(port: server.port)
    }

    func stop(_ signal: Int32 = SIGTERM) async throws {
        socket.close()
        #expect(try await server.end(signal) == (signal == SIGKILL ? -SIGKILL : 0))
    }

    func start() async throws {
        server = try await OrdinalProcess.serve(in: directory, settings)
        socket = try RedisSocket(port: server.port)
    }

    /// Takes numbers with INCR and expects that each is higher than all before.
    @discardableResult
    func take(_ count: Int, of sequence: String = "orders") throws -> Int64 {
        var last: Int64 = 0
        for begin in stride(from: 0, to: count, by: 500) {
            let portion = min(500, count - begin)
            try socket.send(String(repeating: "INCR \(sequence)\r\n", count: portion))
            for _ in 0..<portion {
                let reply = try socket.reply()
                guard let number = reply.asInteger else { throw Failure("not a number of \(sequence): \(reply)") }
                note(number, of: sequence)
                last = number
            }
        }
        return last
    }

    private func note(_ number: Int64, of sequence: String) {
        let before = highest[sequence] ?? 0
        if number <= before { Issue.record("\(number) of \(sequence) came after \(before)") }
        highest[sequence] = max(before, number)
    }

    /// Sends INCR; a number must be higher than all before.
    func ask(_ sequence: String = "orders") throws -> RESPValue {
        let reply = try socket.command("INCR", sequence)
        if let number = reply.asInteger { note(number, of: sequence) }
        return reply
    }

    /// Takes what is in hand, and answers the error that comes then.
    func takeUntilRefused(_ sequence: String = "orders") throws -> (taken: Int, error: String) {
        for taken in 0..<10_000 {
            if case .error(let error) = try ask(sequence) { return (taken, "\(error)") }
        }
        throw Failure("it never refuses")
    }

    /// A new life may begin anywhere.
    func forget(_ sequence: String) { highest[sequence] = nil }

    /// A count of INFO.
    func count(_ field: String) throws -> Int {
        let info = try socket.command("INFO").asText ?? ""
        let line = info.split(separator: "\r\n").first { $0.hasPrefix("\(field):") } ?? ""
        guard let count = Int(line.dropFirst(field.count + 1)) else { throw Failure("no \(field) in INFO: \(info)") }
        return count
    }

    func life(of sequence: String = "orders") throws -> String {
        let reply = try socket.command("ORDINAL", "SHOW", sequence)
        guard case .array(let fields) = reply, let index = fields.firstIndex(where: { $0.asText == "life" }) else {
            throw Failure("no life: \(reply)")
        }
        return fields[index + 1].asText ?? ""
    }

    /// Runs a tool of the system in the directory of the database.
    func shell(_ command: String) async throws {
        let result = try await run("sh", ["-ec", command], in: directory.path)
        guard result.status == 0 else { throw Failure("\(command): \(result.errors)") }
    }

    /// Has the running server write a copy of its database.
    func backUp(to file: String) async throws {
        let result = try await ordinal(
            "backup", directory.file(file), "--server", "127.0.0.1:\(server.port)", in: directory)
        #expect(result.status == 0, "\(result.errors)")
    }

    /// Expects that the server noticed that its store went back: in the log, and counted.
    func expectWentBack(_ sequence: String = "orders", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await expectTold("the store went back", of: sequence)
        #expect(try count("store_went_back") >= 1, sourceLocation: sourceLocation)
        #expect(try count("gap_mending") >= 1_000_000, sourceLocation: sourceLocation)
    }

    /// Expects that the server gave a sequence that the store had lost its life back.
    func expectMended(_ sequence: String = "orders", sourceLocation: SourceLocation = #_sourceLocation) async throws {
        try await expectTold("the store had lost a sequence", of: sequence)
        #expect(try count("sequences_mended") >= 1, sourceLocation: sourceLocation)
        #expect(try count("gap_mending") >= 1_000_000, sourceLocation: sourceLocation)
    }

    /// Waits until the log says this as an error.
    private func expectTold(_ text: String, of sequence: String) async throws {
        try await eventually("the log says: \(text); it says: \(server.log)", within: .seconds(5)) {
            server.log.split(separator: "\n").contains { line in
                [" error ", text, "sequence=\(sequence)"].allSatisfy { line.contains($0) }
            }
        }
    }
}
