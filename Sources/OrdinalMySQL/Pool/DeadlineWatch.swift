import NIOConcurrencyHelpers

#if canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Answers calls whose time is over, whatever the threads that do them are waiting for: the library counts its limits in
/// whole seconds and for each reply by itself, and looks up host names without any.
///
/// `@unchecked Sendable`: all variables are touched only between `lock()` and `unlock()`.
final class DeadlineWatch: @unchecked Sendable {
    private enum Content {
        case nothing, something
    }

    /// Microseconds between two looks.
    private static let tick: useconds_t = 20_000

    private let lock = ConditionLock(value: Content.nothing)
    /// In the order of their deadlines: all have the same time.
    private var calls = FIFO<Call>()
    private var isClosed = false

    func add(_ call: Call) {
        lock.lock()
        defer { unlock() }
        calls.append(call)
    }

    func close() {
        lock.lock()
        defer { unlock() }
        isClosed = true
    }

    /// Watches until it is closed. It blocks.
    func run() {
        while let late = takeLate() {
            for call in late { call.expire() }
            usleep(Self.tick)
        }
    }

    private func takeLate() -> [Call]? {
        lock.lock(whenValue: .something)
        defer { unlock() }
        guard !isClosed else { return nil }
        var late: [Call] = []
        while let first = calls.first, first.caller.isAnswered || first.caller.isLate {
            if let call = calls.popFirst(), !call.caller.isAnswered { late.append(call) }
        }
        return late
    }

    private func unlock() { lock.unlock(withValue: calls.isEmpty && !isClosed ? .nothing : .something) }
}
