import Glibc

/// Says which seeds were running when a precondition of the engine ends the program.
public enum CrashNote {
    private static let places = 64
    /// One place per thread, read by the handler of a signal and by nobody else; a torn value would be a wrong hint.
    nonisolated(unsafe) private static let seeds: UnsafeMutablePointer<UInt64> = {
        let seeds = UnsafeMutablePointer<UInt64>.allocate(capacity: places)
        seeds.initialize(repeating: .max, count: places)
        return seeds
    }()

    /// Written once, before any seed runs.
    nonisolated(unsafe) private static var isInstalled = false

    /// Listens for the signals that a trap ends in. To be called before the one runner that a program has.
    public static func install() {
        // Made now: a handler must not allocate.
        _ = seeds
        isInstalled = true
        for number in [SIGILL, SIGTRAP, SIGSEGV] {
            signal(number) { number in
                CrashNote.write()
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    static func isRunning(_ seed: UInt64, on thread: Int) {
        // Without a handler nobody reads it, and several runners at once, as tests have them, share no places.
        if isInstalled { seeds[thread % places] = seed }
    }

    private static func write() {
        for place in 0..<places where seeds[place] != .max {
            put("seed was running: ")
            putDigits(seeds[place])
            put("\n")
        }
    }

    private static func put(_ text: StaticString) { _ = Glibc.write(2, text.utf8Start, text.utf8CodeUnitCount) }

    private static func putDigits(_ number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            var digit = UInt8(truncatingIfNeeded: number / divisor % 10) + 48
            _ = Glibc.write(2, &digit, 1)
            divisor /= 10
        }
    }
}
