import Glibc

/// The processor time of this process.
enum ProcessorTime {
    /// What all threads have used together since the process began.
    static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
