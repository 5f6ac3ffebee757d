/// Where this process spent its processor time for a while: a profile by sampling.
///
/// ```swift
/// let profile = try await CPUProfile.record(for: .seconds(10), hertz: 99)
/// try write(profile.foldedStacks, to: "ordinal.folded")
/// ```
///
/// Every so often, in processor time of the whole process, the kernel interrupts a thread that is running, and the stack
/// of that thread is noted. Threads that wait take no samples. While no profile is recorded there is no timer and no
/// signal handler, so that it costs nothing to have it in a server.
///
/// What it does not see:
/// - more samples than the kernel has ticks: many kernels look at the timer 250 times a second on each processor,
///   whatever `hertz` says. ``timePerSample`` is what a sample stands for;
/// - the caller of a function that has no frame of its own (small ones that call nobody), and what is above code that
///   was built without frame pointers, as many C libraries are: such stacks lack a frame, or end early;
/// - functions that the compiler inlined: their time is their caller's.
package struct CPUProfile: Sendable {
    /// One way in which a thread came to where it was seen.
    package struct Stack: Hashable, Sendable {
        /// The name of the thread, then the functions, from the outermost to the one that was running.
        package let frames: [String]
        /// How many samples found just this.
        package let count: Int
    }

    /// What was seen, the most frequent first.
    package let stacks: [Stack]

    /// How many samples are in ``stacks``.
    package let samples: Int

    /// How many samples were lost because there was no room left for them: those of the end of a long profile.
    ///
    /// If there are any, ask for fewer `hertz` or a shorter time.
    package let dropped: Int

    /// How long it took, by the clock.
    package let duration: Duration

    /// How much processor time the process used meanwhile, all threads together.
    package let processorTime: Duration

    /// How many samples were asked for per second of processor time.
    package let hertz: Int

    /// The processor time that one sample stands for, or nothing if there is no sample.
    package var timePerSample: Duration? {
        let taken = samples + dropped
        return taken == 0 ? nil : processorTime / taken
    }
}
