import Foundation
import FuzzProperties
import Testing

/// What the fuzzer starts from, and everything it ever found, holds in every build.
@Suite struct ReplayTests {
    @Test(arguments: FuzzTarget.allCases)
    func everyTargetHasSeeds(target: FuzzTarget) throws {
        #expect(try Inputs.files("Corpus", target).count >= 5)
    }

    @Test(arguments: FuzzTarget.allCases, ["Corpus", "Regressions"])
    func everyInputHolds(target: FuzzTarget, folder: String) async throws {
        for file in try Inputs.files(folder, target) {
            let input = Array(try Data(contentsOf: file))
            // Some block, and there are only as many threads for tests as cores.
            let problem = await onThread { () -> String? in
                do { try target.check(input) } catch { return "\(error)" }
                return nil
            }
            #expect(problem == nil, "\(file.lastPathComponent)")
        }
    }
}

private enum Inputs {
    /// The files that are kept of a target; none if it has no folder.
    static func files(_ folder: String, _ target: FuzzTarget) throws -> [URL] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let directory = root.appendingPathComponent("Fuzzing/\(folder)/\(target.rawValue)")
        guard FileManager.default.fileExists(atPath: directory.path) else { return [] }
        return try FileManager.default.contentsOfDirectory(at: directory, includingPropertiesForKeys: nil)
            .sorted { $0.path < $1.path }
    }
}

private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread { continuation.resume(returning: body()) }
    }
}
