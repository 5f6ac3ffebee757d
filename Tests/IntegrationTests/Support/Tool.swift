import Foundation

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
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program.contains("/") ? program : "/usr/bin/env")
    process.arguments = program.contains("/") ? arguments : [program] + arguments
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    async let output = onThread { try stdout.fileHandleForReading.readToEnd() ?? Data() }
    async let errors = onThread { try stderr.fileHandleForReading.readToEnd() ?? Data() }
    let pid = process.processIdentifier
    let guardian = Task {
        try await Task.sleep(for: limit)
        kill(pid, SIGKILL)
    }
    let (written, complaints) = try await (output, errors)
    process.waitUntilExit()
    guardian.cancel()
    guard process.terminationReason == .exit else {
        throw Failure("\(program) was ended by signal \(process.terminationStatus), after \(limit) at the latest")
    }
    return ToolResult(
        status: process.terminationStatus, output: String(decoding: written, as: UTF8.self),
        errors: String(decoding: complaints, as: UTF8.self))
}

/// Runs a command of the program under test.
func ordinal(_ arguments: String..., in directory: TemporaryDirectory? = nil, environment: [String: String] = [:])
    async throws
    -> ToolResult
{
    guard let binary = TestEnvironment.binary else { throw Failure("ORDINAL_BINARY is not set: use scripts/test") }
    return try await run(binary, arguments, in: directory?.path, environment: environment)
}
