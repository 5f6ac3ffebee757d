import Ordinal

extension ConformanceCase {
    static let creating: [ConformanceCase] = [
        ConformanceCase("a new sequence is as it was asked to be") { trial in
            let options = try SequenceOptions(increment: 10, maximum: 1_000)
            let (name, life) = (try trial.name(), Life.fresh)
            let record = try await trial.store.create(name, life: life, at: 40, options: options)
            let home = try await trial.store.status().home
            try expect(
                record,
                is: SequenceRecord(
                    name: name, life: life, ceiling: 40, origin: 40, home: home, stamp: nil, options: options))
            try expect(try await trial.live(name), is: record)
            try expect(try await trial.reserve(2, of: record).segment.numbers, is: [50, 60])
        },
        ConformanceCase("creating twice with one life is one creation") { trial in
            let record = try await trial.sequence(at: 7)
            let reserved = try await trial.reserve(5, of: record)
            let again = try await trial.store.create(
                record.name, life: record.life, at: 7, options: record.options)
            try expect(again.ceiling, is: reserved.segment.last)
            try expect(try await trial.reserve(5, of: record).segment.first, is: 13)
        },
        ConformanceCase("creating over another life is refused and names it") { trial in
            let record = try await trial.sequence()
            try await expectError(.exists(record)) {
                try await trial.store.create(record.name, life: .fresh, at: 100, options: .standard)
            }
            try expect(try await trial.live(record.name), is: record)
        },
        ConformanceCase("a creation that arrives after the deletion stays without effect") { trial in
            let record = try await trial.sequence()
            try expect(try await trial.store.delete(record.name, life: record.life), is: true)
            try await expectError(.ended) {
                try await trial.store.create(record.name, life: record.life, at: 0, options: .standard)
            }
            try expect(try await trial.live(record.name), is: nil)
        },
        ConformanceCase("a creation that arrives after two deletions stays without effect") { trial in
            let first = try await trial.sequence()
            _ = try await trial.store.delete(first.name, life: first.life)
            let second = try await trial.sequence()
            _ = try await trial.store.delete(second.name, life: second.life)
            for life in [first.life, second.life] {
                try await expectError(.ended) {
                    try await trial.store.create(first.name, life: life, at: 0, options: .standard)
                }
            }
            let third = try await trial.sequence()
            try await expectError(.ended) {
                try await trial.store.create(first.name, life: first.life, at: 0, options: .standard)
            }
            try expect(try await trial.live(first.name), is: third)
        },
        ConformanceCase("a ceiling out of range is refused and creates nothing") { trial in
            let name = try trial.name()
            let options = try SequenceOptions(increment: 10, maximum: 100)
            for ceiling in [101, -10, Int64.min, Int64.max] {
                try await expectError(.invalid(.ceiling(ceiling, maximum: 100))) {
                    try await trial.store.create(name, life: .fresh, at: ceiling, options: options)
                }
            }
            try expect(try await trial.store.find(name, known: nil), is: .absent)
            let record = try await trial.store.create(name, life: .fresh, at: -9, options: options)
            try expect(try await trial.reserve(2, of: record).segment.numbers, is: [1, 11])
        },
        ConformanceCase("the status counts what lives and keeps its identity") { trial in
            let before = try await trial.store.status()
            let (one, two) = (try await trial.sequence("1"), try await trial.sequence("2"))
            _ = try await trial.store.delete(one.name, life: one.life)
            _ = try await trial.store.delete(one.name, life: one.life)
            _ = try await trial.store.restart(two.name, from: two.life, to: .fresh, at: 0, options: .standard)
            let after = try await trial.store.status()
            try expect(after.id, is: before.id)
            try expect(after.home, is: before.home)
            try expect(!after.durability.isEmpty, "the store does not say what a crash of it can lose")
            try expect(after.sequences >= 1, "a live sequence is not counted")
        },
        ConformanceCase("everything is still there after it was opened again") { trial in
            let (kept, deleted) = (try await trial.sequence("kept", at: 3), try await trial.sequence("deleted"))
            let reserved = try await trial.reserve(10, of: kept)
            _ = try await trial.store.delete(deleted.name, life: deleted.life)
            let (before, record) = (try await trial.store.status(), try await trial.live(kept.name))
            let again = try await trial.subject.reopen()
            do {
                let after = try await again.status()
                try expect(after.id, is: before.id)
                try expect(after.home, is: before.home)
                try expect(try await trial.live(kept.name, in: again), is: record)
                try await expectError(.ended) {
                    try await again.create(deleted.name, life: deleted.life, at: 0, options: .standard)
                }
                let next = try await trial.reserve(10, of: kept, above: reserved.segment.last, from: again)
                try expect(next.skipped, is: 0)
                try expect(next.segment.first, is: reserved.segment.last + 1)
            } catch {
                await again.close()
                throw error
            }
            await again.close()
        },
    ]
}
