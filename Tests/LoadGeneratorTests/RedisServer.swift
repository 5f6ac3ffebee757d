import ChildProcesses
import Foundation
import NIOCore
import NIOPosix
import RESPClient
import TestSupport
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
        let (port, tlsPort) = (try freePort(), try freePort())
        let (key, certificate) = (directory + "/key", directory + "/certificate")
        var arguments = arguments
        if withTLS {
            try await makeCertificate(certificate, key: key)
            arguments += ["--tls-port", "\(tlsPort)", "--tls-cert-file", certificate, "--tls-key-file", key]
            arguments += ["--tls-auth-clients", "no"]
        }
        let process = try ChildProcess(
            "redis-server",
            ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no"]
                + arguments,
            log: "/dev/null")
        defer { process.kill() }
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

    /// A certificate for localhost, signed by itself.
    private static func makeCertificate(_ path: String, key: String) async throws {
        try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", key, "-out", path, "-subj", "/CN=load", "-addext", "subjectAltName=DNS:localhost",
            ])
    }
}
