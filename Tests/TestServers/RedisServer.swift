import Foundation
package import RESP
package import RESPClient
package import TestSupport

/// A redis-server or redis-sentinel of a test's own, ended when the test lets go of it.
package final class RedisServer: TestServer {
    package let program: ServerProgram
    package let port: Int
    /// The port for TLS; 0 without it.
    private let tlsPort: Int

    private init(_ name: String, _ arguments: [String], port: Int, tlsPort: Int = 0, in directory: TemporaryDirectory) {
        (self.port, self.tlsPort) = (port, tlsPort)
        program = ServerProgram(name, arguments, in: directory)
    }

    /// Starts a server that saves nothing by itself.
    ///
    /// - Parameters:
    ///   - arguments: Further options of redis-server.
    ///   - certificates: Where `server.key` and `server.crt` are, if it is to speak TLS as well.
    package static func start(
        _ arguments: String..., certificates: TemporaryDirectory? = nil
    ) async throws -> RedisServer {
        let (directory, port, tlsPort) = (try TemporaryDirectory(), try freePort(), try freePort())
        var options = [
            "--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory.path, "--save", "", "--appendonly", "no",
            "--repl-diskless-sync-delay", "0",
        ]
        if let certificates {
            options += ["--tls-port", "\(tlsPort)", "--tls-cert-file", certificates.file("server.crt")]
            options += ["--tls-key-file", certificates.file("server.key")]
        }
        let server = RedisServer("redis-server", options + arguments, port: port, tlsPort: tlsPort, in: directory)
        try await server.start()
        return server
    }

    /// Starts a sentinel that watches a master called `main`.
    package static func startSentinel(watching master: RedisServer) async throws -> RedisServer {
        let (directory, port) = (try TemporaryDirectory(), try freePort())
        let configuration = directory.file("sentinel.conf")
        try """
        port \(port)
        bind 127.0.0.1
        dir \(directory.path)
        sentinel monitor main 127.0.0.1 \(master.port) 1
        sentinel down-after-milliseconds main 1000
        sentinel failover-timeout main 5000

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        let sentinel = RedisServer("redis-sentinel", [configuration], port: port, in: directory)
        try await sentinel.start()
        return sentinel
    }

    package func start() async throws {
        try await program.start {
            switch try await send("PING") {
            // One that wants a password answers too.
            case .error(let error): error.prefix == "NOAUTH"
            case let reply: reply == .simple("PONG")
            }
        }
    }

    /// Where it listens.
    package var address: RESPAddress { .host("127.0.0.1", port: port) }
    /// Where it speaks TLS, under the name that its certificate has.
    package var tlsAddress: RESPAddress { .host("localhost", port: tlsPort) }

    /// Sends a command on a connection of its own.
    @discardableResult
    package func send(_ words: String...) async throws -> RESPValue {
        let connection = try await RESPConnection.connect(to: address)
        let reply: Result<RESPValue, any Error>
        do { reply = .success(try await connection.send(words.map { Array($0.utf8) })) } catch {
            reply = .failure(error)
        }
        await connection.close()
        return try reply.get()
    }

    /// A section of INFO.
    package func info(_ section: String) async throws -> String { try await send("INFO", section).asText ?? "" }

    /// Makes this server a replica of another, and waits until it hears every write.
    package func follow(_ master: RedisServer) async throws {
        try await send("REPLICAOF", "127.0.0.1", "\(master.port)")
        try await eventually("the replica is in step") {
            // The master sends nothing new before it has heard that the data arrived.
            let (ours, theirs) = (try await info("replication"), try await master.info("replication"))
            return ours.contains("master_link_status:up") && theirs.contains("port=\(port),state=online")
        }
    }

    /// The server that tests share which do nothing to it.
    package static var shared: RedisServer { get async throws { try await sharedServer.value } }
    private static let sharedServer = Task { try await RedisServer.start() }
}
