import ChildProcesses
import DatabaseServers
import Foundation
import NIOConcurrencyHelpers
import RESP
import RESPClient
import TestSupport

/// A Redis server of a test's own, in a directory of its own, on loopback. It saves nothing.
final class RedisServer: Sendable {
    let port: Int
    private let directory: String
    private let process: ChildProcess

    init() async throws {
        directory = "/tmp/ordinal-takeover-redis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        port = try freePort()
        process = try ChildProcess(
            "redis-server",
            ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no"],
            log: "\(directory)/log")
        try await eventually("redis-server answers") {
            do { return try await self.send("PING") == .simple("PONG") } catch { return false }
        }
    }

    deinit {
        process.signal(SIGKILL)
        process.wait()
        do { try FileManager.default.removeItem(atPath: directory) } catch { print("left behind: \(directory)") }
    }

    /// Sends a command on a connection of its own.
    @discardableResult
    func send(_ words: String...) async throws -> RESPValue {
        let connection = try await RESPConnection.connect(to: .host("127.0.0.1", port: port))
        let result: Result<RESPValue, any Error>
        do { result = .success(try await connection.send(words.map { Array($0.utf8) })) } catch {
            result = .failure(error)
        }
        await connection.close()
        return try result.get()
    }

    /// Writes a counter as idalloc does.
    func idalloc(_ service: String, _ value: String, version: Int = 1, prefix: String = "idalloc:") async throws {
        try await send(
            "HSET", "\(prefix)alloc_info_\(service)", "lastAllocValue", value, "dataVersion", "\(version)")
    }

    var location: RESPServerLocation { RESPServerLocation(.server(.host("127.0.0.1", port: port))) }
}
