import NIOConcurrencyHelpers

/// Hands one value to one task that waits for it, whichever of the two comes first.
final class Delivery<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value?, Never>)
        case delivered(Value)
        /// The value was taken, or nobody will come for it any more.
        case over
    }

    private let state = NIOLockedValueBox(State.empty)

    /// Waits for the value.
    ///
    /// - Returns: The value, or nil if the task was cancelled before it came. To be called once.
    func value() async -> Value? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ending = state.withLockedValue { state -> Value?? in
                    if case .delivered(let value) = state {
                        state = .over
                        return .some(value)
                    }
                    // Looked at under the lock: a cancellation that comes later finds the continuation.
                    if Task.isCancelled {
                        state = .over
                        return .some(nil)
                    }
                    state = .waiting(continuation)
                    return nil
                }
                if let ending { continuation.resume(returning: ending) }
            }
        } onCancel: {
            let continuation = state.withLockedValue { state -> CheckedContinuation<Value?, Never>? in
                guard case .waiting(let continuation) = state else { return nil }
                state = .over
                return continuation
            }
            continuation?.resume(returning: nil)
        }
    }

    /// Delivers the value. To be called once.
    ///
    /// - Returns: Whether somebody has got it or still can.
    @discardableResult
    func deliver(_ value: Value) -> Bool {
        let (isTaken, continuation) = state.withLockedValue {
            state -> (Bool, CheckedContinuation<Value?, Never>?) in
            switch state {
            case .empty:
                state = .delivered(value)
                return (true, nil)
            case .waiting(let continuation):
                state = .over
                return (true, continuation)
            case .delivered, .over:
                return (false, nil)
            }
        }
        continuation?.resume(returning: value)
        return isTaken
    }
}
