import SystemSupport

/// Performs changes of a database file on a thread of its own, as many as wait in one transaction.
///
/// While one transaction is being flushed to the disk, what else is asked for gathers and shares the next one. No
/// caller is answered before the transaction of its change is committed, and the task of a caller has no part in it:
/// cancelling it changes nothing.
final class GroupCommit: Sendable {
    /// How many changes may wait.
    static let queueLimit = 100_000
    /// How many changes share a transaction at most.
    static let batchLimit = 1_000

    private let mailbox = Mailbox(limit: queueLimit)
    private let thread: WorkerThread

    /// Takes over `file`, which must not be used by others any more.
    init(_ file: sending DatabaseFile) throws(SQLiteFileError) {
        let mailbox = mailbox
        do {
            thread = try WorkerThread { GroupCommitLoop(file: file, mailbox: mailbox).run() }
        } catch {
            throw SQLiteFileError("the system has no thread left for the database: \(error)")
        }
    }

    // Closing is optional: pending changes still commit before the thread ends and the lock is free.
    deinit { mailbox.close() }

    /// Performs `work` in a transaction and answers when that is durable.
    ///
    /// If `work` throws, the transaction fails for all who share it: what is one caller's own affair is part of the value.
    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Transaction) throws -> Value
    ) async throws(TransactionFailure) -> Value {
        let result: Result<Value, TransactionFailure> = await withCheckedContinuation { continuation in
            let change = Change(work) { continuation.resume(returning: $0) }
            if let refusal = mailbox.post(.change(change)) { change.fail(refusal) }
        }
        return try result.get()
    }

    /// Writes a copy of the file to `path`, which must not exist. Changes go on meanwhile.
    func backup(to path: String) async throws(TransactionFailure) {
        let failure: TransactionFailure? = await withCheckedContinuation { continuation in
            let refusal = mailbox.post(.backup(to: path) { continuation.resume(returning: $0) })
            if let refusal { continuation.resume(returning: refusal) }
        }
        if let failure { throw failure }
    }

    /// Finishes the changes that wait, ends a backup that is being made, closes the file and gives up its lock.
    func close() async {
        mailbox.close()
        await thread.ended()
    }
}

/// What the thread does.
struct GroupCommitLoop {
    let file: DatabaseFile
    let mailbox: Mailbox

    func run() {
        while let portion = mailbox.take(atMost: GroupCommit.batchLimit) {
            switch portion {
            case .changes(let changes):
                commit(changes)
                file.shortenLog()
            case .backup(let path, let answer): answer(backup(to: path))
            }
        }
        file.close()
    }

    private func commit(_ changes: [Change]) {
        guard !changes.isEmpty else { return }
        var answers: [@Sendable () -> Void] = []
        do {
            try file.transact { transaction in
                for change in changes { answers.append(try change.perform(transaction)) }
            }
        } catch {
            for change in changes { change.fail(error) }
            return
        }
        for answer in answers { answer() }
    }

    private func backup(to path: String) -> TransactionFailure? {
        guard !mailbox.isClosed else { return .notDone("the file is being closed") }
        do {
            try DatabaseBackup.write(file, to: path) {
                // Whoever stops does not wait for a copy of a large file.
                guard !mailbox.isClosed else { throw TransactionFailure.notDone("the file is being closed") }
                try file.checkForBackup()
                commit(mailbox.takeChanges(atMost: GroupCommit.batchLimit))
                file.shortenLog()
            }
            return nil
        } catch {
            return error
        }
    }
}
