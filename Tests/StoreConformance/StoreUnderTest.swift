public import Ordinal

/// A store that the suite may do as it likes with, and what can be done to it from outside.
public struct StoreUnderTest: Sendable {
    /// The store. Others may use it at the same time under other names.
    public let store: any SequenceStore

    /// Closes the store and opens it again, as a node that starts anew would.
    public let reopen: @Sendable () async throws -> any SequenceStore

    /// Copies the store, lets something happen, then puts the copy back in place and answers the store that is now there;
    /// nil if it cannot be done with this store.
    public let restore: (@Sendable (_ meanwhile: () async throws -> Void) async throws -> any SequenceStore)?

    public init(
        store: any SequenceStore,
        reopen: @escaping @Sendable () async throws -> any SequenceStore,
        restore: (@Sendable (_ meanwhile: () async throws -> Void) async throws -> any SequenceStore)? = nil
    ) {
        self.store = store
        self.reopen = reopen
        self.restore = restore
    }
}
