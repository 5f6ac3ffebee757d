import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
import RESP
import TestSupport

/// A redis-server or redis-sentinel of a test's own, in a directory of its own, on loopback.
final class RedisServer: StoreServer {
    let port: Int
    private let directory: TemporaryDirectory
    private let program: String
    private let arguments: [String]
    private let process = NIOLockedValueBox<ChildProcess?>(nil)

    private init(_ program: String, port: Int, in directory: TemporaryDirectory, _ arguments: [String]) {
        (self.program, self.port, self.directory, self.arguments) = (program, port, directory, arguments)
    }

    /// Starts a server that saves nothing by itself.
    static func start(_ arguments: String...) async throws -> RedisServer {
        let (port, directory) = (try freePort(), try TemporaryDirectory())
        let server = RedisServer(
            "redis-server", port: port, in: directory,
            [
                "--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory.path, "--save", "", "--appendonly", "no",
                "--repl-diskless-sync-delay", "0",
            ] + arguments)
        try await server.start()
        return server
    }

    /// Starts a sentinel that watches a master called `main`.
    static func startSentinel(watching master: RedisServer) async throws -> RedisServer {
        let (port, directory) = (try freePort(), try TemporaryDirectory())
        let file = directory.file("sentinel.conf")
        try """
        port \(port)
        bind 127.0.0.1
        dir \(directory.path)
        sentinel monitor main 127.0.0.1 \(master.port) 1
        sentinel down-after-milliseconds main 1000
        sentinel failover-timeout main 5000

        """.write(toFile: file, atomically: true, encoding: .utf8)
        let sentinel = RedisServer("redis-sentinel", port: port, in: directory, [file])
        try await sentinel.start()
        return sentinel
    }

    deinit { kill() }

    /// Starts it, or starts it again on what it left, and waits until it answers.
    func start() async throws {
        let started = try ChildProcess(program, arguments, log: directory.file("log"))
        Leftovers.add(started)
        process.withLockedValue { $0 = started }
        try await eventually("\(program) answers") {
            do { return try await self.send("PING") == .simple("PONG") } catch { return false }
        }
    }

    /// Ends it at once, as kill -9 does.
    func kill() { process.withLockedValue { $0 }?.kill() }

    func freeze() { process.withLockedValue { $0 }?.freeze() }
    func thaw() { process.withLockedValue { $0 }?.thaw() }

    /// Sends a command on a connection of its own.
    @discardableResult
    func send(_ words: String...) async throws -> RESPValue {
        try await onThread { [port] in try RedisSocket(port: port, timeout: 5).command(words.map { Array($0.utf8) }) }
    }

    func info(_ section: String) async throws -> String { try await send("INFO", section).asText ?? "" }

    /// How many scripts ran there.
    func scripts() async throws -> Int {
        let lines = try await info("commandstats").split(whereSeparator: \.isNewline)
        // cmdstat_evalsha:calls=5,usec=…
        return lines.filter { $0.hasPrefix("cmdstat_eval") }.reduce(0) { sum, line in
            sum + (Int(line.drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }) ?? 0)
        }
    }

    /// Copies the file of the last SAVE, or puts the copy back.
    func copyDump(from: String = "dump.rdb", to: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: directory.file(from)))
        try data.write(to: URL(fileURLWithPath: directory.file(to)))
    }

    /// Makes this server a replica of another, and waits until it hears every write.
    func follow(_ master: RedisServer) async throws {
        try await send("REPLICAOF", "127.0.0.1", "\(master.port)")
        try await eventually("the replica is in step") {
            let (ours, theirs) = (try await self.info("replication"), try await master.info("replication"))
            return ours.contains("master_link_status:up") && theirs.contains("port=\(self.port),state=online")
        }
    }

    /// Where a node finds it.
    ///
    /// - Parameter prefix: What the keys begin with: tests that share a server do not share keys.
    func url(prefix: String = "ordinal", timeout: String = "1s") -> String {
        "redis://127.0.0.1:\(port)?prefix=\(prefix)&timeout=\(timeout)"
    }

    /// A server that tests share which do nothing to it.
    static var shared: RedisServer { get async throws { try await sharedServer.value } }
    private static let sharedServer = Task { try await RedisServer.start() }
}
