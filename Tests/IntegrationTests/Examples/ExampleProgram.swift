import ChildProcesses
import Foundation
import TestSupport

/// A running program of `Examples/`, ended by its pid at the latest when the test lets go of it.
final class ExampleProgram: Sendable {
    /// Where the built programs are; nil when the tests are run without `scripts/test`.
    static let directory = ProcessInfo.processInfo.environment["ORDINAL_EXAMPLES"]

    /// Everything that it wrote so far.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
    /// The exit status, negative if a signal ended it; nil while it runs.
    var exitStatus: Int32? { process.end?.code }

    /// Kept as long as the program may use it.
    private let directory: TemporaryDirectory
    private let logPath: String
    private let process: ChildProcess

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
        process = try ChildProcess(
            try Self.path(of: name), arguments, environment: environment, in: directory.path, log: logPath)
    }

    deinit { process.kill() }

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
        process.signal(signal)
        return try await wait()
    }

    /// Waits for the end.
    func wait() async throws -> Int32 {
        try await eventually("the program ends; it says: \(log)", within: .seconds(60)) { self.exitStatus != nil }
        return exitStatus ?? 0
    }
}
