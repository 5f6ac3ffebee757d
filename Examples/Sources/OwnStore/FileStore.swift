import FoundationEssentials
import Glibc
import NIOConcurrencyHelpers
import NIOPosix
import Ordinal

/// A store in one JSON file, which is written anew with every change: small, slow with many sequences, and honest.
///
/// It promises what every store must: an answer is given when the disk has confirmed what it says; one process at a time.
/// What it cannot: whether the file is an older copy, put there while the program was down, is for the journal to notice.
/// If the journal was put back with it, numbers repeat. A store that is a server tells itself from others by its `Home`.
final class FileStore: TransactionalStore {
    let label: String
    private let path: String
    private let lock: CInt
    private let contents: NIOLockedValueBox<Contents>
    /// Waiting for a disk would hold up a thread that Swift shares among all tasks. One of our own may wait, and being one
    /// it puts the changes in an order.
    private let thread = NIOThreadPool(numberOfThreads: 1)

    static func open(path: String) throws -> FileStore {
        let lock = Glibc.open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw StorePreparationError("\(path).lock cannot be opened: error \(errno)", isPermanent: true)
        }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            throw StorePreparationError("\(path) is in use by another process", isPermanent: true)
        }
        // Only a file that is not there makes a new store: one that cannot be read may be full of numbers in use.
        guard FileManager.default.fileExists(atPath: path) else {
            let contents = Contents(id: Data(StoreID(random: Environment.system.random).bytes))
            try save(contents, to: path)
            return FileStore(path, lock, contents)
        }
        let contents = try JSONDecoder().decode(Contents.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        return FileStore(path, lock, contents)
    }

    private init(_ path: String, _ lock: CInt, _ contents: Contents) {
        (self.path, self.lock, self.contents) = (path, lock, NIOLockedValueBox(contents))
        label = "file:\(path)"
        thread.start()
    }

    deinit { Glibc.close(lock) }

    func close() async {
        // It only says that the thread had ended before.
        try? await thread.shutdownGracefully()
        flock(lock, LOCK_UN)
    }

    // MARK: - What is read

    func status() async throws(StoreError) -> StoreStatus {
        let contents = contents.withLockedValue(\.self)
        guard let id = StoreID(bytes: contents.id) else { throw .unavailable("the file is damaged") }
        return StoreStatus(
            id: id, home: Draft.home, sequences: contents.rows.count,
            durability: ["every change is flushed to the disk before it is answered"])
    }

    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await perform { draft in
            let records = try draft.contents.rows.map { try $0.record() }.sorted { $0.name < $1.name }
            return Array(records.drop { record in name.map { record.name <= $0 } ?? false }.prefix(max(0, limit)))
        }
    }

    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await perform { draft in
            let found = try mark.map { try draft.contents.changes(after: $0.rawValue) }
            return Changes(since: mark, upTo: draft.contents.changes, found: found ?? [])
        }
    }

    // MARK: - Transactions. `TransactionalStore` makes every other call of one.

    func transact<Value: Sendable>(
        _ name: SequenceName, lives: [Life], _ access: TransactionAccess,
        _ work: @escaping @Sendable (any SequenceTransaction) throws -> Value
    ) async throws(StoreError) -> Value {
        try await perform { try work($0) }
    }

    /// Runs `work` on the thread of the store.
    private func perform<Value: Sendable>(
        _ work: @escaping @Sendable (Draft) throws -> Value
    ) async throws(StoreError) -> Value {
        // Not `runIfActive`: a call that has begun ends as it would have ended, even if its caller is cancelled.
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            thread.submit { [self] state in
                guard state == .active else {
                    return continuation.resume(returning: .failure(StoreError.unavailable("it is closed")))
                }
                continuation.resume(returning: Result { try commit(work) })
            }
        }
        do { return try result.get() } catch let error as StoreError { throw error } catch {
            // A row is damaged, and nothing was written.
            throw .unavailable("\(error)")
        }
    }

    /// Runs `work` on a copy, which becomes the truth when the disk has it.
    private func commit<Value>(_ work: (Draft) throws -> Value) throws -> Value {
        let draft = Draft(contents.withLockedValue(\.self))
        let answer = try work(draft)
        if draft.isChanged {
            try Self.save(draft.contents, to: path)
            contents.withLockedValue { $0 = draft.contents }
        }
        return answer
    }

    /// The new file takes the place of the old one when it is whole, so that a crash leaves one of them.
    private static func save(_ contents: Contents, to path: String) throws {
        let bytes = try JSONEncoder().encode(contents)
        let isWritten = durably(path + ".new", O_WRONLY | O_CREAT | O_TRUNC) { file in
            bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) == $0.count }
        }
        guard isWritten, rename(path + ".new", path) == 0 else {
            throw StoreError.unavailable("\(path) cannot be written: error \(errno)")
        }
        // The name is changed, but a power cut may still undo that: nobody can say now whether it happened.
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard durably(directory, O_RDONLY | O_DIRECTORY, { _ in true }) else {
            throw StoreError.unknownOutcome("\(directory) cannot be flushed: error \(errno)")
        }
    }

    private static func durably(_ path: String, _ flags: CInt, _ work: (CInt) -> Bool) -> Bool {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { Glibc.close(descriptor) }
        return work(descriptor) && fsync(descriptor) == 0
    }
}
