import NIOConcurrencyHelpers

@testable import Ordinal

/// A store in memory that fails when it is told to.
final class MemoryStore: SequenceStore {
    /// What a call does, for the faults of a test to name it.
    enum Call: Hashable, Sendable {
        case status, create, find, reserve, release, advance, change, restart, delete, list, changes
    }

    /// What goes wrong with a call.
    enum Fault: Sendable {
        /// It does not happen.
        case refused(StoreError)
        /// It happens, and the reply is lost.
        case lostAfter
        /// It does not happen, and nobody can tell.
        case lostBefore
    }

    /// What a copy of the store holds.
    struct Contents: Sendable {
        var live: [SequenceName: SequenceRecord] = [:]
        var tombstones: Set<Life> = []
        var changes: [Changes.Change] = []
    }

    private struct State {
        var contents = Contents()
        var home = Home.first
        var faults: [Call: [Fault]] = [:]
        var counts: [Call: Int] = [:]
        /// Calls that hang, and those that hang already.
        var hanging: Set<Call> = []
        var hung: [CheckedContinuation<Void, Never>] = []
    }

    let label = "memory"
    private let state = NIOLockedValueBox(State())
    /// What happens before each call, to make it slow.
    private let pause: @Sendable (Call) async -> Void

    init(pause: @escaping @Sendable (Call) async -> Void = { _ in }) { self.pause = pause }

    // MARK: - In the hands of a test

    func failNext(_ call: Call, _ faults: Fault...) {
        state.withLockedValue { $0.faults[call, default: []] += faults }
    }

    /// Lets calls hang until ``letGo()``.
    func hang(_ calls: Call...) { state.withLockedValue { $0.hanging.formUnion(calls) } }

    func letGo() {
        let hung = state.withLockedValue { state in
            defer { state.hung = [] }
            state.hanging = []
            return state.hung
        }
        for continuation in hung { continuation.resume() }
    }

    var hungCalls: Int { state.withLockedValue { $0.hung.count } }
    func count(of call: Call) -> Int { state.withLockedValue { $0.counts[call] ?? 0 } }
    func record(_ name: SequenceName) -> SequenceRecord? { state.withLockedValue { $0.contents.live[name] } }
    var copy: Contents { state.withLockedValue { $0.contents } }

    /// Goes back to an older copy, on the same server or on another one.
    func goBack(to copy: Contents, home: Home = .first) {
        state.withLockedValue {
            $0.contents = copy
            $0.home = home
        }
    }

    // MARK: - The store

    private func call<Answer>(
        _ call: Call, _ body: (inout Contents, Home) throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        await pause(call)
        await withCheckedContinuation { continuation in
            let goesOn = state.withLockedValue { state in
                state.counts[call, default: 0] += 1
                guard state.hanging.contains(call) else { return true }
                state.hung.append(continuation)
                return false
            }
            if goesOn { continuation.resume() }
        }
        let result: Result<Answer, StoreError> = state.withLockedValue { state in
            let fault = state.faults[call]?.isEmpty == false ? state.faults[call]?.removeFirst() : nil
            switch fault {
            case .refused(let error): return .failure(error)
            case .lostBefore: return .failure(.unknownOutcome("the reply was lost"))
            case .lostAfter, nil: break
            }
            let before = state.contents
            do throws(StoreError) {
                let answer = try body(&state.contents, state.home)
                if fault != nil { return .failure(.unknownOutcome("the reply was lost")) }
                return .success(answer)
            } catch {
                state.contents = before
                return .failure(error)
            }
        }
        return try result.get()
    }

    func status() async throws(StoreError) -> StoreStatus {
        try await call(.status) { contents, home throws(StoreError) in
            StoreStatus(id: StoreID(rawValue: 7), home: home, sequences: contents.live.count, durability: [])
        }
    }

    /// Lets a transaction happen to the contents.
    private func transact<Answer>(
        _ call: Call, _ body: (MemoryTransaction) throws -> Answer
    ) async throws(StoreError) -> Answer {
        try await self.call(call) { contents, home throws(StoreError) in
            let transaction = MemoryTransaction(contents, home: home)
            do {
                let answer = try body(transaction)
                contents = transaction.contents
                return answer
            } catch let error as StoreError { throw error } catch { throw .unavailable("\(error)") }
        }
    }

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(.create) { try $0.create(name, life: life, at: ceiling, options: options) }
    }

    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await transact(.find) { try $0.find(name, known: known) }
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await transact(.reserve) { try $0.reserve(reservation) }
    }

    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await transact(.release) { try $0.release(segment, of: name) }
    }

    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> Advanced {
        try await transact(.advance) { try $0.advance(name, life: life, by: step) }
    }

    func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(.change) { try $0.change(name, life: life, to: options) }
    }

    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await transact(.restart) { try $0.restart(name, from: from, to: to, at: ceiling, options: options) }
    }

    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await transact(.delete) { try $0.delete(name, life: life) }
    }

    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await call(.list) { contents, _ throws(StoreError) in
            let names = contents.live.keys.sorted().filter { other in name.map { other > $0 } ?? true }
            return names.prefix(limit).compactMap { contents.live[$0] }
        }
    }

    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await call(.changes) { contents, _ throws(StoreError) in
            let end = Int64(contents.changes.count)
            let wentBack = mark.map { $0.rawValue > end } ?? false
            let heard = wentBack ? end : mark?.rawValue ?? end
            return Changes(
                mark: ChangeMark(rawValue: end), changes: Array(contents.changes[Int(heard)...]), wentBack: wentBack)
        }
    }

    func close() async {}
}

/// One call's work on a copy of the contents.
private final class MemoryTransaction: SequenceTransaction {
    var contents: MemoryStore.Contents
    let home: Home

    init(_ contents: MemoryStore.Contents, home: Home) {
        self.contents = contents
        self.home = home
    }

    func live(_ name: SequenceName) -> SequenceRecord? { contents.live[name] }
    func hasEnded(_ name: SequenceName, _ life: Life) -> Bool { contents.tombstones.contains(life) }
    func insert(_ record: SequenceRecord) { contents.live[record.name] = record }

    func update(_ record: SequenceRecord, mustBeHeard: Bool) {
        contents.live[record.name] = record
        if mustBeHeard { contents.changes.append(.moved(record)) }
    }

    func bury(_ record: SequenceRecord) {
        contents.live[record.name] = nil
        contents.tombstones.insert(record.life)
        contents.changes.append(.ended(record.name, record.life))
    }
}
