import NIOConcurrencyHelpers
import NIOCore

/// The requests that wait for numbers, so that they can be told that their client is gone or that the node stops.
final class PendingWaits: Sendable {
    private struct State {
        /// By the channel that the answer goes to, or by this object itself for those that outlive their client.
        var cancels: [ObjectIdentifier: [Int: @Sendable () -> Void]] = [:]
        var next = 0
        var isStopping = false
    }

    /// What ``end(_:)`` wants.
    struct Key {
        fileprivate let owner: ObjectIdentifier
        fileprivate let number: Int
    }

    private let state = NIOLockedValueBox(State())

    /// Keeps a way to end a wait, until ``end(_:)``.
    ///
    /// - Parameters:
    ///   - channel: Where the answer goes; nil: it is for whoever repeats the request.
    ///   - cancel: Ends the wait. It may be called at once.
    func begin(on channel: (any Channel)?, _ cancel: @escaping @Sendable () -> Void) -> Key {
        let owner = channel.map { ObjectIdentifier($0) } ?? ObjectIdentifier(self)
        let (key, isStopping) = state.withLockedValue { state in
            state.next += 1
            state.cancels[owner, default: [:]][state.next] = cancel
            return (Key(owner: owner, number: state.next), state.isStopping)
        }
        // A channel that closed before is looked at here; one that closes later finds what was kept.
        if isStopping || channel?.isActive == false { cancel() }
        return key
    }

    func end(_ key: Key) {
        state.withLockedValue { state in
            state.cancels[key.owner]?[key.number] = nil
            if state.cancels[key.owner]?.isEmpty == true { state.cancels[key.owner] = nil }
        }
    }

    /// Ends the waits of a channel when it closes. Once for each channel, however many requests come over it.
    func watch(_ channel: any Channel) {
        let owner = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { _ in
            let cancels = self.state.withLockedValue { $0.cancels[owner].map { Array($0.values) } ?? [] }
            for cancel in cancels { cancel() }
        }
    }

    /// Ends all waits, and those that are to come.
    func stop() {
        let cancels = state.withLockedValue { state in
            state.isStopping = true
            return state.cancels.values.flatMap(\.values)
        }
        for cancel in cancels { cancel() }
    }
}
