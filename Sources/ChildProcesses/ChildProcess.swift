import CSpawn
import Glibc
import NIOConcurrencyHelpers

/// A program that was started by us, and is ended by its number.
///
/// It inherits no file that we have open. Foundation's `Process` lets each child hold what it watches another child by, so that
/// an end is noticed only when every process that was started at the same moment has ended too.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum End: Sendable, Equatable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)
        /// Somebody else was told.
        case unknown

        /// Reads the status that `waitpid` gave.
        init(status: Int32) {
            let signal = status & 0x7F
            self = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
        }

        /// The exit code; negative, the number of the signal that ended it; 255 if nobody knows.
        package var code: Int32 {
            switch self {
            case .exit(let code): code
            case .signal(let number): -number
            case .unknown: 255
            }
        }

        package var description: String {
            switch self {
            case .exit(let code): "exit code \(code)"
            case .signal(let number): "signal \(number)"
            case .unknown: "an end that nobody knows"
            }
        }
    }

    package struct DidNotStart: Error, CustomStringConvertible {
        package let description: String
    }

    package let pid: Int32
    /// Until it is known, the number is nobody else's: we alone take notice of the end.
    private let knownEnd = NIOLockedValueBox<End?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: Its path, or a name to be looked up in `PATH`.
    ///   - environment: What is added to, or takes the place of, our own environment.
    ///   - directory: Where it works; by default where we do.
    ///   - input: A file that it reads as its standard input.
    ///   - output: A file that it writes its standard output to, anew; by default that goes to the log.
    ///   - log: A file that what it says is appended to.
    ///   - inOwnGroup: Whether it is in a process group of its own, so that a terminal's ^C does not reach it.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], in directory: String? = nil,
        input: String = "/dev/null", output: String? = nil, log: String, inOwnGroup: Bool = false
    ) throws(DidNotStart) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        if let output {
            posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO)
        }
        spawn_actions_add_closefrom(&actions, STDERR_FILENO + 1)
        if let directory { spawn_actions_add_chdir(&actions, directory) }
        // What we ignore or hold back is not to be inherited.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let group = inOwnGroup ? POSIX_SPAWN_SETPGROUP : 0
        posix_spawnattr_setflags(&attributes, Int16(group | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let words = Self.copies([program] + arguments)
        let variables = Self.copies(Self.environment(with: environment))
        defer { for word in words + variables { free(word) } }
        var pid = pid_t()
        let status = posix_spawnp(&pid, program, &actions, &attributes, words, variables)
        guard status == 0 else {
            throw DidNotStart(description: "cannot start \(program): \(String(cString: strerror(status)))")
        }
        self.pid = pid
    }

    /// Sends a signal, unless it is known to have ended.
    package func signal(_ number: Int32) {
        knownEnd.withLockedValue { if $0 == nil { _ = Glibc.kill(pid, number) } }
    }

    /// Stops it as it is, and returns once none of its threads runs any more: a signal is only on its way at first, and a
    /// busy machine lets a server answer meanwhile.
    package func freeze() {
        signal(SIGSTOP)
        waitForChange(WSTOPPED | WEXITED)
    }

    /// Lets it go on.
    package func thaw() { signal(SIGCONT) }

    /// Ends it at once, as kill -9 and a power cut do, and waits for the end.
    package func kill() {
        signal(SIGKILL)
        wait()
    }

    /// How it ended; nil while it runs.
    package var end: End? {
        knownEnd.withLockedValue { end in
            if let end { return end }
            var status: Int32 = 0
            switch waitpid(pid, &status, WNOHANG) {
            case pid: end = End(status: status)
            case -1 where errno == ECHILD: end = .unknown
            default: break
            }
            return end
        }
    }

    /// Waits for the end. It blocks.
    @discardableResult
    package func wait() -> End {
        while true {
            if let end { return end }
            waitForChange(WEXITED)
        }
    }

    /// Waits for the end, also in a cancelled task; nil if it does not come in time.
    package func wait(atMost limit: Duration) async -> End? {
        let deadline = ContinuousClock.now + limit
        while true {
            if let end { return end }
            guard ContinuousClock.now < deadline else { return nil }
            await Task.detached {
                do { try await Task.sleep(for: .milliseconds(10)) } catch {
                    // Nobody cancels this task.
                }
            }.value
        }
    }

    /// Takes no notice of the change: the number stays its own until `end` says so.
    private func waitForChange(_ changes: Int32) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, changes | WNOWAIT) < 0, errno == EINTR {}
    }

    private static func copies(_ words: [String]) -> [UnsafeMutablePointer<CChar>?] { words.map { strdup($0) } + [nil] }

    private static func environment(with changes: [String: String]) -> [String] {
        var entries: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let line = String(cString: text)
            if changes[String(line.prefix { $0 != "=" })] == nil { entries.append(line) }
            entry += 1
        }
        return entries + changes.map { "\($0.key)=\($0.value)" }
    }
}
