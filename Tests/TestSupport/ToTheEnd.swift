import Foundation
package import ChildProcesses

extension ChildProcess {
    /// Runs a program to its end, which must be a good one and come within two minutes.
    package static func run(
        _ program: String, _ arguments: [String], input: String = "/dev/null", output: String? = nil,
        log: String = "/dev/null"
    ) async throws {
        let process = try ChildProcess(program, arguments, input: input, output: output, log: log)
        guard let end = await process.wait(atMost: .seconds(120)) else {
            process.kill()
            throw Failure("\(program) did not end within two minutes")
        }
        guard end == .exit(0) else {
            let text = try String(contentsOfFile: log, encoding: .utf8).suffix(2_000)
            throw Failure("\(program) ended with \(end): \(text)")
        }
    }
}
