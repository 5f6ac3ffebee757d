import Foundation
package import ChildProcesses

extension ChildProcess {
    /// Runs a program to its end, which must be a good one.
    package static func run(
        _ program: String, _ arguments: [String], input: String = "/dev/null", output: String? = nil,
        log: String = "/dev/null"
    ) async throws {
        let process = try ChildProcess(program, arguments, input: input, output: output, log: log)
        let end = try await onThread { process.wait() }
        guard end == .exit(0) else {
            let text = try String(contentsOfFile: log, encoding: .utf8).suffix(2_000)
            throw Failure("\(program) ended with \(end): \(text)")
        }
    }
}
