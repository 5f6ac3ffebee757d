import NIOConcurrencyHelpers
import Ordinal
import StoreConformance

/// A real store whose reservations can be held up, made slow, or refused together with all other calls.
final class GatedStore: ForwardingStore {
    let store: any SequenceStore
    private let gate = Gate()
    private let troubles = NIOLockedValueBox((delay: Duration.zero, isAway: false))

    init(_ store: any SequenceStore) { self.store = store }

    /// Lets reservations wait from now on.
    func hold() async { await gate.close() }

    /// Lets them go on.
    func letGo() async { await gate.open() }

    /// How long every reservation takes at least.
    var delay: Duration {
        get { troubles.withLockedValue(\.delay) }
        set { troubles.withLockedValue { $0.delay = newValue } }
    }

    /// Whether every call fails.
    var isAway: Bool {
        get { troubles.withLockedValue(\.isAway) }
        set { troubles.withLockedValue { $0.isAway = newValue } }
    }

    func check() throws(StoreError) {
        if isAway { throw .unavailable("it is away for a test") }
    }

    /// How many reservations wait.
    var held: Int { get async { await gate.waiting.count } }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        await gate.pass()
        try check()
        // Nobody cancels a call of the store; without the pause it would just be a quick one.
        if delay > .zero { try? await Task.sleep(for: delay) }
        return try await store.reserve(reservation)
    }
}

/// Where calls wait while it is closed.
private actor Gate {
    private(set) var waiting: [CheckedContinuation<Void, Never>] = []
    private var isClosed = false

    func close() { isClosed = true }

    func open() {
        isClosed = false
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func pass() async {
        guard isClosed else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
