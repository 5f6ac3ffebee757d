import ChildProcesses
import Foundation
import TestSupport

/// What a program wrote and how it ended.
struct ToolResult: Sendable {
    let status: Int32
    let output: String
    let errors: String
}

/// Runs a program to its end. One that takes longer than the limit is killed, and the test fails.
func run(
    _ program: String, _ arguments: [String], in directory: String? = nil, input: String = "",
    environment: [String: String] = [:], within limit: Duration = .seconds(60)
) async throws -> ToolResult {
    let files = try TemporaryDirectory()
    try input.write(toFile: files.file("input"), atomically: false, encoding: .utf8)
    let process = try ChildProcess(
        program, arguments, environment: environment, in: directory, input: files.file("input"),
        output: files.file("output"), log: files.file("errors"))
    guard let end = await process.wait(atMost: limit) else {
        process.kill()
        throw Failure("\(program) did not end within \(limit)")
    }
    guard case .exit(let status) = end else { throw Failure("\(program) was ended by \(end)") }
    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: files.file(name))), as: UTF8.self)
    }
    return ToolResult(status: status, output: try text("output"), errors: try text("errors"))
}

/// Runs a command of the program under test.
func ordinal(_ arguments: String..., in directory: TemporaryDirectory? = nil, environment: [String: String] = [:])
    async throws
    -> ToolResult
{
    guard let binary = TestEnvironment.binary else { throw Failure("ORDINAL_BINARY is not set: use scripts/test") }
    return try await run(binary, arguments, in: directory?.path, environment: environment)
}
