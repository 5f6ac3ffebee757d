import Foundation
import NIOConcurrencyHelpers

/// A running program of `Examples/`, ended by its pid at the latest when the test lets go of it.
final class ExampleProgram: Sendable {
    /// Where the built programs are; nil when the tests are run without `scripts/test`.
    static let directory = ProcessInfo.processInfo.environment["ORDINAL_EXAMPLES"]

    /// Everything that it wrote so far.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
    /// The exit status, negative if a signal ended it; nil while it runs.
    var exitStatus: Int32? { status.withLockedValue(\.self) }

    /// Kept as long as the program may use it.
    private let directory: TemporaryDirectory
    private let logPath: String
    private let pid: Int32
    private let status: NIOLockedValueBox<Int32?>

    /// The path of a program.
    static func path(of name: String) throws -> String {
        guard let directory else { throw Failure("ORDINAL_EXAMPLES is not set: use scripts/test") }
        return directory + "/" + name
    }

    /// Starts a program in `directory`.
    init(
        _ name: String, _ arguments: [String] = [], in directory: TemporaryDirectory,
        environment: [String: String] = [:]
    ) throws {
        self.directory = directory
        logPath = directory.file("\(name)-\(UUID()).log")
        guard FileManager.default.createFile(atPath: logPath, contents: nil) else { throw Failure("no \(logPath)") }
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try Self.path(of: name))
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path)
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = log
        process.standardError = log
        let status = NIOLockedValueBox<Int32?>(nil)
        process.terminationHandler = { process in
            let code = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            status.withLockedValue { $0 = code }
        }
        try process.run()
        try log.close()
        self.status = status
        pid = process.processIdentifier
    }

    deinit {
        if exitStatus == nil { kill(pid, SIGKILL) }
    }

    /// The port that it listens on, as soon as its log tells it behind `text`.
    func port(after text: String) async throws -> Int {
        var port: Int?
        try await eventually("a port behind \(text); it says: \(log)", within: .seconds(60)) {
            if let status = self.exitStatus { throw Failure("it ended with \(status): \(self.log)") }
            // The last piece may be half a line, and half a port.
            for line in self.log.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                guard let range = line.range(of: text) else { continue }
                port = Int(line[range.upperBound...].prefix { $0.isNumber })
            }
            return port != nil
        }
        return port ?? 0
    }

    /// Sends a signal and waits for the end.
    func end(_ signal: Int32 = SIGTERM) async throws -> Int32 {
        if exitStatus == nil { kill(pid, signal) }
        return try await wait()
    }

    /// Waits for the end.
    func wait() async throws -> Int32 {
        try await eventually("the program ends; it says: \(log)", within: .seconds(60)) { self.exitStatus != nil }
        return exitStatus ?? 0
    }
}
