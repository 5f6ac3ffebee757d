import Foundation
import RESP
import TestSupport
import Testing

/// The HTTP front of the release program, with real clients and plain sockets.
@Suite("HTTP", .enabled(if: TestEnvironment.hasBinary), .timeLimit(.minutes(5)))
enum HTTPTests {}

extension OrdinalProcess {
    /// Starts a server with both fronts on free ports.
    static func serveHTTP(
        in directory: TemporaryDirectory, _ arguments: [String] = [], environment: [String: String] = [:]
    ) async throws -> OrdinalProcess {
        try await serve(in: directory, ["--http", "127.0.0.1:0"] + arguments, environment: environment)
    }

    /// Where HTTP clients connect.
    var httpPort: Int {
        for line in log.split(separator: "\n") where line.contains(" serving ") {
            guard let field = line.split(separator: " ").first(where: { $0.hasPrefix("http=") }) else { continue }
            return Int(field.split(whereSeparator: { !$0.isNumber }).last ?? "") ?? 0
        }
        return 0
    }

    /// A new client.
    func http(timeout seconds: Int = 60) throws -> HTTPSocket { try HTTPSocket(port: httpPort, timeout: seconds) }

    /// Sends a request on a connection of its own, from a thread of its own.
    func ask(
        _ method: String, _ target: String, _ fields: [String: String] = [:], body: String? = nil
    ) async throws -> HTTPAnswer {
        let port = httpPort
        return try await onThread { try HTTPSocket(port: port).request(method, target, fields, body: body) }
    }

    /// Runs curl with a path, and answers what it printed.
    func curl(_ arguments: String..., path: String, scheme: String = "http") async throws -> String {
        let result = try await run(
            "curl", ["--silent", "--show-error"] + arguments + ["\(scheme)://127.0.0.1:\(httpPort)\(path)"])
        #expect(result.status == 0, "\(result.errors)")
        return result.output
    }

    /// Runs a Python script that finds `port`, and expects it to print `ok`.
    func python(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let result = try await run(
            TestEnvironment.python, ["-c", "port = \(httpPort)\n\(script)\nprint('ok')"], within: .seconds(120))
        #expect(result.output == "ok\n", "\(result.errors)", sourceLocation: sourceLocation)
    }

    /// A number of INFO.
    func info(_ field: String) throws -> Int {
        let info = try RedisSocket(port: port).command("INFO").asText ?? ""
        let line = info.split(separator: "\r\n").first { $0.hasPrefix("\(field):") } ?? ""
        guard let count = Int(line.dropFirst(field.count + 1)) else { throw Failure("no \(field) in INFO: \(info)") }
        return count
    }
}
