/// One task's way to the numbers of a sequence that many share.
///
/// Numbers come one after the other in the order of the sequence, whoever takes them: the next one that anybody gets is
/// above this one. It costs one atomic addition while numbers are at hand.
///
/// ```swift
/// var orders = sequencer.handle(try SequenceName("orders"), creates: true)
/// let number = try await orders.next()
/// ```
///
/// Where every nanosecond counts, call ``take()`` first: a call of an asynchronous function costs more than a number. Every
/// task has a handle of its own: copy it.
public struct SequenceHandle: Sendable {
    /// The name of the sequence.
    public let name: SequenceName

    private let sequencer: Sequencer
    private let creates: Bool
    @usableFromInline var window = Window.empty

    init(_ name: SequenceName, of sequencer: Sequencer, creates: Bool) {
        self.name = name
        self.sequencer = sequencer
        self.creates = creates
    }

    /// Takes the next number, if it is at hand.
    ///
    /// - Returns: The number, or nil if it has to be waited for: go to ``next(within:)``.
    @inlinable
    public mutating func take() -> Int64? {
        if let number = window.take() { return number }
        return takeFromNextWindow()
    }

    /// Takes the next number, waiting for it if it is not at hand.
    ///
    /// - Parameter limit: How long to wait at most, if less than ``SequencerPolicy/wait``.
    /// - Throws: What ``Sequencer/next(_:count:creates:within:)`` throws.
    public mutating func next(within limit: Duration? = nil) async throws(SequencerError) -> Int64 {
        if let number = take() { return number }
        return try await sequencer.next(name, creates: creates, within: limit).first
    }

    @usableFromInline
    mutating func takeFromNextWindow() -> Int64? {
        // By its name every time: one that left memory and came back is another.
        while name != .fallbackStarts, let next = sequencer.inMemory(name)?.window() {
            window = next
            if let number = next.take() { return number }
        }
        window = .empty
        return nil
    }
}

extension Sequencer {
    /// A way to the numbers of a sequence for a task that wants many. It reaches for nothing before the first is taken.
    ///
    /// - Parameters:
    ///   - name: The sequence.
    ///   - creates: Whether to create the sequence, beginning at 1, if there is none.
    public func handle(_ name: SequenceName, creates: Bool = false) -> SequenceHandle {
        SequenceHandle(name, of: self, creates: creates)
    }
}
