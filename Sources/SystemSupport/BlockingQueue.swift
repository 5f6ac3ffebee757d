package import NIOCore
import NIOConcurrencyHelpers

/// A bounded queue between tasks, which add to it, and threads, which may block while there is nothing to take.
///
/// `@unchecked Sendable`: all variables are touched only between `lock()` and `unlock()`, and what is in the queue is
/// `Sendable` itself.
package final class BlockingQueue<Element: Sendable>: @unchecked Sendable {
    /// Why an element is not taken.
    package enum Refusal: Error, Hashable, Sendable {
        /// The queue is closed.
        case closed
        /// So many elements wait that there may not be more.
        case full(limit: Int)
    }

    /// Its value: whether a thread that wants something need not wait, because there is something or never will be.
    private let lock = ConditionLock(value: false)
    private let limit: Int
    private var elements = CircularBuffer<Element>()
    private var waitingThreads = 0
    private var hasClosed = false

    /// Makes a queue for at most `limit` elements.
    package init(limit: Int) { self.limit = limit }

    /// Adds an element and answers whether more of them wait now than there are threads that wait for one.
    @discardableResult
    package func append(_ element: Element) throws(Refusal) -> Bool {
        lock.lock()
        defer { unlock() }
        guard !hasClosed else { throw .closed }
        guard elements.count < limit else { throw .full(limit: limit) }
        elements.append(element)
        return elements.count > waitingThreads
    }

    /// Takes no more elements. Those that wait stay to be taken.
    package func close() {
        lock.lock()
        defer { unlock() }
        hasClosed = true
    }

    package var isClosed: Bool {
        lock.lock()
        defer { unlock() }
        return hasClosed
    }

    /// Takes the first element, or answers nil at once if there is none.
    package func popFirst() -> Element? { withElements { $0.popFirst() } }

    /// Waits for an element and takes it. Answers nil when the queue is closed and empty.
    package func waitForFirst() -> Element? { waitForElements { $0.popFirst() } }

    /// Lets `body` take what it wants, without waiting.
    package func withElements<Result>(_ body: (inout CircularBuffer<Element>) -> Result) -> Result {
        lock.lock()
        defer { unlock() }
        return body(&elements)
    }

    /// Waits for an element, then lets `body` take what it wants. If there is none, the queue is closed.
    package func waitForElements<Result>(_ body: (inout CircularBuffer<Element>) -> Result) -> Result {
        lock.lock()
        waitingThreads += 1
        unlock()
        lock.lock(whenValue: true)
        defer { unlock() }
        waitingThreads -= 1
        return body(&elements)
    }

    private func unlock() { lock.unlock(withValue: hasClosed || !elements.isEmpty) }
}
