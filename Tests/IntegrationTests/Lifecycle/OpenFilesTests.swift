import Foundation
import TestSupport
import Testing

extension Lifecycle {
    /// A server whose machine lets it open fewer files than it lets clients in.
    @Suite struct OpenFilesTests {
        private func log(limit: String, _ arguments: String...) async throws -> String {
            let directory = try TemporaryDirectory()
            let launcher = directory.file("launch")
            let binary = try #require(TestEnvironment.binary)
            try "#!/bin/sh\nulimit \(limit)\nexec '\(binary)' \"$@\"\n".write(
                toFile: launcher, atomically: true, encoding: .utf8)
            chmod(launcher, 0o700)
            let server = try await OrdinalProcess.serve(in: directory, arguments, launcher: launcher)
            #expect(try await server.end() == 0)
            return server.log
        }

        @Test func isToldOnce() async throws {
            let log = try await log(limit: "-n 300")
            let told = log.split(separator: "\n").filter { $0.contains("files may be open") }
            #expect(told.count == 1, "\(log)")
            #expect(told.first?.contains("only 300 files may be open, and 10000 clients are allowed: raise") == true)
        }

        /// The soft limit is only a beginning.
        @Test func raisesWhatItMay() async throws {
            let few = ["--set", "redis.max_connections=300"]
            let log = try await log(limit: "-Hn 512; ulimit -Sn 200", few[0], few[1])
            #expect(!log.contains("files may be open"), "\(log)")
        }
    }
}
