import Glibc
import NIOCore
import SystemSupport

/// Answers calls whose time is over, whatever the threads that do them are waiting for: the library counts its limits in
/// whole seconds and for each reply by itself, and looks up host names without any.
struct DeadlineWatch: Sendable {
    /// Microseconds between two looks.
    private static let tick: useconds_t = 20_000

    /// In the order of their deadlines: all have the same time. No call stays longer than that, so there is no limit.
    private let calls = BlockingQueue<Call>(limit: .max)

    func add(_ call: Call) {
        // It is refused only after the end of all threads of the pool, which answered every call before.
        do { try calls.append(call) } catch {}
    }

    func close() { calls.close() }

    /// Watches until it is closed. It blocks.
    func run() {
        while true {
            for call in calls.waitForElements(Self.removeLate) { call.expire() }
            guard !calls.isClosed else { return }
            usleep(Self.tick)
        }
    }

    private static func removeLate(from calls: inout CircularBuffer<Call>) -> [Call] {
        var late: [Call] = []
        while let first = calls.first, first.caller.isAnswered || first.caller.isLate {
            calls.removeFirst()
            if !first.caller.isAnswered { late.append(first) }
        }
        return late
    }
}
