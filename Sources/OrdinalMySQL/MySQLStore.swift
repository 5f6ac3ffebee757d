import Locations
import NIOConcurrencyHelpers
public import Ordinal

/// A store in a MySQL or MariaDB database, for any number of nodes.
///
/// ```swift
/// let store = MySQLStore(try MySQLLocation("mysql://ordinal@db.example/ordinal", password: password))
/// try await store.prepare()
/// ```
///
/// Every call is one transaction, and what it answers was committed. Tables are made at the first connection to a database
/// that has none. A server that is away is found again by itself; calls fail in the meantime.
///
/// If anything fails before the COMMIT was sent, nothing happened; if the reply to the COMMIT is lost, the outcome is
/// unknown, and nothing is repeated.
///
/// A failover to a replica and a dump that was put back show themselves by a new home, and the first reservation of each
/// sequence there leaves out `failoverOffset` numbers. Not so a data directory together with the machine it is on, such
/// as a snapshot of a virtual machine: after that, advance all sequences.
public final class MySQLStore: TransactionalStore {
    private let location: MySQLLocation
    private let pool: SessionPool
    let count = NIOLockedValueBox<SequenceCount?>(nil)

    /// What logs call this store.
    public var label: String {
        switch location.endpoint {
        case .host(let host, let port): "mysql:\(HostAndPort(host: host, port: port))/\(location.database)"
        case .unixSocket(let path): "mysql:\(path)/\(location.database)"
        }
    }

    /// Makes a store that connects when it is first used.
    public init(_ location: MySQLLocation) {
        self.location = location
        pool = SessionPool(location)
    }

    /// Connects, makes the tables if there are none, and looks for what would keep the store from working.
    ///
    /// Permanent errors are a wrong password, no such database, missing rights, a server that is read-only or a replica,
    /// tables of a newer version or of another engine.
    public func prepare() async throws(StorePreparationError) {
        try await pool.perform { session, caller throws(StorePreparationError) in
            do throws(MySQLFailure) { try session.check(until: caller.deadline) } catch {
                throw StorePreparationError(error)
            }
        } orElse: {
            StorePreparationError($0.failure)
        }
    }

    public func close() async {
        await pool.close()
    }

    public func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await perform(.reading) { try $0.sequences(after: name, limit: limit) }
    }

    public func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await perform(.reading) { transaction in
            let newest = try transaction.changes()
            let found = try mark.map { try transaction.changes(after: $0.rawValue, limit: Changes.limit) }
            return Changes(since: mark, upTo: newest, found: found ?? [])
        }
    }

    public func transact<Value: Sendable>(
        _ name: SequenceName, lives: [Life], _ access: TransactionAccess,
        _ work: @escaping @Sendable (any SequenceTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        try await perform(access) { try work($0) }
    }

    /// Runs `work` in a transaction and answers when that is durable. `work` may be run again from its beginning.
    func perform<Value: Sendable>(
        _ access: TransactionAccess, _ work: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError>
        do {
            result = try await pool.perform { session, caller throws(TransactionFailure) in
                try session.transact(access, for: caller, work)
            } orElse: {
                $0
            }
        } catch {
            switch error {
            case .notDone(let failure): throw .unavailable(failure.description)
            case .unconfirmed(let failure): throw .unknownOutcome(failure.description)
            }
        }
        return try result.get()
    }
}

extension StorePreparationError {
    init(_ failure: MySQLFailure) {
        self.init(failure.description, isPermanent: failure.isPermanent)
    }
}
