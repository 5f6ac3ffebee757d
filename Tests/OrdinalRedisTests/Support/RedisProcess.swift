import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Ordinal
import OrdinalRedis
import RESP
import RESPClient
import TestSupport
import Testing

/// A redis-server or redis-sentinel of a test's own, in a temporary directory: it can be killed, frozen and started anew.
final class RedisProcess: Sendable {
    let port: Int
    let directory: String
    private let program: String
    private let arguments: [String]
    private let process = NIOLockedValueBox<ChildProcess?>(nil)

    private init(_ program: String, port: Int, directory: String, arguments: [String]) {
        (self.program, self.port, self.directory, self.arguments) = (program, port, directory, arguments)
    }

    /// Starts a server that saves nothing by itself.
    static func start(_ arguments: String...) async throws -> RedisProcess {
        let port = try freePort()
        let directory = try makeDirectory()
        let server = RedisProcess(
            "redis-server", port: port, directory: directory,
            arguments: [
                "--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no",
                "--repl-diskless-sync-delay", "0",
            ] + arguments)
        try await server.start()
        return server
    }

    /// Starts a sentinel that watches a master called `main`.
    static func startSentinel(watching master: RedisProcess) async throws -> RedisProcess {
        let port = try freePort()
        let directory = try makeDirectory()
        let file = "\(directory)/sentinel.conf"
        let configuration = """
            port \(port)
            bind 127.0.0.1
            dir \(directory)
            sentinel monitor main 127.0.0.1 \(master.port) 1
            sentinel down-after-milliseconds main 1000
            sentinel failover-timeout main 5000

            """
        try configuration.write(toFile: file, atomically: true, encoding: .utf8)
        let sentinel = RedisProcess("redis-sentinel", port: port, directory: directory, arguments: [file])
        try await sentinel.start()
        return sentinel
    }

    deinit {
        kill()
        do { try FileManager.default.removeItem(atPath: directory) } catch { Issue.record(error) }
    }

    /// Starts the process (again) and waits until it answers.
    func start() async throws {
        let process = try ChildProcess(program, arguments, log: "/dev/null")
        self.process.withLockedValue { $0 = process }
        try await eventually {
            do { return try await self.send("PING") == .simple("PONG") } catch { return false }
        }
    }

    /// Ends the process at once, as kill -9 does.
    func kill() { process.withLockedValue { $0 }?.kill() }

    func freeze() { process.withLockedValue { $0 }?.freeze() }
    func thaw() { process.withLockedValue { $0 }?.thaw() }

    /// Sends a command on a connection of its own.
    @discardableResult
    func send(_ words: String...) async throws -> RESPValue {
        let connection = try await RESPConnection.connect(to: .host("127.0.0.1", port: port))
        do {
            let reply = try await connection.send(words.map { Array($0.utf8) })
            await connection.close()
            return reply
        } catch {
            await connection.close()
            throw error
        }
    }

    /// Makes this server a replica of another, and waits until it hears every write.
    func follow(_ master: RedisProcess) async throws {
        try await send("REPLICAOF", "127.0.0.1", "\(master.port)")
        try await eventually {
            try await self.send("INFO", "replication").asText?.contains("master_link_status:up") == true
        }
        // The master sends nothing new before it has heard that the data arrived.
        try await eventually {
            try await master.send("INFO", "replication").asText?.contains("port=\(self.port),state=online") == true
        }
    }

    /// Where it is. Through a proxy, which may swallow a reply, the time limit is short; otherwise it is long
    /// enough for a machine that does much else.
    func location(through port: Int? = nil, timeout: Duration? = nil) -> RESPServerLocation {
        var location = RESPServerLocation(.server(.host("127.0.0.1", port: port ?? self.port)))
        location.timeout = timeout ?? (port == nil ? .seconds(20) : .seconds(5))
        return location
    }

    private static func makeDirectory() throws -> String {
        let directory = "/tmp/ordinal-redis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        return directory
    }
}

/// Waits until something is so, for forty seconds at most.
func eventually(
    _ sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(40)
    while try await !isSo() {
        try #require(ContinuousClock.now < deadline, "it did not come about in time", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(10))
    }
}
