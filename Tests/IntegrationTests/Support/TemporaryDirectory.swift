import Foundation
import TestSupport

/// A directory that is removed when the test lets go of it.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        var template = Array((NSTemporaryDirectory() + "ordinal-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure("no temporary directory: errno \(errno)") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
}

/// Waits for a condition, with a deadline, and fails if it does not come true.
func eventually(
    _ what: String, within limit: Duration = .seconds(20), _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < deadline else { throw Failure("waited \(limit) in vain: \(what)") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
