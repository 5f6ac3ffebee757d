import NIOConcurrencyHelpers
import Ordinal
import StoreConformance

/// A store that can be away, and that counts how often numbers are reserved from it.
final class UnreliableStore: ForwardingStore {
    let store: any SequenceStore
    private let state = NIOLockedValueBox((isAway: false, reservations: 0))

    init(_ store: any SequenceStore) { self.store = store }

    var isAway: Bool {
        get { state.withLockedValue(\.isAway) }
        set { state.withLockedValue { $0.isAway = newValue } }
    }
    var reservations: Int { state.withLockedValue(\.reservations) }

    func check() throws(StoreError) { if isAway { throw .unavailable("away") } }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try check()
        state.withLockedValue { $0.reservations += 1 }
        return try await store.reserve(reservation)
    }
}
