import Ordinal

/// A store in memory, made of the rules of ``SequenceRecord`` and nothing else: what every store must do.
struct Model {
    let home: Home
    private var live: [SequenceName: SequenceRecord] = [:]
    private var ended: [SequenceName: Set<Life>] = [:]

    init(home: Home) { self.home = home }

    /// One call of a store.
    enum Call: Sendable {
        case create(SequenceName, Life, at: Int64, SequenceOptions)
        case find(SequenceName, known: Life?)
        case reserve(Reservation)
        case release(Segment, of: SequenceName)
        case advance(SequenceName, Life, Advance)
        case change(SequenceName, Life, SequenceOptions)
        case restart(SequenceName, from: Life, to: Life, at: Int64, SequenceOptions)
        case delete(SequenceName, Life)
    }

    /// What it answered.
    enum Answer: Hashable, Sendable {
        case record(SequenceRecord)
        case entry(SequenceEntry)
        case reserved(Reserved)
        case bool(Bool)
        case error(StoreError)
    }

    /// What is there of every name that was ever used.
    func entry(of name: SequenceName, known: Life?) -> SequenceEntry {
        SequenceEntry(live: live[name], known: known, hasEnded: known.map { hasEnded(name, $0) } ?? false)
    }

    mutating func answer(_ call: Call) -> Answer {
        do { return try perform(call) } catch { return .error(error) }
    }

    private func hasEnded(_ name: SequenceName, _ life: Life) -> Bool { ended[name]?.contains(life) ?? false }

    private func record(_ name: SequenceName, _ life: Life) throws(StoreError) -> SequenceRecord {
        if let record = live[name], record.life == life { return record }
        if hasEnded(name, life) { throw .ended }
        throw .lost(instead: live[name])
    }

    private mutating func perform(_ call: Call) throws(StoreError) -> Answer {
        switch call {
        case .create(let name, let life, let ceiling, let options):
            guard !hasEnded(name, life) else { throw .ended }
            if let present = live[name] {
                guard present.life == life else { throw .exists(present) }
                return .record(present)
            }
            let record = try SequenceRecord(beginning: life, of: name, at: ceiling, options: options, home: home)
            live[name] = record
            return .record(record)
        case .find(let name, let known):
            return .entry(entry(of: name, known: known))
        case .reserve(let reservation):
            var record = try record(reservation.name, reservation.life)
            let reserved = try record.reserve(reservation, home: home)
            live[reservation.name] = record
            return .reserved(reserved)
        case .release(let segment, let name):
            var record = try record(name, segment.life)
            let given = record.release(segment)
            live[name] = record
            return .bool(given)
        case .advance(let name, let life, let step):
            var record = try record(name, life)
            try record.advance(step)
            live[name] = record
            return .record(record)
        case .change(let name, let life, let options):
            var record = try record(name, life)
            try record.change(to: options)
            live[name] = record
            return .record(record)
        case .restart(let name, let from, let to, let ceiling, let options):
            guard !hasEnded(name, to) else { throw .ended }
            if let present = live[name], present.life == to { return .record(present) }
            _ = try record(name, from)
            let record = try SequenceRecord(beginning: to, of: name, at: ceiling, options: options, home: home)
            ended[name, default: []].insert(from)
            live[name] = record
            return .record(record)
        case .delete(let name, let life):
            do { _ = try record(name, life) } catch .ended { return .bool(false) }
            live[name] = nil
            ended[name, default: []].insert(life)
            return .bool(true)
        }
    }
}

extension SequenceStore {
    /// Does what the model does.
    func answer(_ call: Model.Call) async -> Model.Answer {
        do throws(StoreError) {
            switch call {
            case .create(let name, let life, let ceiling, let options):
                return .record(try await create(name, life: life, at: ceiling, options: options))
            case .find(let name, let known):
                return .entry(try await find(name, known: known))
            case .reserve(let reservation):
                return .reserved(try await reserve(reservation))
            case .release(let segment, let name):
                return .bool(try await release(segment, of: name))
            case .advance(let name, let life, let step):
                return .record(try await advance(name, life: life, by: step).record)
            case .change(let name, let life, let options):
                return .record(try await change(name, life: life, to: options))
            case .restart(let name, let from, let to, let ceiling, let options):
                return .record(try await restart(name, from: from, to: to, at: ceiling, options: options))
            case .delete(let name, let life):
                return .bool(try await delete(name, life: life))
            }
        } catch {
            return .error(error)
        }
    }
}
