import CProfiler
import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Profiler

/// One after the other: a process has one profile at a time.
@Suite(.serialized) struct CPUProfileTests {
    private func record(
        hertz: Int = 997, capacity: Int = SampleBuffer.defaultCapacity, while wait: () async throws -> Void
    ) async throws -> CPUProfile {
        let profile = try await CPUProfile.record(hertz: hertz, capacity: capacity, while: wait)
        #expect(profile.samples == profile.stacks.reduce(0) { $0 + $1.count })
        try expectQuiet()
        return profile
    }

    /// The timer is off.
    private func expectQuiet() throws {
        var timer = itimerval()
        getitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer)
        #expect(timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0)
        #expect(timer.it_interval.tv_sec == 0 && timer.it_interval.tv_usec == 0)
    }

    /// The address of SIGPROF's handler: 0 is the default action.
    private func handler() -> UInt {
        var action = sigaction()
        sigaction(SIGPROF, nil, &action)
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: UInt.self)
    }

    /// How many samples a thread has, and how many of them are in a function.
    private func samples(
        of profile: CPUProfile, thread: String, in function: String
    ) -> (all: Int, within: Int) {
        let stacks = profile.stacks.filter { $0.frames.first == thread }
        let within = stacks.filter { $0.frames.contains { $0.contains(function) } }
        return (stacks.reduce(0) { $0 + $1.count }, within.reduce(0) { $0 + $1.count })
    }

    @Test(.disabled(if: isThreadSanitized))
    func aBusyFunctionIsInMostSamplesOfItsThread() async throws {
        let thread = BusyThread(named: "busy", oneNameToFind)
        defer { thread.stop() }
        let profile = try await record { try await thread.compute(for: .seconds(1)) }
        let found = samples(of: profile, thread: "busy", in: "oneNameToFind")
        // The kernel looks at the timer 100 times a second at the least.
        #expect(found.all >= 50)
        #expect(found.within * 10 >= found.all * 8, "\(found)")
        #expect(profile.processorTime >= .seconds(1) && profile.hertz == 997 && profile.dropped == 0)
        let perSample = try #require(profile.timePerSample)
        #expect(perSample > .microseconds(500) && perSample < .milliseconds(30), "\(perSample)")
        // The name is demangled, and the stack has more than its innermost function.
        let stack = try #require(profile.stacks.first { $0.frames.first == "busy" })
        #expect(stack.frames.count >= 3 && !stack.frames.contains { $0.hasPrefix("$s") }, "\(stack)")
    }

    @Test(.disabled(if: isThreadSanitized))
    func twoThreadsAreToldApart() async throws {
        let (one, another) = (BusyThread(named: "one", oneNameToFind), BusyThread(named: "two", anotherNameToFind))
        defer {
            one.stop()
            another.stop()
        }
        let profile = try await record {
            try await one.compute(for: .milliseconds(500))
            try await another.compute(for: .milliseconds(500))
        }
        for (name, function, other) in [
            ("one", "oneNameToFind", "anotherNameToFind"), ("two", "anotherNameToFind", "oneNameToFind"),
        ] {
            let found = samples(of: profile, thread: name, in: function)
            #expect(found.all >= 20 && found.within * 10 >= found.all * 8, "\(name): \(found)")
            #expect(samples(of: profile, thread: name, in: other).within == 0)
        }
    }

    @Test(.disabled(if: isThreadSanitized))
    func eventLoopsAreToldApart() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let goOn = NIOLockedValueBox(true)
        let turns = NIOLockedValueBox([0, 0])
        for (index, loop) in group.makeIterator().enumerated() {
            @Sendable func turn() {
                var value: UInt64 = 1
                for _ in 0..<1000 { value = oneNameToFind(value) }
                turns.withLockedValue { $0[index] += value == 0 ? 0 : 1 }
                if goOn.withLockedValue({ $0 }) { loop.execute(turn) }
            }
            loop.execute(turn)
        }
        let started = ContinuousClock.now
        let profile = try await record {
            let before = ProcessorTime.now
            try await eventually {
                ProcessorTime.now - before > .seconds(2) && started.duration(to: .now) > .seconds(2)
            }
        }
        goOn.withLockedValue { $0 = false }
        try await group.shutdownGracefully()

        let loops = Set(profile.stacks.compactMap(\.frames.first)).filter { $0.hasPrefix("NIO-ELT-") }
        #expect(loops.count >= 2, "\(loops)")
        for loop in loops.sorted().suffix(2) {
            let found = samples(of: profile, thread: loop, in: "oneNameToFind")
            #expect(found.within * 10 >= found.all * 8, "\(loop): \(found)")
            let run = samples(of: profile, thread: loop, in: "SelectableEventLoop.run()")
            #expect(run.within * 10 >= run.all * 8, "the stack reaches the loop, \(loop): \(run)")
        }
    }

    @Test func aSecondOneIsRefusedUntilTheFirstEnds() async throws {
        _ = try await record {
            await #expect(throws: CPUProfileError.alreadyRecording) {
                _ = try await CPUProfile.record(for: .seconds(1), hertz: 99)
            }
            #expect(handler() != 0)
        }
        #expect(handler() == 0)
        _ = try await record {}
    }

    @Test func anotherUserOfTheTimerIsLeftAlone() async throws {
        var timer = itimerval(it_interval: timeval(tv_sec: 0, tv_usec: 0), it_value: timeval(tv_sec: 1000, tv_usec: 0))
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, nil)
        await #expect(throws: CPUProfileError.timerInUse) {
            _ = try await CPUProfile.record(for: .seconds(1), hertz: 99)
        }
        timer.it_value.tv_sec = 0
        var old = itimerval()
        setitimer(__itimer_which_t(ITIMER_PROF.rawValue), &timer, &old)
        #expect(old.it_value.tv_sec > 0)
        #expect(handler() == 0)
    }

    @Test func whatWasThereBeforeIsRestored() async throws {
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in }
        action.sa_flags = SA_RESTART
        var original = sigaction()
        sigaction(SIGPROF, &action, &original)
        let own = handler()
        for _ in 0..<2 {
            _ = try await record { #expect(handler() != own) }
            #expect(handler() == own)
        }
        sigaction(SIGPROF, &original, nil)
        #expect(handler() == 0)
    }

    /// A signal that was sent before the end must not meet the default action, which ends the process.
    @Test func signalsThatAreLateEndNothing() async throws {
        let (thread, goOn, isDone) = (
            NIOLockedValueBox<pthread_t?>(nil), NIOLockedValueBox(false), NIOLockedValueBox(false)
        )
        Thread.detachNewThread {
            var (signals, before) = (sigset_t(), sigset_t())
            sigemptyset(&signals)
            sigaddset(&signals, SIGPROF)
            pthread_sigmask(SIG_BLOCK, &signals, &before)
            thread.withLockedValue { $0 = pthread_self() }
            while !goOn.withLockedValue({ $0 }) { usleep(1000) }
            pthread_sigmask(SIG_SETMASK, &before, nil)
            isDone.withLockedValue { $0 = true }
        }
        try await eventually { thread.withLockedValue { $0 } != nil }
        let pending = try #require(thread.withLockedValue { $0 })
        _ = try await record(hertz: 1) { #expect(pthread_kill(pending, SIGPROF) == 0) }
        goOn.withLockedValue { $0 = true }
        try await eventually { isDone.withLockedValue { $0 } }
        #expect(handler() == 0)
    }

    @Test func twoHundredInARow() async throws {
        let threads = (0..<3).map { BusyThread(named: "busy-\($0)", oneNameToFind) }
        defer { threads.forEach { $0.stop() } }
        for _ in 0..<200 {
            let buffer = try SampleBuffer(capacity: 10_000)
            try buffer.start(hertz: 1000)
            try await Task.sleep(for: .milliseconds(10))
            try buffer.stop()
            #expect(handler() == 0)
            #expect(buffer.samples().count <= 5000)
        }
    }

    @Test func cancellationEndsIt() async throws {
        let isRecording = NIOLockedValueBox(false)
        let task = Task {
            try await CPUProfile.record(for: .seconds(60), hertz: 99) { duration in
                isRecording.withLockedValue { $0 = true }
                try await Task.sleep(for: duration)
            }
        }
        try await eventually { isRecording.withLockedValue { $0 } }
        #expect(handler() != 0)
        task.cancel()
        await #expect(throws: CancellationError.self) { _ = try await task.value }
        #expect(handler() == 0)
        try expectQuiet()
        _ = try await record {}
    }

    @Test func whatIsOutOfRangeIsRefused() async throws {
        for duration in [Duration.zero, .milliseconds(999), .milliseconds(60_001), .seconds(-1)] {
            await #expect(throws: CPUProfileError.durationOutOfRange(duration)) {
                _ = try await CPUProfile.record(for: duration, hertz: 99)
            }
        }
        for hertz in [Int.min, -1, 0, 1001, .max] {
            await #expect(throws: CPUProfileError.hertzOutOfRange(hertz)) {
                _ = try await CPUProfile.record(for: .seconds(1), hertz: hertz)
            }
        }
        for hertz in [1, 2, 999, 1000] {
            let profile = try await CPUProfile.record(for: .seconds(60), hertz: hertz) { #expect($0 == .seconds(60)) }
            #expect(profile.hertz == hertz)
        }
    }

    @Test(.disabled(if: isThreadSanitized))
    func whatDoesNotFitIsCounted() async throws {
        let thread = BusyThread(named: "busy", oneNameToFind)
        defer { thread.stop() }
        let profile = try await record(capacity: 200) { try await thread.compute(for: .seconds(1)) }
        #expect(profile.samples >= 1 && profile.samples < 100)
        #expect(profile.dropped >= 20)
        let none = try await record(capacity: 1) { try await thread.compute(for: .milliseconds(200)) }
        #expect(none.samples == 0 && none.dropped >= 5 && none.stacks.isEmpty)
    }

    /// A thread that waits in `read` is interrupted and goes on waiting.
    @Test(.disabled(if: isThreadSanitized))
    func systemCallsAreRestarted() async throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        let reader = NIOLockedValueBox<pthread_t?>(nil)
        let result = NIOLockedValueBox<Int?>(nil)
        Thread.detachNewThread { [ends] in
            reader.withLockedValue { $0 = pthread_self() }
            var byte: UInt8 = 0
            let count = read(ends[0], &byte, 1)
            result.withLockedValue { $0 = count }
        }
        try await eventually { reader.withLockedValue { $0 } != nil }
        let profile = try await record(hertz: 1) {
            for _ in 0..<20 {
                if let thread = reader.withLockedValue({ $0 }) { pthread_kill(thread, SIGPROF) }
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(result.withLockedValue { $0 } == nil)
        #expect(profile.samples >= 2)
        #expect(write(ends[1], "x", 1) == 1)
        try await eventually { result.withLockedValue { $0 } != nil }
        #expect(result.withLockedValue { $0 } == 1)
        for end in ends { close(end) }
    }
}
