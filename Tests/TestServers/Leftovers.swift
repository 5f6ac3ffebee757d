import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// What is ended and removed when the tests end, however they end short of a signal: servers that tests share live so long.
enum Leftovers {
    private static let state = NIOLockedValueBox((directories: [String](), processes: [ChildProcess]()))
    private static let registration: Void = {
        atexit {
            let left = Leftovers.state.withLockedValue(\.self)
            for process in left.processes { process.kill() }
            // Most of them are gone.
            for directory in left.directories { try? FileManager.default.removeItem(atPath: directory) }
        }
    }()

    static func add(_ directory: TemporaryDirectory) {
        _ = registration
        state.withLockedValue { $0.directories.append(directory.path) }
    }

    static func add(_ process: ChildProcess) {
        _ = registration
        state.withLockedValue { $0.processes.append(process) }
    }
}
