import NIOConcurrencyHelpers

@testable import Ordinal

/// A store in memory, made of the pure rules of ``SequenceRecord``, that fails when it is told to.
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

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await call(.create) { contents, home throws(StoreError) in
            if contents.tombstones.contains(life) { throw .ended }
            if let live = contents.live[name] {
                guard live.life == life else { throw .exists(live) }
                return live
            }
            let record = try SequenceRecord(beginning: life, of: name, at: ceiling, options: options, home: home)
            contents.live[name] = record
            return record
        }
    }

    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await call(.find) { contents, _ throws(StoreError) in
            let hasEnded = known.map { contents.tombstones.contains($0) } ?? false
            return SequenceEntry(live: contents.live[name], known: known, hasEnded: hasEnded)
        }
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await call(.reserve) { contents, home throws(StoreError) in
            var record = try contents.record(reservation.name, reservation.life)
            let reserved = try record.reserve(reservation, home: home)
            contents.live[reservation.name] = record
            return reserved
        }
    }

    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await call(.release) { contents, _ throws(StoreError) in
            var record = try contents.record(name, segment.life)
            let given = record.release(segment)
            contents.live[name] = record
            return given
        }
    }

    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> SequenceRecord {
        try await call(.advance) { contents, _ throws(StoreError) in
            var record = try contents.record(name, life)
            try record.advance(step)
            contents.live[name] = record
            contents.changes.append(.moved(record))
            return record
        }
    }

    func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await call(.change) { contents, _ throws(StoreError) in
            var record = try contents.record(name, life)
            try record.change(to: options)
            contents.live[name] = record
            contents.changes.append(.moved(record))
            return record
        }
    }

    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await call(.restart) { contents, home throws(StoreError) in
            if let live = contents.live[name], live.life == to { return live }
            _ = try contents.record(name, from)
            let record = try SequenceRecord(beginning: to, of: name, at: ceiling, options: options, home: home)
            contents.live[name] = record
            contents.tombstones.insert(from)
            contents.changes.append(.ended(name, from))
            return record
        }
    }

    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await call(.delete) { contents, _ throws(StoreError) in
            if contents.tombstones.contains(life) { return false }
            _ = try contents.record(name, life)
            contents.live[name] = nil
            contents.tombstones.insert(life)
            contents.changes.append(.ended(name, life))
            return true
        }
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

extension MemoryStore.Contents {
    fileprivate func record(_ name: SequenceName, _ life: Life) throws(StoreError) -> SequenceRecord {
        if let record = live[name], record.life == life { return record }
        if tombstones.contains(life) { throw .ended }
        throw .lost(instead: live[name])
    }
}
