import NIOConcurrencyHelpers

/// What waits for a connection, bounded, for the threads that have one.
///
/// `@unchecked Sendable`: all variables are touched only between `lock()` and `unlock()`.
final class CallQueue: @unchecked Sendable {
    private enum Content {
        case nothing, something
    }

    private let lock = ConditionLock(value: Content.nothing)
    private let limit: Int
    private var calls = FIFO<Call>()
    /// How many threads wait for a call.
    private var idle = 0
    private var isClosed = false

    init(limit: Int) { self.limit = limit }

    /// Adds a call and answers whether more of them wait than there are threads with nothing to do.
    func post(_ call: Call) throws(MySQLFailure) -> Bool {
        lock.lock()
        defer { unlock() }
        guard !isClosed else { throw MySQLFailure("the store is closed") }
        guard calls.count < limit else { throw MySQLFailure("too many calls wait for the server (\(limit))") }
        calls.append(call)
        return calls.count > idle
    }

    /// Takes no more calls. Those that wait are done.
    func close() {
        lock.lock()
        defer { unlock() }
        isClosed = true
    }

    /// Takes a call without waiting.
    func takeAtOnce() -> Call? {
        lock.lock()
        defer { unlock() }
        return calls.popFirst()
    }

    /// Waits for a call. Answers nil when closed and empty.
    func take() -> Call? {
        lock.lock()
        idle += 1
        unlock()
        lock.lock(whenValue: .something)
        defer { unlock() }
        idle -= 1
        return calls.popFirst()
    }

    private func unlock() { lock.unlock(withValue: calls.isEmpty && !isClosed ? .nothing : .something) }
}
