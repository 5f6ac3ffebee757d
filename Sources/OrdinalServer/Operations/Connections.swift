import NIOConcurrencyHelpers
import NIOCore
import Synchronization

/// The open connections of a front: counted, limited, told things, and ended together.
final class Connections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isDraining = false
    }

    private let state = NIOLockedValueBox(State())
    private let limit: Int
    private let total = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)

    /// - Parameter limit: How many there may be at once.
    init(limit: Int) { self.limit = limit }

    /// How many are open.
    var count: Int { state.withLockedValue(\.channels.count) }
    /// How many came, those included that were refused.
    var accepted: Int { total.load(ordering: .relaxed) }
    /// For how many there was no room.
    var rejected: Int { refused.load(ordering: .relaxed) }
    /// Whether all are being told to end. One that came in at the last moment was not told with the others.
    var isDraining: Bool { state.withLockedValue(\.isDraining) }

    /// Takes a connection in until it closes. Answers false if there is no room for it.
    func admit(_ channel: any Channel) -> Bool {
        total.add(1, ordering: .relaxed)
        let key = ObjectIdentifier(channel)
        let isAdmitted = state.withLockedValue { state in
            guard state.channels.count < limit else { return false }
            state.channels[key] = channel
            return true
        }
        guard isAdmitted else {
            refused.add(1, ordering: .relaxed)
            return false
        }
        channel.closeFuture.whenComplete { _ in self.state.withLockedValue { $0.channels[key] = nil } }
        return true
    }

    /// Tells all of them something, as an inbound user event.
    func tellAll(_ message: any Sendable) {
        for channel in state.withLockedValue(\.channels).values {
            channel.pipeline.fireUserInboundEventTriggered(message)
        }
    }

    /// From now on those that still come are to end, too.
    func beginDrain() { state.withLockedValue { $0.isDraining = true } }

    /// Waits until all have closed; what is left at the deadline is closed all the same.
    func waitUntilClosed(_ deadline: ContinuousClock.Instant) async {
        while !state.withLockedValue(\.channels.isEmpty), ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(5)) } catch { break }
        }
        for channel in state.withLockedValue(\.channels).values { channel.close(promise: nil) }
    }
}
