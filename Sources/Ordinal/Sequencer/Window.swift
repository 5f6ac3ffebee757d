public import Synchronization

/// Numbers of a live sequence that tasks may take without its lock, one atomic addition for each.
///
/// They stay in hand in the chain while they stand in a window. Whatever else is to happen to the sequence closes the window
/// first and settles what was taken from it, so that the order of numbers is that of one sequence and nothing is lost.
///
/// A window is never opened again: a task that comes late to one that was closed finds nothing, whatever became of the
/// sequence meanwhile.
@usableFromInline
final class Window: Sendable {
    /// The next number. Beyond ``last`` there is none, and how far beyond means nothing.
    @usableFromInline let upcoming: Atomic<Int64>
    @usableFromInline let last: Int64
    @usableFromInline let increment: Int64
    private let first: Int64

    /// Above every number, and so far below the end of 64 bits that trillions of tasks may come late with the largest increment.
    private static let closed = SequenceOptions.highestNumber + 1

    init(_ run: Run) {
        first = run.first
        last = run.last
        increment = run.increment
        upcoming = Atomic(run.first)
    }

    /// A window without numbers.
    static let empty = Window()

    private init() {
        (first, last, increment) = (Self.closed, 0, 1)
        upcoming = Atomic(Self.closed)
    }

    /// Takes the next number; nil if there is none, now and for ever.
    @inlinable
    func take() -> Int64? {
        // Wraps in theory: a number is at most 2^62, and what is added beyond the last one stays below that.
        let number = upcoming.wrappingAdd(increment, ordering: .relaxed).oldValue
        return number <= last ? number : nil
    }

    /// Whether all of its numbers were taken.
    var isEmpty: Bool { upcoming.load(ordering: .relaxed) > last }

    /// Takes back what nobody took, and says how many numbers were taken.
    func close() -> Int64 {
        let next = upcoming.exchange(Self.closed, ordering: .relaxed)
        return (min(next, last + increment) - first) / increment
    }
}
