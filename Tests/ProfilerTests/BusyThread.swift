import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// A thread that computes until it is told to stop.
final class BusyThread: Sendable {
    private let goOn = NIOLockedValueBox(true)
    private let clock: NIOLockedValueBox<clockid_t?>
    private let hasEnded = DispatchSemaphore(value: 0)

    /// Calls `work` over and over on a new thread. `work` computes for some microseconds.
    init(named name: String, _ work: @escaping @Sendable (UInt64) -> UInt64) {
        clock = NIOLockedValueBox(nil)
        Thread.detachNewThread { [goOn, clock, hasEnded] in
            Thread.current.name = name
            var own = clockid_t()
            if pthread_getcpuclockid(pthread_self(), &own) == 0 { clock.withLockedValue { [own] in $0 = own } }
            var value: UInt64 = 1
            while goOn.withLockedValue({ $0 }) { for _ in 0..<1000 { value = work(value) } }
            clock.withLockedValue { $0 = nil }
            hasEnded.signal()
        }
    }

    /// The processor time that the thread has used.
    var processorTime: Duration {
        clock.withLockedValue { clock in
            var time = timespec()
            guard let clock, clock_gettime(clock, &time) == 0 else { return .zero }
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
    }

    /// Waits until the thread has computed for some time more.
    func compute(for time: Duration) async throws {
        let start = processorTime
        try await eventually { self.processorTime >= start + time }
    }

    func stop() {
        goOn.withLockedValue { $0 = false }
        hasEnded.wait()
    }
}

@inline(never) func oneNameToFind(_ value: UInt64) -> UInt64 {
    var value = value
    for step in 0..<1000 { value = value &* 6_364_136_223_846_793_005 &+ UInt64(step) }
    return value
}

@inline(never) func anotherNameToFind(_ value: UInt64) -> UInt64 {
    var value = value
    for step in 0..<1000 { value = (value &+ UInt64(step)) &* 2_862_933_555_777_941_757 }
    return value
}

/// ThreadSanitizer keeps signals back until the thread calls something that it knows, and then hands over registers
/// that are out of date: a thread that only computes is never sampled, and stacks are not those of the moment. What
/// depends on samples is left out there; all the rest is tested.
let isThreadSanitized = dlsym(nil, "__tsan_init") != nil
