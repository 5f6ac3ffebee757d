@testable import Ordinal

/// Writes values one behind the other, most of them as one byte: the bounds keep all numbers small.
struct KeyWriter {
    var bytes: [UInt8] = []

    mutating func put(_ value: Int64) {
        precondition(value == .min || (-1...250).contains(value), "a number too large for a key")
        bytes.append(value == .min ? 255 : UInt8(value + 1))
    }

    mutating func put(_ value: Int) { put(Int64(value)) }
    mutating func put(_ value: Bool) { bytes.append(value ? 1 : 0) }
    mutating func put(_ values: [Int64]) { for value in values { put(value) } }
    mutating func put(_ values: [Int]) { for value in values { put(value) } }
    mutating func put(_ life: Life?) { put(Int64(life?.words.low ?? 0)) }
    mutating func put(_ stamp: Stamp?) { put(Int64(stamp?.rawValue ?? 0)) }
    mutating func put(bits: UInt64) {
        for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: bits >> (8 * byte))) }
    }

    mutating func put(_ segment: Segment) {
        put(segment.life)
        put([segment.first, segment.last])
        put(segment.stamp)
    }

    /// Without the size of late: offsets do not depend on it here.
    mutating func put(_ record: SequenceRecord) {
        put(record.life)
        put([record.ceiling, record.origin])
        bytes += record.home.rawValue.utf8
        put(record.stamp)
    }

    mutating func put(_ contents: StoreContents) {
        put(contents.live != nil)
        if let record = contents.live { put(record) }
        put(contents.tombstones.count)
        for low in contents.tombstones.map(\.words.low).sorted() { put(Int64(low)) }
    }

    mutating func put(_ journal: [JournalEntry]) {
        put(journal.count)
        for entry in journal {
            put(entry.life)
            put(entry.floor)
        }
    }

    mutating func put(_ memory: LifeMemory?) {
        put(memory?.entry.life)
        put([memory?.entry.floor ?? 0, memory?.heard ?? 0])
    }

    mutating func put(_ call: Call) {
        put(call.request)
        put(call.known)
        switch call.errand {
        case nil: put(0)
        case .open: put(1)
        case .create: put(2)
        case .reserve: put(3)
        case .release: put(4)
        }
        put(call.answer != nil)
        if let answer = call.answer { put(answer) }
    }

    mutating func put(_ request: Request) {
        switch request {
        case .find(let known):
            put(1)
            put(known)
        case .create(let life, let ceiling):
            put(2)
            put(life)
            put(ceiling)
        case .restart(let old, let new, let ceiling):
            put(3)
            put(old)
            put(new)
            put(ceiling)
        case .reserve(let reservation):
            put(4)
            put(reservation.life)
            put([reservation.count, reservation.above, reservation.heard])
            put(reservation.stamp)
        case .release(let segment):
            put(5)
            put(segment)
        case .delete(let life):
            put(6)
            put(life)
        case .advance(let life, let number, let step):
            put(7)
            put(life)
            put([number, step.above, step.heard])
        }
    }

    mutating func put(_ answer: Answer) {
        switch answer {
        case .found(.live(let record)):
            put(1)
            put(record)
        case .found(.absent): put(2)
        case .found(.lost(let instead)):
            put(3)
            put(instead != nil)
            if let instead { put(instead) }
        case .record(let record):
            put(4)
            put(record)
        case .reserved(let reserved):
            put(5)
            put(reserved.segment)
            put(reserved.skipped)
        case .released(let given):
            put(6)
            put(given)
        case .deleted: put(7)
        case .failed(let error):
            put(8)
            put(error)
        }
    }

    private mutating func put(_ error: StoreError) {
        switch error {
        case .ended: put(1)
        case .lost(let instead):
            put(2)
            put(instead != nil)
            if let instead { put(instead) }
        case .exists(let record):
            put(3)
            put(record)
        case .exhausted: put(4)
        case .invalid: put(5)
        case .unavailable: put(6)
        case .unknownOutcome: put(7)
        }
    }
}
