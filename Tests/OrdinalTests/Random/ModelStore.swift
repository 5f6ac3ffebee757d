@testable import Ordinal

/// A store of one sequence, made of the pure rules of ``SequenceRecord``: one that can lose what it knew.
struct ModelStore {
    /// What a copy of the store holds.
    struct Contents {
        var live: SequenceRecord?
        var tombstones: Set<Life> = []
    }

    var contents = Contents()
    var home = Home(rawValue: "home 0")
    /// The highest ceiling that was ever durable, by life.
    private(set) var highest: [Life: Int64] = [:]
    /// Numbers of each life that the store itself left out: from an advance, or because a mended life began higher.
    private(set) var leftOut: [Life: Int64] = [:]

    private mutating func note() {
        guard let live = contents.live else { return }
        highest[live.life] = max(highest[live.life] ?? .min, live.ceiling)
    }

    func find(known: Life?) -> SequenceEntry {
        SequenceEntry(
            live: contents.live, known: known, hasEnded: known.map { contents.tombstones.contains($0) } ?? false)
    }

    /// The record of a life, or why it is not there.
    private func record(of life: Life) throws(StoreError) -> SequenceRecord {
        if let live = contents.live, live.life == life { return live }
        if contents.tombstones.contains(life) { throw .ended }
        throw .lost(instead: contents.live)
    }

    mutating func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) throws(StoreError) -> SequenceRecord {
        defer { note() }
        if contents.tombstones.contains(life) { throw .ended }
        if let live = contents.live {
            guard live.life == life else { throw .exists(live) }
            return live
        }
        let record = try SequenceRecord(beginning: life, of: name, at: ceiling, options: options, home: home)
        contents.live = record
        return record
    }

    mutating func reserve(_ reservation: Reservation) throws(StoreError) -> Reserved {
        defer { note() }
        var record = try record(of: reservation.life)
        let reserved = try record.reserve(reservation, home: home)
        contents.live = record
        return reserved
    }

    mutating func release(_ segment: Segment) throws(StoreError) -> Bool {
        var record = try record(of: segment.life)
        let given = record.release(segment)
        contents.live = record
        return given
    }

    mutating func advance(_ life: Life, to number: Int64) throws(StoreError) -> SequenceRecord {
        defer { note() }
        var record = try record(of: life)
        let before = record.ceiling
        try record.advance(.to(number))
        leftOut[life, default: 0] += record.ceiling - before
        contents.live = record
        return record
    }

    mutating func change(_ life: Life, maximum: Int64) throws(StoreError) -> SequenceRecord {
        var record = try record(of: life)
        do {
            try record.change(to: SequenceOptions(increment: record.options.increment, maximum: maximum))
        } catch let error as StoreError { throw error } catch { throw .unavailable("\(error)") }
        contents.live = record
        return record
    }

    mutating func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) throws(StoreError) -> SequenceRecord {
        defer { note() }
        if let live = contents.live, live.life == to { return live }
        let old = try record(of: from)
        let record = try SequenceRecord(beginning: to, of: old.name, at: ceiling, options: options, home: home)
        contents.tombstones.insert(from)
        contents.live = record
        return record
    }

    mutating func delete(_ life: Life) throws(StoreError) -> Bool {
        do { _ = try record(of: life) } catch {
            if error == .ended { return false }
            throw error
        }
        contents.live = nil
        contents.tombstones.insert(life)
        return true
    }
}
