import Ordinal

extension ConformanceCase {
    static let releasing: [ConformanceCase] = [
        ConformanceCase("what was reserved last can be given back, whole or its end") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(increment: 2, maximum: 1_000))
            let whole = try await trial.reserve(10, of: record).segment
            try expect(try await trial.store.release(whole, of: record.name), is: true)
            let again = try await trial.reserve(10, of: record).segment
            try expect(again.first, is: whole.first)
            let end = Segment(
                life: record.life, first: again.last - 2, last: again.last, increment: 2, stamp: again.stamp)
            try expect(try await trial.store.release(end, of: record.name), is: true)
            try expect(try await trial.reserve(1, of: record).segment.first, is: again.last - 2)
        },
        ConformanceCase("a release that arrives twice gives back once") { trial in
            let record = try await trial.sequence()
            let segment = try await trial.reserve(10, of: record).segment
            try expect(try await trial.store.release(segment, of: record.name), is: true)
            try expect(try await trial.store.release(segment, of: record.name), is: false)
            try expect(try await trial.live(record.name)?.stamp, is: nil)
        },
        ConformanceCase("a release that arrives late does not match an equal ceiling") { trial in
            let record = try await trial.sequence()
            let late = try await trial.reserve(10, of: record).segment
            try expect(try await trial.store.release(late, of: record.name), is: true)
            // Somebody else reserves the same numbers under another stamp.
            let theirs = try await trial.reserve(10, of: record).segment
            try expect(theirs.last, is: late.last)
            try expect(try await trial.store.release(late, of: record.name), is: false)
            try expect(try await trial.reserve(1, of: record).segment.first, is: theirs.last + 1)
        },
        ConformanceCase("what others reserved after cannot be given back") { trial in
            let record = try await trial.sequence()
            let first = try await trial.reserve(10, of: record).segment
            let second = try await trial.reserve(10, of: record).segment
            try expect(try await trial.store.release(first, of: record.name), is: false)
            try expect(try await trial.store.release(second, of: record.name), is: true)
            // The stamp of the first reservation is gone: its numbers stay reserved, and are a gap.
            try expect(try await trial.store.release(first, of: record.name), is: false)
            try expect(try await trial.live(record.name)?.ceiling, is: first.last)
        },
        ConformanceCase("a release that an advance overtook takes nothing of it back") { trial in
            let record = try await trial.sequence()
            let segment = try await trial.reserve(100, of: record).segment
            // Within what is reserved: the ceiling stays, the origin moves.
            _ = try await trial.store.advance(record.name, life: record.life, by: .to(40))
            try expect(try await trial.store.release(segment, of: record.name), is: true)
            try expect(try await trial.reserve(1, of: record).segment.first, is: 41)
        },
        ConformanceCase("a release that an advance beyond it overtook is void") { trial in
            let record = try await trial.sequence()
            let segment = try await trial.reserve(100, of: record).segment
            _ = try await trial.store.advance(record.name, life: record.life, by: .to(150))
            try expect(try await trial.store.release(segment, of: record.name), is: false)
            try expect(try await trial.reserve(1, of: record).segment.first, is: 151)
        },
        ConformanceCase("an advance to the very ceiling does not make its release pass it") { trial in
            let record = try await trial.sequence()
            let segment = try await trial.reserve(100, of: record).segment
            _ = try await trial.store.advance(record.name, life: record.life, by: .to(100))
            _ = try await trial.store.release(segment, of: record.name)
            try expect(try await trial.reserve(1, of: record).segment.first, is: 101)
        },
        ConformanceCase("a release of another life leaves this one alone") { trial in
            let record = try await trial.sequence()
            let old = try await trial.reserve(10, of: record).segment
            let next = try await trial.store.restart(
                record.name, from: record.life, to: .fresh, at: 0, options: .standard)
            let new = try await trial.reserve(10, of: next, stamp: old.stamp).segment
            try await expectError(.ended) { try await trial.store.release(old, of: record.name) }
            let unknown = Segment(life: .fresh, first: 1, last: 10, increment: 1, stamp: old.stamp)
            try await expectError({ if case .lost(.some) = $0 { true } else { false } }) {
                try await trial.store.release(unknown, of: record.name)
            }
            try expect(try await trial.live(record.name)?.ceiling, is: new.last)
        },
    ]
}
