import Ordinal

/// What one thread of the pool does its transactions with: a connection that is made when it is needed, and made anew
/// after it failed.
final class StoreSession {
    /// How often a transaction is begun that certainly was rolled back.
    private static let attempts = 3

    private let location: MySQLLocation
    private let pause: ReconnectPause
    private var current: StoreConnection?

    init(to location: MySQLLocation, pause: ReconnectPause) {
        self.location = location
        self.pause = pause
    }

    /// Runs `body` in a transaction and answers when that is durable.
    ///
    /// A `StoreError` that `body` throws rolls the transaction back and is a result. What was rolled back for certain before
    /// a COMMIT was sent may be begun again; nothing is repeated once it was sent.
    func transact<Value>(
        _ access: TransactionAccess, for caller: Caller, _ body: (Transaction) throws -> Value
    ) throws(TransactionFailure) -> Result<Value, StoreError> {
        var left = Self.attempts
        while true {
            left -= 1
            do {
                return try attempt(access, for: caller, body)
            } catch let failure as TransactionFailure {
                throw failure
            } catch {
                let failure = Self.failure(error)
                guard failure.mayBeRepeated, left > 0, !caller.isLate else { throw .notDone(failure) }
            }
        }
    }

    /// Looks whether the store can be used at all.
    func check(until deadline: ContinuousClock.Instant) throws(MySQLFailure) {
        do {
            _ = try begin(.reading, until: deadline)
            try connected(until: deadline).connection.run("ROLLBACK")
            try connected(until: deadline).check()
        } catch {
            current = nil
            throw Self.failure(error)
        }
    }

    private func attempt<Value>(
        _ access: TransactionAccess, for caller: Caller, _ body: (Transaction) throws -> Value
    ) throws -> Result<Value, StoreError> {
        let transaction = try begin(access, until: caller.deadline)
        let value: Value
        do { value = try body(transaction) } catch let refusal as StoreError {
            rollBack(transaction.connection)
            return .failure(refusal)
        } catch {
            rollBack(transaction.connection)
            throw error
        }
        switch access {
        case .reading: rollBack(transaction.connection)
        case .writing: try commit(transaction.connection, for: caller)
        }
        return .success(value)
    }

    /// Begins a transaction. A connection that ended while it was not used is replaced by a new one.
    private func begin(_ access: TransactionAccess, until deadline: ContinuousClock.Instant) throws -> Transaction {
        let wasIdle = current != nil
        do { return try connected(until: deadline).begin(access) } catch let failure as MySQLFailure {
            current = nil
            guard wasIdle, failure.isConnectionLost, deadline > .now else { throw failure }
        }
        do { return try connected(until: deadline).begin(access) } catch {
            current = nil
            throw error
        }
    }

    private func connected(until deadline: ContinuousClock.Instant) throws -> StoreConnection {
        let connection =
            try current
            ?? pause.connecting { mayBeNew in
                try StoreConnection(to: location, until: deadline, mayBeNew: mayBeNew)
            }
        connection.connection.deadline = deadline
        current = connection
        return connection
    }

    private func commit(_ connection: MySQLConnection, for caller: Caller) throws {
        guard connection.isInTransaction else {
            current = nil
            throw MySQLFailure("the server ended the transaction by itself")
        }
        guard caller.beginCommit() else {
            current = nil
            throw MySQLFailure("the time limit is over: the server answers too slowly")
        }
        connection.deadline = nil
        do { try connection.run("COMMIT") } catch {
            // Whatever it was, the server rolls back what is not committed when the connection ends.
            current = nil
            throw error.isCommitRefused ? TransactionFailure.notDone(error) : .unconfirmed(error)
        }
    }

    /// Ends a transaction of which nothing shall stay. If that fails, the end of the connection does it.
    private func rollBack(_ connection: MySQLConnection) {
        do { try connection.run("ROLLBACK") } catch { current = nil }
    }

    private static func failure(_ error: any Error) -> MySQLFailure {
        error as? MySQLFailure ?? MySQLFailure("\(error)")
    }
}
