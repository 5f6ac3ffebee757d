import ChildProcesses
import Foundation
import TestSupport

@testable import Torture

/// A directory that goes with the test.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        path = "/tmp/ordinal-torture-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch { print("left behind: \(path)") }
    }
}

/// A server that a store needs, ended with the test.
final class TestServer: Sendable {
    let port: Int
    private let reservation: PortReservation
    private let process: ChildProcess

    private init(_ program: String, log: String, _ arguments: (Int) -> [String]) throws {
        reservation = try PortReservation()
        port = reservation.port
        process = try ChildProcess(program, arguments(port), log: log)
    }

    deinit { process.signal(SIGKILL) }

    func end() async {
        process.signal(SIGKILL)
        _ = await process.wait(atMost: .seconds(60))
    }

    static func redis(in directory: TemporaryDirectory) async throws -> TestServer {
        let server = try TestServer("/usr/bin/redis-server", log: "\(directory.path)/redis.log") { port in
            [
                "--port", "\(port)", "--bind", "127.0.0.1", "--dir", directory.path, "--save", "", "--appendonly",
                "yes",
                "--appendfsync", "always",
            ]
        }
        try await eventually("redis-server answers") {
            try await run("/usr/bin/redis-cli", ["-p", "\(server.port)", "PING"], in: directory) == .exit(0)
        }
        return server
    }

    /// MariaDB with the database `torture`, and `root` without a password.
    static func mariaDB(in directory: TemporaryDirectory) async throws -> TestServer {
        let data = "\(directory.path)/data"
        let installed = try await run(
            "/usr/bin/mariadb-install-db",
            [
                "--no-defaults", "--auth-root-authentication-method=normal", "--datadir=\(data)", "--skip-test-db",
                "--user=root", "--innodb-log-file-size=8M",
            ], in: directory)
        guard installed == .exit(0) else { throw Failure("mariadb-install-db failed") }
        let server = try TestServer("/usr/sbin/mariadbd", log: "\(directory.path)/mariadb.log") { port in
            [
                "--no-defaults", "--datadir=\(data)", "--socket=\(directory.path)/socket", "--port=\(port)",
                "--bind-address=127.0.0.1", "--user=root", "--innodb-buffer-pool-size=16M", "--skip-name-resolve",
                "--pid-file=\(directory.path)/pid", "--performance-schema=OFF", "--max-connections=500",
            ]
        }
        let statements = "CREATE DATABASE IF NOT EXISTS torture"
        try await eventually("mariadbd answers") {
            let arguments = ["--no-defaults", "-S", "\(directory.path)/socket", "-u", "root", "-e", statements]
            return try await run("/usr/bin/mariadb", arguments, in: directory) == .exit(0)
        }
        return server
    }

    private static func run(
        _ program: String, _ arguments: [String], in directory: TemporaryDirectory
    ) async throws -> ChildProcess.End? {
        let process = try ChildProcess(program, arguments, log: "\(directory.path)/tools.log")
        return await process.wait(atMost: .seconds(120))
    }
}
