import Foundation
import NIOCore
import NIOPosix
import RESPClient
import Testing

/// A redis-server of a test's own, in a temporary directory.
struct RedisServer: Sendable {
    let address: RESPAddress
    /// The port for TLS, if there is one.
    let tlsAddress: RESPAddress
    let directory: String
    let processID: pid_t

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
        prepare: @Sendable (_ directory: String) throws -> Void = { _ in },
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
        try prepare(directory)
        let (port, tlsPort) = (try await freePort(), try await freePort())
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
        process.arguments =
            ["--bind", "127.0.0.1", "--port", "\(port)", "--dir", directory, "--save", "", "--appendonly", "no"]
            + arguments(directory).map { $0 == "TLS-PORT" ? "\(tlsPort)" : $0 }
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer {
            // It may be stopped by SIGSTOP; SIGKILL ends it all the same.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let server = RedisServer(
            address: .host("127.0.0.1", port: port), tlsAddress: .host("localhost", port: tlsPort),
            directory: directory, processID: process.processIdentifier
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

    /// A port on which nobody listened a moment ago.
    static func freePort() async throws -> Int {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(channel.localAddress?.port)
        try await channel.close()
        return port
    }
}

/// Makes a key and a certificate for localhost, signed by itself: `NAME.key` and `NAME.crt` in `directory`.
func makeCertificate(_ name: String, host: String = "localhost", in directory: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-keyout", "\(directory)/\(name).key", "-out", "\(directory)/\(name).crt", "-subj", "/CN=\(name)",
        "-addext", "subjectAltName=DNS:\(host)",
    ]
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
}
