extension CPUProfile {
    /// How long a profile may take.
    package static let allowedDurations = Duration.seconds(1)...Duration.seconds(60)

    /// How many samples may be asked for per second of processor time. 99 tells much and costs little; odd numbers keep
    /// out of step with what happens at every tick.
    package static let allowedHertz = 1...1000

    /// Records a profile of the whole process.
    ///
    /// One at a time. When it ends, in whichever way, the timer is off and SIGPROF does what it did before. System calls
    /// that can be are restarted; others answer `EINTR` to the thread that was interrupted.
    ///
    /// The names of functions are read from the files of the program and its libraries once the timer is off; that takes
    /// a thread of the concurrent executor for some tenths of a second.
    ///
    /// - Parameters:
    ///   - duration: How long, 1 to 60 seconds by the clock.
    ///   - hertz: How many samples per second of processor time, 1 to 1000.
    ///   - sleep: How to wait for `duration` to pass.
    /// - Throws: ``CPUProfileError``, or what `sleep` throws, above all `CancellationError`.
    @concurrent
    package static func record(
        for duration: Duration,
        hertz: Int,
        sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) async throws -> CPUProfile {
        guard allowedDurations.contains(duration) else { throw CPUProfileError.durationOutOfRange(duration) }
        guard allowedHertz.contains(hertz) else { throw CPUProfileError.hertzOutOfRange(hertz) }
        return try await record(hertz: hertz, capacity: SampleBuffer.defaultCapacity) { try await sleep(duration) }
    }

    /// Records for as long as `wait` takes, into a buffer of `capacity` words.
    static func record(
        hertz: Int, capacity: Int, while wait: () async throws -> Void
    ) async throws -> CPUProfile {
        let buffer = try SampleBuffer(capacity: capacity)
        try buffer.start(hertz: hertz)
        let (started, startedTime) = (ContinuousClock.now, ProcessorTime.now)
        do {
            try await wait()
        } catch {
            try buffer.stop()
            throw error
        }
        let (duration, time) = (started.duration(to: .now), ProcessorTime.now - startedTime)
        try buffer.stop()
        let samples = buffer.samples()
        return CPUProfile(
            stacks: samples.named(), samples: samples.count, dropped: buffer.dropped, duration: duration,
            processorTime: time, hertz: hertz)
    }
}
