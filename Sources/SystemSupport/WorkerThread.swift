import Glibc
import NIOConcurrencyHelpers

/// A thread of the operating system for work that blocks: the threads of Swift's tasks must not.
package final class WorkerThread: Sendable {
    private struct State {
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private final class Work {
        let run: () -> Void
        init(_ run: sending @escaping () -> Void) { self.run = run }
    }

    private let state: NIOLockedValueBox<State>

    /// Starts a thread that does `work` and ends.
    package init(_ work: sending @escaping () -> Void) throws(SystemError) {
        let state = NIOLockedValueBox(State())
        self.state = state
        let whole = Work {
            work()
            let waiting = state.withLockedValue { state in
                state.hasEnded = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(whole)
        let number = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, retained.toOpaque())
        guard number == 0 else {
            retained.release()
            throw SystemError(number)
        }
        pthread_detach(thread)
    }

    /// Waits until the thread has ended.
    package func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLockedValue { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}
