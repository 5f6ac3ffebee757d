import Foundation
import RESP
import TestServers
import TestSupport

extension RedisServer {
    /// Where a node finds it.
    ///
    /// - Parameters:
    ///   - prefix: What the keys begin with: tests that share a server do not share keys.
    ///   - timeout: The time limit of calls. It is short, so that tests are.
    func url(prefix: String = "ordinal", timeout: String = "1s") -> String {
        "redis://\(address)?prefix=\(prefix)&timeout=\(timeout)"
    }

    /// How many scripts ran there.
    func scripts() async throws -> Int {
        let lines = try await info("commandstats").split(whereSeparator: \.isNewline)
        // cmdstat_evalsha:calls=5,usec=…
        return lines.filter { $0.hasPrefix("cmdstat_eval") }.reduce(0) { sum, line in
            sum + (Int(line.drop { $0 != "=" }.dropFirst().prefix { $0.isNumber }) ?? 0)
        }
    }

    /// Copies the file of the last SAVE, or puts the copy back.
    func copyDump(from: String = "dump.rdb", to: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: program.directory.file(from)))
        try data.write(to: URL(fileURLWithPath: program.directory.file(to)))
    }
}
