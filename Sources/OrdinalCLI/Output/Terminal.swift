import Glibc

/// The three streams of the program.
enum Terminal {
    /// Whether somebody can be asked.
    static var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Whether progress can be shown on one line that is written over.
    static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether the result is read by somebody who sees colours, and has not asked for none (`NO_COLOR`).
    static var showsColours: Bool {
        func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        return isatty(STDOUT_FILENO) == 1 && (value("NO_COLOR") ?? "").isEmpty && value("TERM") != "dumb"
    }

    /// Writes a line of the result.
    static func standardOutput(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

    /// Writes a line about the result.
    static func standardError(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Shows how far a long command is.
    static func progress(_ text: String) {
        if showsProgress { write("\r\(text)\u{1B}[K", to: STDERR_FILENO) }
    }

    /// Shows how much of a long command is done, and clears the line at its end.
    static func progressBar(done: Int, of all: Int) {
        guard showsProgress, all > 0 else { return }
        guard done < all else { return write("\r\u{1B}[K", to: STDERR_FILENO) }
        let filled = done * 30 / all
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
        progress("\(bar) \(done) of \(all)")
    }

    /// Asks a question; everything but yes means no.
    static func confirms(_ question: String) -> Bool {
        write("\(question) [y/N] ", to: STDERR_FILENO)
        return ["y", "yes"].contains(readLine()?.lowercased())
    }

    /// Straight to the system: nothing is kept back that a crash or an early exit would lose.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}
