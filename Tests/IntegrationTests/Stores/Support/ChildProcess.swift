import Foundation
import NIOConcurrencyHelpers

/// A server that runs beside the tests: it can be stopped, killed, and waited for.
final class ChildProcess: Sendable {
    private let pid: pid_t
    private let isReaped = NIOLockedValueBox(false)

    /// - Parameter log: A file for everything that it says.
    init(_ program: String, _ arguments: [String], log: String) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 2, 1)
        let words = ([program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let status = posix_spawnp(&pid, program, &actions, nil, words + [nil], environ)
        guard status == 0 else { throw Failure("cannot start \(program): error \(status)") }
        self.pid = pid
    }

    /// Sends a signal, unless the process has ended and somebody has taken notice.
    func signal(_ number: Int32) {
        isReaped.withLockedValue { if !$0 { Foundation.kill(pid, number) } }
    }

    /// Ends it at once, as kill -9 does, and waits for the end.
    func kill() {
        signal(SIGKILL)
        var info = siginfo_t()
        // The process stays a zombie, so that its number is nobody else's, until `isReaped` says so.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        isReaped.withLockedValue { isReaped in
            guard !isReaped else { return }
            isReaped = true
            var status: Int32 = 0
            waitpid(pid, &status, 0)
        }
    }
}

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
