import Ordinal

extension ConformanceCase {
    static let goingBack: [ConformanceCase] = [
        ConformanceCase("restored: the first reservation of a sequence jumps, whoever makes it") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(increment: 2, maximum: 1_000_000_000))
            let before = try await trial.reserve(10, of: record).segment
            try await trial.afterRestore {
                try await trial.reserve(1_000, of: record)
            } then: { store, _ in
                // Somebody who has no floor, such as a node that has just started without a journal.
                let first = try await trial.reserve(10, of: record, offset: 5_000, from: store)
                try expect(first.skipped, is: 5_000)
                try expect(first.segment.first, is: before.last + 2 * 5_000 + 2)
                let second = try await trial.reserve(10, of: record, offset: 5_000, from: store)
                try expect(second.skipped, is: 0)
                try expect(second.segment.first, is: first.segment.last + 2)
            }
        },
        ConformanceCase("restored: a busy sequence leaves out a hundred of its segments") { trial in
            let record = try await trial.sequence()
            let before = try await trial.reserve(50_000, of: record).segment
            try await trial.afterRestore {
                try await trial.reserve(50_000, of: record)
            } then: { store, _ in
                let first = try await store.reserve(
                    Reservation(
                        name: record.name, life: record.life, count: 1, above: .min, failoverOffset: .standard,
                        stamp: .fresh))
                try expect(first.skipped, is: 5_000_000)
                try expect(first.segment.first, is: before.last + 5_000_001)
            }
        },
        ConformanceCase("restored: an advance does not take the place of the jump") { trial in
            let record = try await trial.sequence()
            try await trial.afterRestore {
                try await trial.reserve(1_000, of: record)
            } then: { store, _ in
                _ = try await store.advance(record.name, life: record.life, by: .to(10))
                try expect(try await trial.reserve(1, of: record, offset: 5_000, from: store).segment.first, is: 5_011)
            }
        },
        ConformanceCase("restored: a release of what is no longer there is void") { trial in
            let record = try await trial.sequence()
            let segment = try await trial.reserve(100, of: record).segment
            try await trial.afterRestore {
                try await trial.reserve(100, of: record).segment
            } then: { store, late in
                try expect(try await store.release(late, of: record.name), is: false)
                try expect(try await trial.live(record.name, in: store)?.ceiling, is: segment.last)
            }
        },
        ConformanceCase("restored: a life that began later is lost, not absent") { trial in
            try await trial.afterRestore {
                try await trial.sequence()
            } then: { store, record in
                try expect(try await store.find(record.name, known: record.life), is: .lost(instead: nil))
                try await expectError(.lost(instead: nil)) { try await trial.reserve(1, of: record, from: store) }
                let mended = try await store.create(record.name, life: record.life, at: 500, options: .standard)
                try expect(try await trial.reserve(1, of: mended, from: store).segment.first, is: 501)
            }
        },
        ConformanceCase("restored: a life that began later is lost to an older one") { trial in
            let old = try await trial.sequence()
            let to = Life.fresh
            try await trial.afterRestore {
                try await trial.store.restart(old.name, from: old.life, to: to, at: 100, options: .standard)
            } then: { store, _ in
                try expect(try await store.find(old.name, known: to), is: .lost(instead: old))
                try await expectError(.lost(instead: old)) {
                    try await trial.reserve(1, of: old, life: to, from: store)
                }
                let mended = try await store.restart(
                    old.name, from: old.life, to: to, at: 5_000, options: .standard)
                try expect(try await trial.reserve(1, of: mended, from: store).segment.first, is: 5_001)
                try await expectError(.ended) { try await trial.reserve(1, of: old, from: store) }
            }
        },
        ConformanceCase("restored: a mark of later changes shows that the store went back") { trial in
            let record = try await trial.sequence()
            try await trial.afterRestore {
                for number in 1...20 as ClosedRange<Int64> {
                    _ = try await trial.store.advance(record.name, life: record.life, by: .to(number))
                }
                return try await trial.store.changes(since: nil).mark
            } then: { store, mark in
                let changes = try await store.changes(since: mark)
                try expect(changes.wentBack, is: true)
                try expect(try await store.changes(since: changes.mark).wentBack, is: false)
            }
        },
    ]
}

extension Trial {
    /// Copies the store, does `meanwhile`, restores the copy and looks at that.
    fileprivate func afterRestore<Value>(
        _ meanwhile: () async throws -> Value, then look: (any SequenceStore, Value) async throws -> Void
    ) async throws {
        guard let restore = subject.restore else {
            throw Violation("this store cannot be restored: leave these cases out", #fileID, #line)
        }
        var value: Value?
        let restored = try await restore { value = try await meanwhile() }
        do {
            guard let value else { throw Violation("nothing happened between copy and restore", #fileID, #line) }
            try await look(restored, value)
        } catch {
            await restored.close()
            throw error
        }
        await restored.close()
    }
}
