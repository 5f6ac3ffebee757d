import Ordinal

extension ConformanceCase {
    static let hearing: [ConformanceCase] = [
        ConformanceCase("without a mark there is one to begin from, and nothing else") { trial in
            let record = try await trial.sequence()
            _ = try await trial.store.delete(record.name, life: record.life)
            let changes = try await trial.store.changes(since: nil)
            try expect(changes.changes, is: [])
            try expect(changes.wentBack, is: false)
        },
        ConformanceCase("deletions, restarts, advances and options are heard of, in their order") { trial in
            let (one, two) = (try await trial.sequence("1"), try await trial.sequence("2"))
            let (three, four) = (try await trial.sequence("3"), try await trial.sequence("4"))
            let mark = try await trial.store.changes(since: nil).mark
            _ = try await trial.store.delete(one.name, life: one.life)
            _ = try await trial.store.restart(two.name, from: two.life, to: .fresh, at: 0, options: .standard)
            let moved = try await trial.store.advance(three.name, life: three.life, by: .to(50)).record
            let changed = try await trial.store.change(
                four.name, life: four.life, to: try SequenceOptions(maximum: 9_000))
            try expect(
                try await trial.heard(since: mark, of: [one, two, three, four]).changes,
                is: [
                    .ended(one.name, one.life), .ended(two.name, two.life), .moved(moved), .moved(changed),
                ])
        },
        ConformanceCase("what was heard once is not heard again") { trial in
            let record = try await trial.sequence()
            let mark = try await trial.store.changes(since: nil).mark
            _ = try await trial.store.advance(record.name, life: record.life, by: .to(50))
            let first = try await trial.heard(since: mark, of: [record])
            try expect(first.changes.count, is: 1)
            try expect(try await trial.heard(since: first.mark, of: [record]).changes, is: [])
            let moved = try await trial.store.advance(record.name, life: record.life, by: .to(60)).record
            try expect(try await trial.heard(since: first.mark, of: [record]).changes, is: [.moved(moved)])
        },
        ConformanceCase("what changes nothing and what only this node must know is not heard of") { trial in
            let record = try await trial.sequence(at: 100)
            let mark = try await trial.store.changes(since: nil).mark
            let segment = try await trial.reserve(10, of: record).segment
            _ = try await trial.store.release(segment, of: record.name)
            _ = try await trial.store.advance(record.name, life: record.life, by: .to(50))
            _ = try await trial.store.change(record.name, life: record.life, to: record.options)
            let created = try await trial.sequence("created")
            try expect(try await trial.heard(since: mark, of: [record, created]).changes, is: [])
        },
        ConformanceCase("many changes come in portions, and all of them come") { trial in
            let mark = try await trial.store.changes(since: nil).mark
            var records: [SequenceRecord] = []
            for index in 0..<1_500 { records.append(try await trial.sequence("\(index)")) }
            let (name, store) = (records.map(\.name), trial.store)
            for record in records { _ = try await store.delete(record.name, life: record.life) }
            let heard = try await trial.heard(since: mark, of: records).changes
            try expect(heard.count, is: name.count)
            try expect(heard, is: records.map { .ended($0.name, $0.life) })
        },
        ConformanceCase("a mark beyond the store's history shows that it went back") { trial in
            let mark = try await trial.store.changes(since: nil).mark
            let beyond = ChangeMark(rawValue: mark.rawValue + 1_000_000_000)
            let changes = try await trial.store.changes(since: beyond)
            try expect(changes.wentBack, is: true)
            try expect(changes.mark.rawValue < beyond.rawValue, "the mark stays beyond the history")
            try expect(try await trial.store.changes(since: changes.mark).wentBack, is: false)
        },
    ]
}

extension Trial {
    /// Everything that is to be heard since a mark, of these sequences only.
    fileprivate func heard(since mark: ChangeMark, of records: [SequenceRecord]) async throws -> Changes {
        let names = Set(records.map(\.name))
        var (mark, found) = (mark, [Changes.Change]())
        while true {
            let changes = try await store.changes(since: mark)
            try expect(changes.wentBack, is: false)
            if changes.changes.isEmpty { return Changes(mark: changes.mark, changes: found, wentBack: false) }
            mark = changes.mark
            found += changes.changes.filter { change in
                switch change {
                case .ended(let name, _): names.contains(name)
                case .moved(let record): names.contains(record.name)
                }
            }
        }
    }
}
