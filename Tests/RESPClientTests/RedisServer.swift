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
    /// The port for TLS, if there is one.
    let tlsAddress: RESPAddress
    let directory: String
    let process: ChildProcess

    struct DidNotStart: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs `body` with a server, and ends it.
    ///
    /// - Parameters:
    ///   - arguments: Further options of redis-server, made from the directory of the server.
    ///   - prepare: Makes files in the directory before the server starts.
    static func run<Result>(
        arguments: @Sendable (_ directory: String) -> [String] = { _ in [] },
        prepare: @Sendable (_ directory: String) async throws -> Void = { _ in },
        body: (RedisServer) async throws -> Result
    ) async throws -> Result {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("resp-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer {
            do {
                try FileManager.default.removeItem(atPath: directory)
            } catch {
                Issue.record(error)
            }
        }
        try await prepare(directory)
        let (port, tlsPort) = (try freePort(), try freePort())
        let process = try ChildProcess(
            "redis-server",
            ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no"]
                + arguments(directory).map { $0 == "TLS-PORT" ? "\(tlsPort)" : $0 },
            log: "/dev/null")
        defer { process.kill() }
        let server = RedisServer(
            address: .host("127.0.0.1", port: port), tlsAddress: .host("localhost", port: tlsPort),
            directory: directory, process: process
        )
        try await server.waitUntilReady()
        return try await body(server)
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            do {
                let connection = try await RESPConnection.connect(to: address)
                _ = try await connection.send("PING")
                return await connection.close()
            } catch {
                guard ContinuousClock.now < deadline else { throw DidNotStart(description: "\(error)") }
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

}

/// Makes a key and a certificate for localhost, signed by itself: `NAME.key` and `NAME.crt` in `directory`.
func makeCertificate(_ name: String, host: String = "localhost", in directory: String) async throws {
    try await ChildProcess.run(
        "openssl",
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", "\(directory)/\(name).key", "-out", "\(directory)/\(name).crt", "-subj", "/CN=\(name)",
            "-addext", "subjectAltName=DNS:\(host)",
        ])
}
