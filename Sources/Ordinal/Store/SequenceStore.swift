/// What keeps ceilings: SQLite, or a database or coordination service that several nodes share.
///
/// The store decides, atomically and by itself, which numbers a node gets; the rules are the methods of ``SequenceRecord``
/// and ``SequenceTransaction`` applies them to the rows of any store.
///
/// What every implementation owes:
/// - **Write ahead.** A call returns when what it did is durable, not before.
/// - **Sent once.** No layer repeats `reserve`, `release` or `delete`. A lost reply is ``StoreError/unknownOutcome(_:)``.
/// - **Names are data.** Compared as bytes, bound as parameters.
/// - **A time limit of its own** on every call that crosses a network, shorter than the time that a request may wait.
/// - **Cancellation changes nothing**: a call that has begun ends as it would have ended.
public protocol SequenceStore: Sendable {
    /// What logs call this store: its kind and place, without secrets.
    var label: String { get }

    /// Who the store is and what it promises. Reaches the store: the way to learn whether it is there.
    func status() async throws(StoreError) -> StoreStatus

    /// Looks whether the store can be used, and does what is to be done once, such as making tables.
    ///
    /// For the start of a program. Stores need not be prepared: what has to be done they also do when they are first used.
    func prepare() async throws(StorePreparationError)

    /// Creates a sequence whose numbers lie above `ceiling`.
    ///
    /// Doing so twice with one life is a success and changes nothing. Throws ``StoreError/exists(_:)`` if another life is
    /// there, ``StoreError/ended`` if this one already ended.
    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord

    /// What is there under a name, for a caller who had numbers of the life `known`.
    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry

    /// Raises the ceiling and hands what lies between to the caller. See ``SequenceRecord/reserve(_:home:)``.
    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved

    /// Lowers the ceiling to just below `segment`, if nothing was reserved since. See ``SequenceRecord/release(_:)``.
    ///
    /// Answers whether the numbers were given back.
    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool

    /// Moves a sequence forward, never back. See ``SequenceRecord/advance(_:)``.
    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> Advanced

    /// Changes the options of a sequence. See ``SequenceRecord/change(to:)``.
    func change(_ name: SequenceName, life: Life, to options: SequenceOptions) async throws(StoreError)
        -> SequenceRecord

    /// Ends one life and begins another at `ceiling`. Doing so twice with the same two lives is a success.
    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord

    /// Ends a life and leaves a tombstone. Answers whether it was there.
    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool

    /// The sequences after `name`, in the order of their bytes.
    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord]

    /// What nodes must hear of since `mark`: deletes, restarts, advances, changed options. From nil: only the mark.
    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes

    /// Ends all connections and gives up all locks. Nothing is called afterwards.
    func close() async
}

extension SequenceStore {
    /// Asks for the status: good for a store that cannot be set up wrongly.
    public func prepare() async throws(StorePreparationError) {
        do throws(StoreError) { _ = try await status() } catch {
            throw StorePreparationError("\(error)", isPermanent: false)
        }
    }
}

/// A store that can copy itself while it is in use.
public protocol BackupStore: SequenceStore {
    /// Writes a consistent, durable copy to `path`, which must not exist.
    func backup(to path: String) async throws(StoreError)
}
