import Ordinal

extension ConformanceCase {
    static let ending: [ConformanceCase] = [
        ConformanceCase("a deletion ends a life, and only once") { trial in
            let record = try await trial.sequence()
            try expect(try await trial.store.delete(record.name, life: record.life), is: true)
            try expect(try await trial.store.delete(record.name, life: record.life), is: false)
            try expect(try await trial.store.find(record.name, known: record.life), is: .absent)
        },
        ConformanceCase("a deletion that arrives late leaves the next life alone") { trial in
            let first = try await trial.sequence()
            _ = try await trial.store.delete(first.name, life: first.life)
            let second = try await trial.sequence(at: 100)
            try expect(try await trial.store.delete(first.name, life: first.life), is: false)
            try expect(try await trial.live(first.name), is: second)
        },
        ConformanceCase("the deletion of a life that the store lost is no success") { trial in
            let record = try await trial.sequence()
            try await expectError(.lost(instead: record)) {
                try await trial.store.delete(record.name, life: .fresh)
            }
            let missing = try trial.name("missing")
            try await expectError(.lost(instead: nil)) { try await trial.store.delete(missing, life: .fresh) }
        },
        ConformanceCase("a restart ends one life and begins another") { trial in
            let old = try await trial.sequence(at: 500)
            let options = try SequenceOptions(increment: 10, maximum: 1_000)
            let new = try await trial.store.restart(old.name, from: old.life, to: .fresh, at: 40, options: options)
            try expect([new.ceiling, new.origin], is: [40, 40])
            try expect(new.options, is: options)
            try expect(try await trial.live(old.name), is: new)
            try expect(try await trial.reserve(1, of: new).segment.first, is: 50)
            try await expectError(.ended) { try await trial.reserve(1, of: old) }
        },
        ConformanceCase("a restart that arrives twice is one restart") { trial in
            let (old, to) = (try await trial.sequence(), Life.fresh)
            let new = try await trial.store.restart(old.name, from: old.life, to: to, at: 40, options: .standard)
            let segment = try await trial.reserve(10, of: new).segment
            let again = try await trial.store.restart(old.name, from: old.life, to: to, at: 40, options: .standard)
            try expect(again.ceiling, is: segment.last)
        },
        ConformanceCase("a restart that arrives late leaves the next life alone") { trial in
            let old = try await trial.sequence()
            let (second, third) = (Life.fresh, Life.fresh)
            _ = try await trial.store.restart(old.name, from: old.life, to: second, at: 0, options: .standard)
            let live = try await trial.store.restart(old.name, from: second, to: third, at: 0, options: .standard)
            try await expectError(.ended) {
                try await trial.store.restart(old.name, from: old.life, to: second, at: 0, options: .standard)
            }
            // Not even from the life that is there: what ended does not come back.
            try await expectError(.ended) {
                try await trial.store.restart(old.name, from: third, to: second, at: 0, options: .standard)
            }
            try expect(try await trial.live(old.name), is: live)
        },
        ConformanceCase("a restart out of range or of an unknown life changes nothing") { trial in
            let record = try await trial.sequence()
            try await expectError(.invalid(.ceiling(-1, maximum: SequenceOptions.highestNumber))) {
                try await trial.store.restart(
                    record.name, from: record.life, to: .fresh, at: -1, options: .standard)
            }
            try await expectError(.lost(instead: record)) {
                try await trial.store.restart(record.name, from: .fresh, to: .fresh, at: 0, options: .standard)
            }
            try expect(try await trial.live(record.name), is: record)
            try expect(try await trial.reserve(1, of: record).segment.first, is: 1)
        },
    ]
}
