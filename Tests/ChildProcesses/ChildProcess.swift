package import Foundation
import NIOConcurrencyHelpers

/// A program that runs beside the tests.
package final class ChildProcess: Sendable {
    package let pid: pid_t
    private let isReaped = NIOLockedValueBox(false)

    /// - Parameters:
    ///   - input: A file that it reads as its standard input.
    ///   - output: A file that it writes its standard output to.
    ///   - log: A file for what it says of itself.
    package init(_ program: String, _ arguments: [String], input: String? = nil, output: String? = nil, log: String)
        throws
    {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let output {
            posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 2, 1)
        }
        let words = ([program] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let status = posix_spawnp(&pid, program, &actions, nil, words + [nil], environ)
        guard status == 0 else { throw Failure("cannot start \(program): error \(status)") }
        self.pid = pid
    }

    /// Sends a signal, unless the process has ended and somebody has taken notice.
    package func signal(_ number: Int32) {
        isReaped.withLockedValue { if !$0 { Foundation.kill(pid, number) } }
    }

    /// Stops it as it is, and returns once none of its threads runs any more: a signal is only on its way at first, and
    /// a busy machine lets a server answer meanwhile.
    package func freeze() { isReaped.withLockedValue { if !$0 { Self.freeze(pid) } } }
    package func thaw() { signal(SIGCONT) }

    /// The same for a child that somebody else started.
    package static func freeze(_ child: pid_t) {
        Foundation.kill(child, SIGSTOP)
        var info = siginfo_t()
        while waitid(P_PID, id_t(child), &info, WSTOPPED | WEXITED | WNOWAIT) < 0, errno == EINTR {}
    }

    /// Ends it at once, as kill -9 and a power cut do, and waits for the end.
    package func kill() {
        signal(SIGKILL)
        wait()
    }

    /// Waits for the end and answers the exit status. It blocks.
    @discardableResult
    package func wait() -> Int32 {
        var info = siginfo_t()
        // The process stays a zombie, so that its number is nobody else's, until `isReaped` says so.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return isReaped.withLockedValue { isReaped in
            var status: Int32 = 0
            guard !isReaped else { return 0 }
            isReaped = true
            waitpid(pid, &status, 0)
            return status
        }
    }

    /// Runs a program to its end, which must be a good one.
    package static func run(
        _ program: String, _ arguments: [String], input: String? = nil, output: String? = nil, log: String
    ) async throws {
        let process = try ChildProcess(program, arguments, input: input, output: output, log: log)
        let status = try await onThread { process.wait() }
        guard status == 0 else {
            let text = try String(contentsOfFile: log, encoding: .utf8).suffix(2_000)
            throw Failure("\(program) ended with \(status): \(text)")
        }
    }
}
