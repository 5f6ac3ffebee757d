import Ordinal

extension ConformanceCase {
    static let reading: [ConformanceCase] = [
        ConformanceCase("whoever knows a life learns what became of it") { trial in
            let name = try trial.name()
            try expect(try await trial.store.find(name, known: nil), is: .absent)
            let unknown = Life.fresh
            try expect(try await trial.store.find(name, known: unknown), is: .lost(instead: nil))
            let first = try await trial.sequence()
            try expect(try await trial.store.find(name, known: nil), is: .live(first))
            try expect(try await trial.store.find(name, known: first.life), is: .live(first))
            try expect(try await trial.store.find(name, known: unknown), is: .lost(instead: first))
            _ = try await trial.store.delete(name, life: first.life)
            try expect(try await trial.store.find(name, known: first.life), is: .absent)
            let second = try await trial.sequence()
            try expect(try await trial.store.find(name, known: first.life), is: .live(second))
        },
        ConformanceCase("names are bytes: what looks alike is not the same") { trial in
            let suffixes = [
                "cafe", "caf\u{E9}", "cafe\u{301}", "Foo", "foo", "FOO", "foo ", "😀", "😁", "user:id", "user-id",
                "order",
                "123", "0123", "%", "_", "a%", "a_", "\\", "'", "\"", "`", "{a}", "*", "?", "[a]", "ß", "ss", "İ", "i",
                "'; DROP TABLE sequences; --", "\u{200B}", "\u{FEFF}", "../x", "a/b", "a\u{A0}b", "a b",
            ]
            var records: [SequenceRecord] = []
            for (index, suffix) in suffixes.enumerated() {
                records.append(try await trial.sequence(suffix, at: Int64(index) * 1_000))
            }
            for last in [UInt8(ascii: "y"), UInt8(ascii: "z")] {
                let name = try trial.longestName(endingIn: last)
                records.append(try await trial.store.create(name, life: .fresh, at: Int64(last), options: .standard))
            }
            for record in records {
                try expect(try await trial.live(record.name), is: record)
                try expect(try await trial.reserve(1, of: record).segment.first, is: record.ceiling + 1)
            }
            for record in records {
                try expect(try await trial.store.delete(record.name, life: record.life), is: true)
                try expect(try await trial.live(record.name), is: nil)
            }
        },
        ConformanceCase("sequences are listed in the order of their bytes, page by page") { trial in
            let suffixes = ["b", "a", "Z", "aa", "a!", "é", "e\u{301}", "😀", "z", "0", "10", "9", "\u{10FFFF}"]
            var expected: [SequenceRecord] = []
            for suffix in suffixes { expected.append(try await trial.sequence(suffix)) }
            expected.sort { $0.name < $1.name }
            let deleted = expected.remove(at: 4)
            _ = try await trial.store.delete(deleted.name, life: deleted.life)
            // Every name of this trial begins like this one, and is longer.
            let before = try trial.name()
            for limit in [1, 2, 5, 12, 100] {
                var listed: [SequenceRecord] = []
                while listed.count < expected.count {
                    let page = try await trial.store.list(after: listed.last?.name ?? before, limit: limit)
                    try expect(!page.isEmpty && page.count <= limit, "a page of \(page.count) of \(limit) sequences")
                    listed += page
                }
                try expect(Array(listed.prefix(expected.count)), is: expected)
            }
            let first = try await trial.store.list(after: nil, limit: 1)
            try expect(first.count, is: 1)
            try expect(first.allSatisfy { $0.name <= expected[0].name }, "the first sequence is not the first")
            try expect(try await trial.store.list(after: before, limit: 0), is: [])
        },
    ]
}
