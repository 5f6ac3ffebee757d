import Foundation
import NIOCore
import NIOPosix
import RESPClient
import Testing

/// A redis-server of a test's own, in a temporary directory.
struct RedisServer: Sendable {
    let address: RESPAddress
    let tlsPort: Int
    /// The file of the server's own certificate, if it speaks TLS.
    let certificate: String

    struct DidNotStart: Error {
        let reason: String
    }

    /// Runs `body` with a server, and ends it.
    static func run<Result>(
        arguments: [String] = [], withTLS: Bool = false, body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("load-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(atPath: directory) } catch { Issue.record(error) }
        }
        let (port, tlsPort) = (try await freePort(), try await freePort())
        let (key, certificate) = (directory + "/key", directory + "/certificate")
        var arguments = arguments
        if withTLS {
            try makeCertificate(certificate, key: key)
            arguments += ["--tls-port", "\(tlsPort)", "--tls-cert-file", certificate, "--tls-key-file", key]
            arguments += ["--tls-auth-clients", "no"]
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        process.arguments =
            ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no"]
            + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let server = RedisServer(
            address: .host("127.0.0.1", port: port), tlsPort: tlsPort, certificate: certificate)
        try await server.waitUntilReady()
        return try await body(server)
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                let connection = try await RESPConnection.connect(to: address)
                _ = try await connection.send("PING")
                return await connection.close()
            } catch {
                guard ContinuousClock.now < deadline else { throw DidNotStart(reason: "\(error)") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    /// A port on which nobody listened a moment ago.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }

    /// A certificate for localhost, signed by itself.
    private static func makeCertificate(_ path: String, key: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", key, "-out", path, "-subj", "/CN=load", "-addext", "subjectAltName=DNS:localhost",
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
    }
}
