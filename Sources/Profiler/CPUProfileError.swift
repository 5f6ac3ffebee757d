/// Why there is no profile.
package enum CPUProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    case durationOutOfRange(Duration)
    case hertzOutOfRange(Int)
    /// Another profile of this process is being recorded.
    case alreadyRecording
    /// Something else in this process uses the kernel's profiling timer.
    case timerInUse
    /// The system refused what the profiler needs; the value is its `errno`.
    case refused(Int32)
    /// There was no memory for the samples.
    case outOfMemory
    /// A thread has stood still in the middle of a sample for seconds, so that the samples cannot be read.
    case threadStandsStill

    package var description: String {
        switch self {
        case .durationOutOfRange(let duration):
            "a CPU profile takes \(CPUProfile.allowedDurations.lowerBound) to "
                + "\(CPUProfile.allowedDurations.upperBound), not \(duration)"
        case .hertzOutOfRange(let hertz):
            "a CPU profile takes \(CPUProfile.allowedHertz.lowerBound) to \(CPUProfile.allowedHertz.upperBound) "
                + "samples a second, not \(hertz)"
        case .alreadyRecording: "another CPU profile is being recorded; try again when it has ended"
        case .timerInUse: "something else in this process uses the profiling timer (ITIMER_PROF)"
        case .refused(let error):
            "the system refused the profiler with error \(error) (\(SystemError.text(error))); it needs the system calls "
                + "process_vm_readv, sigaction and setitimer, which a sandbox may forbid"
        case .outOfMemory: "there is no memory for the samples of a CPU profile"
        case .threadStandsStill: "a thread has stood still for five seconds, so that the CPU profile cannot be read"
        }
    }
}
