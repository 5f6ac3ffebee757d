import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// A running `ordinal serve`, ended by its pid at the latest when the test lets go of it.
final class OrdinalProcess: Sendable {
    /// Kept as long as the server may use them.
    private let (directory, logs): (TemporaryDirectory, TemporaryDirectory)
    private let process: ChildProcess
    private let knownPort = NIOLockedValueBox(0)

    /// Everything that it wrote to standard error.
    var log: String { (try? String(contentsOfFile: logs.file("log"), encoding: .utf8)) ?? "" }
    var pid: Int32 { process.pid }

    /// Where Redis clients connect; 0 until it serves.
    var port: Int {
        knownPort.withLockedValue { port in
            if port == 0 { port = Self.port(in: log) }
            return port
        }
    }

    /// Starts a server on a free port and waits until it serves.
    ///
    /// - Parameters:
    ///   - directory: Its working directory; the database is `ordinal.db` in it.
    ///   - arguments: What is given beside `serve --redis 127.0.0.1:0`.
    ///   - launcher: A program that is started in its place and becomes it.
    static func serve(
        in directory: TemporaryDirectory, _ arguments: [String] = [], environment: [String: String] = [:],
        launcher: String? = nil
    ) async throws -> OrdinalProcess {
        let process = try start(in: directory, arguments, environment: environment, launcher: launcher)
        try await eventually("the server serves; it says: \(process.log)") {
            if let status = process.exitStatus { throw Failure("it ended with \(status): \(process.log)") }
            return process.port != 0
        }
        return process
    }

    /// Starts a server without waiting for it.
    static func start(
        in directory: TemporaryDirectory, _ arguments: [String] = [], environment: [String: String] = [:],
        launcher: String? = nil
    ) throws -> OrdinalProcess {
        // One fixed port is not for many servers at once; a test that wants HTTP says where.
        let http = arguments.contains("--http") ? [] : ["--http", "off"]
        return try OrdinalProcess(
            ["serve", "--redis", "127.0.0.1:0"] + http + arguments, in: directory, environment, launcher)
    }

    private init(
        _ arguments: [String], in directory: TemporaryDirectory, _ environment: [String: String], _ launcher: String?
    ) throws {
        (self.directory, logs) = (directory, try TemporaryDirectory())
        guard let binary = launcher ?? TestEnvironment.binary else {
            throw Failure("ORDINAL_BINARY is not set: use scripts/test")
        }
        process = try ChildProcess(
            binary, arguments, environment: environment, in: directory.path, output: "/dev/null", log: logs.file("log"))
    }

    deinit { process.kill() }

    /// The exit status, negative if a signal ended it; nil while it runs.
    var exitStatus: Int32? { process.end?.code }

    func signal(_ signal: Int32) { process.signal(signal) }

    /// Stops it as it is.
    func freeze() { process.freeze() }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM, within limit: Duration = .seconds(30)) async throws -> Int32 {
        self.signal(signal)
        try await eventually("the server ends; it says: \(log.suffix(2_000))", within: limit) { self.exitStatus != nil }
        return exitStatus ?? 0
    }

    /// How long the stop took, as the log has it: what a test measures includes how long its threads had to wait for a core.
    /// Nil if it did not stop in good order.
    var timeOfStop: Duration? {
        guard let begin = time(of: " stopping: "), let end = time(of: " stopped: ") else { return nil }
        return .seconds(end.timeIntervalSince(begin))
    }

    /// When a line was logged.
    private func time(of text: String) -> Date? {
        let line = log.split(separator: "\n").first { $0.contains(text) } ?? ""
        return try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(String(line.prefix { $0 != " " }))
    }

    /// Resident memory in bytes.
    var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "0") ?? 0) * 1024
    }

    /// The port in the line that says where the server listens; 0 without such a line.
    private static func port(in log: String) -> Int {
        // The last piece may be half a line, and half a port.
        for line in log.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        where line.contains(" serving ") {
            guard let field = line.split(separator: " ").first(where: { $0.hasPrefix("redis=") }) else { continue }
            return Int(field.split(whereSeparator: { !$0.isNumber }).last ?? "") ?? 0
        }
        return 0
    }
}
