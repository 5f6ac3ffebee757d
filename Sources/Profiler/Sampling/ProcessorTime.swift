import Glibc

/// The processor time of this process.
enum ProcessorTime {
    /// What all threads have used together since the process began.
    static var now: Duration { .microseconds(clock()) }
}
