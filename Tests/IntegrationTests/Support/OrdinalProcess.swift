import Foundation
import NIOConcurrencyHelpers

/// A running `ordinal serve`, ended by its pid at the latest when the test lets go of it.
final class OrdinalProcess: Sendable {
    /// Where Redis clients connect; 0 until it serves.
    var port: Int { state.withLockedValue(\.port) }
    /// Everything that it wrote to standard error.
    var log: String { state.withLockedValue { String(decoding: $0.log, as: UTF8.self) } }
    var pid: Int32 { state.withLockedValue(\.pid) }

    fileprivate struct State {
        var pid: Int32 = 0
        var port = 0
        var log: [UInt8] = []
        var status: Int32?
    }

    /// Kept as long as the server may use it.
    private let directory: TemporaryDirectory
    private let state = NIOLockedValueBox(State())

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
        self.directory = directory
        guard let binary = launcher ?? TestEnvironment.binary else {
            throw Failure("ORDINAL_BINARY is not set: use scripts/test")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardError = pipe
        process.terminationHandler = { [state] process in
            let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            state.withLockedValue { $0.status = status }
        }
        try process.run()
        // A thread and no `readabilityHandler`: libdispatch was seen to crash when many pipes come and go.
        Thread.detachNewThread { [state] in
            while case let data = pipe.fileHandleForReading.availableData, !data.isEmpty {
                state.withLockedValue { $0.take(data) }
            }
        }
        state.withLockedValue { $0.pid = process.processIdentifier }
    }

    deinit {
        if exitStatus == nil, pid > 0 { kill(pid, SIGKILL) }
    }

    /// The exit status, negative if a signal ended it; nil while it runs.
    var exitStatus: Int32? { state.withLockedValue(\.status) }

    func signal(_ signal: Int32) { if exitStatus == nil { kill(pid, signal) } }

    /// Sends a signal and waits for the end.
    @discardableResult
    func end(_ signal: Int32 = SIGTERM, within limit: Duration = .seconds(30)) async throws -> Int32 {
        self.signal(signal)
        try await eventually("the server ends; it says: \(log.suffix(2_000))", within: limit) { self.exitStatus != nil }
        return exitStatus ?? 0
    }

    /// Resident memory in bytes.
    var residentBytes: Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "0") ?? 0) * 1024
    }
}

extension OrdinalProcess.State {
    /// Keeps what was logged, and finds the address in the line that says where the server listens.
    fileprivate mutating func take(_ data: Data) {
        log += data
        guard port == 0 else { return }
        for line in String(decoding: log, as: UTF8.self).split(separator: "\n") where line.contains(" serving ") {
            guard let field = line.split(separator: " ").first(where: { $0.hasPrefix("redis=") }) else { continue }
            port = Int(field.split(whereSeparator: { !$0.isNumber }).last ?? "") ?? 0
        }
    }
}
