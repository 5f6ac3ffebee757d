import ChildProcesses
import Foundation
import NIOConcurrencyHelpers

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

/// A port on which nobody listened a moment ago.
func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) | getsockname(descriptor, $0, &length)
        }
    }
    guard status == 0 else { throw Failure("no free port: errno \(errno)") }
    return Int(in_port_t(bigEndian: address.sin_port))
}
