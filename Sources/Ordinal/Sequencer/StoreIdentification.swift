import NIOConcurrencyHelpers

/// Asks a store once who it is.
final class StoreIdentification: Sendable {
    private let id = NIOLockedValueBox<StoreID?>(nil)

    func of(_ store: any SequenceStore) async throws(StoreError) -> StoreID {
        if let id = id.withLockedValue(\.self) { return id }
        let status = try await store.status()
        id.withLockedValue { $0 = status.id }
        return status.id
    }
}
