import Glibc
import NIOConcurrencyHelpers

/// A program that was started by us, and is ended by its number.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum End: Sendable, Equatable, CustomStringConvertible {
        case exit(Int32)
        case signal(Int32)

        /// Reads the status that `waitpid` gave.
        init(status: Int32) {
            let signal = status & 0x7F
            self = signal == 0 ? .exit((status >> 8) & 0xFF) : .signal(signal)
        }

        var description: String {
            switch self {
            case .exit(let code): "exit code \(code)"
            case .signal(let number): "signal \(number)"
            }
        }
    }

    private let pid: pid_t
    /// Until it is known, the number is nobody else's: we alone take notice of the end.
    private let end = NIOLockedValueBox<End?>(nil)

    /// Starts a program in a process group of its own, so that a terminal's ^C does not reach it.
    ///
    /// - Parameters:
    ///   - environment: What is added to, or takes the place of, our own environment.
    ///   - log: A file that what it says is appended to.
    init(_ program: String, _ arguments: [String], environment: [String: String], log: String) throws(TortureError) {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // What we ignore or hold back is not to be inherited.
        var (all, none) = (sigset_t(), sigset_t())
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        let words = Self.copies([program] + arguments)
        let variables = Self.copies(Self.environment(with: environment))
        defer { for word in words + variables { free(word) } }
        var pid = pid_t()
        let status = posix_spawn(&pid, program, &actions, &attributes, words, variables)
        guard status == 0 else { throw TortureError("cannot start \(program): \(String(cString: strerror(status)))") }
        self.pid = pid
    }

    /// Sends a signal, unless it has ended.
    func signal(_ number: Int32) {
        end.withLockedValue { if $0 == nil { _ = kill(pid, number) } }
    }

    /// How it ended; nil if it runs.
    func poll() -> End? {
        end.withLockedValue { end in
            if let end { return end }
            var status: Int32 = 0
            guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
            end = End(status: status)
            return end
        }
    }

    /// Waits for the end; nil if it does not come in time.
    func wait(atMost limit: Duration) async -> End? {
        let deadline = ContinuousClock.now + limit
        while true {
            if let end = poll() { return end }
            guard ContinuousClock.now < deadline else { return nil }
            await pause(.milliseconds(10))
        }
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

/// Waits, also in a cancelled task: whoever ends the run early waits for what has to be put right again.
func pause(_ duration: Duration) async {
    await Task.detached {
        do { try await Task.sleep(for: duration) } catch {
            // Nobody cancels this task.
        }
    }.value
}
