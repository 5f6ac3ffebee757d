import NIOCore
import SystemSupport

/// What waits to be done with a database file, bounded, for one thread that does it.
struct Mailbox: Sendable {
    private let orders: BlockingQueue<Order>

    init(limit: Int) { orders = BlockingQueue(limit: limit) }

    /// Adds an order, or answers why it is not taken.
    func post(_ order: Order) -> TransactionFailure? {
        do throws(BlockingQueue<Order>.Refusal) {
            try orders.append(order)
            return nil
        } catch {
            switch error {
            case .closed: return .notDone("the file is closed")
            case .full(let limit): return .notDone("too many changes wait for the disk (\(limit))")
            }
        }
    }

    /// Takes no more orders. Those that wait are done.
    func close() { orders.close() }

    var isClosed: Bool { orders.isClosed }

    /// Waits for something to do: the backup that is first, or changes. Answers nil when closed and empty.
    func take(atMost count: Int) -> Portion? {
        orders.waitForElements { orders in
            if case .backup(let path, let answer) = orders.first {
                orders.removeFirst()
                return .backup(to: path, answer: answer)
            }
            let changes = Self.removeChanges(from: &orders, atMost: count)
            return changes.isEmpty ? nil : .changes(changes)
        }
    }

    /// Takes changes without waiting.
    func takeChanges(atMost count: Int) -> [Change] {
        orders.withElements { Self.removeChanges(from: &$0, atMost: count) }
    }

    /// Takes changes out, also from behind backups: those just have them in, too.
    private static func removeChanges(from orders: inout CircularBuffer<Order>, atMost count: Int) -> [Change] {
        var (changes, backups): ([Change], [Order]) = ([], [])
        while changes.count < count, let order = orders.popFirst() {
            if let change = order.change { changes.append(change) } else { backups.append(order) }
        }
        for backup in backups.reversed() { orders.prepend(backup) }
        return changes
    }
}

/// What is done next.
enum Portion {
    case changes([Change])
    case backup(to: String, answer: @Sendable (TransactionFailure?) -> Void)
}

/// Something to be done with a database file.
enum Order: Sendable {
    case change(Change)
    case backup(to: String, answer: @Sendable (TransactionFailure?) -> Void)

    var change: Change? {
        if case .change(let change) = self { change } else { nil }
    }
}

/// A part of a transaction, and what to tell the caller who asked for it.
struct Change: Sendable {
    /// Does the work and answers how to tell its result. That must wait until the transaction is committed.
    let perform: @Sendable (Transaction) throws -> @Sendable () -> Void
    /// Tells that the transaction failed.
    let fail: @Sendable (TransactionFailure) -> Void

    init<Value: Sendable>(
        _ work: @escaping @Sendable (Transaction) throws -> Value,
        answer: @escaping @Sendable (Result<Value, TransactionFailure>) -> Void
    ) {
        perform = { transaction in
            let value = try work(transaction)
            return { answer(.success(value)) }
        }
        fail = { answer(.failure($0)) }
    }
}
