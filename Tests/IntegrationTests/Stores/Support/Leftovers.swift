import ChildProcesses
import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// What is ended and removed when the tests end, however they end short of a signal: servers that tests share live so long.
enum Leftovers {
    private struct State {
        var directories: [String] = []
        var processes: [ChildProcess] = []
    }

    private static let state = NIOLockedValueBox(State())
    private static let registration: Void = {
        atexit {
            let left = Leftovers.state.withLockedValue(\.self)
            for process in left.processes { process.kill() }
            for directory in left.directories { try? FileManager.default.removeItem(atPath: directory) }
        }
    }()

    static func add(_ directory: String) {
        _ = registration
        state.withLockedValue { $0.directories.append(directory) }
    }

    static func add(_ process: ChildProcess) {
        _ = registration
        state.withLockedValue { $0.processes.append(process) }
    }
}
