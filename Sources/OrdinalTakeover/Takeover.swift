package import Ordinal
package import OrdinalMySQL
package import RESPClient

/// Takes over the counters of another numbering system into a store.
///
/// It reads the old counters, fences the old system, and creates for each a sequence that goes on above everything that may
/// have been handed out. Whatever interrupts it, it can be run again: the fence finds what it fenced before, and a
/// sequence that is there and begins above the old value was taken over already.
///
/// The order is what keeps numbers from being handed out twice: all places are looked at before any is changed, the old
/// system is fenced before its counters are read for good, and only then are sequences created.
package struct Takeover: Sendable {
    let system: LegacySystem
    let databases: [MySQLLocation]
    let redis: RESPServerLocation?
    let prefix: String
    let margin: Int64
    let oldIsStopped: Bool

    /// - Parameters:
    ///   - system: Whose counters.
    ///   - databases: Its MySQL or MariaDB databases. Of a name that is in several, the highest value counts.
    ///   - redis: The Redis of idalloc.
    ///   - prefix: What the keys of idalloc begin with there.
    ///   - margin: How many numbers to leave out above the old values; nil means ``LegacySystem/margin``.
    ///   - oldIsStopped: The operator's word that the old system is stopped. idalloc needs it.
    package init(
        of system: LegacySystem, from databases: [MySQLLocation], redis: RESPServerLocation? = nil,
        prefix: String = "idalloc:", margin: Int64? = nil, oldIsStopped: Bool = false
    ) throws(TakeoverError) {
        guard !databases.isEmpty else {
            throw TakeoverError("no database of \(system.title) is given: write --from mysql://USER@HOST/DATABASE")
        }
        guard Set(databases).count == databases.count else {
            throw TakeoverError("a database is given twice with --from: leave one of them out")
        }
        guard redis == nil || system == .idalloc else {
            throw TakeoverError("\(system.title) keeps nothing in Redis: leave the Redis out of --from")
        }
        guard (0...SequenceOptions.highestNumber).contains(margin ?? system.margin) else {
            throw TakeoverError("the margin must be from 0 to \(SequenceOptions.highestNumber)")
        }
        self.system = system
        self.databases = databases
        self.redis = redis
        self.prefix = prefix
        self.margin = margin ?? system.margin
        self.oldIsStopped = oldIsStopped
    }

    /// Takes everything over, or only says what would be done.
    ///
    /// - Parameters:
    ///   - store: Where the sequences are to be.
    ///   - dryRun: Whether nothing is to be changed, neither here nor there.
    ///   - progress: Is told how many sequences of how many are done.
    /// - Returns: What became of every name. There may be ``TakeoverResult/failures`` among them.
    /// - Throws: If the old counters cannot be read or fenced, or the store cannot be asked. No sequence was created.
    package func run(
        into store: any SequenceStore, dryRun: Bool = false,
        progress: @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws(TakeoverError) -> TakeoverResult {
        guard dryRun || oldIsStopped || !system.mustBeStopped else {
            throw TakeoverError(
                """
                \(system.title) cannot be fenced: it goes on from its memory and from Redis. Stop all of it, then say so \
                with --old-is-stopped
                """)
        }
        do { _ = try await store.status() } catch {
            throw TakeoverError("nothing was changed: \(error)")
        }
        var counters = try await read(fencing: false)
        if !dryRun { counters = try await read(fencing: true) }
        var result = try await plan(for: counters, in: store)
        if !dryRun { await perform(&result, in: store, progress: progress) }
        return result
    }

    /// Whether a database holds a registry of idgo with keys in it that nobody has taken over. Two small queries.
    package static func holdsIdgo(_ connection: MySQLConnection) throws -> Bool {
        try IdgoTables.holdsRegistry(connection)
    }
}
