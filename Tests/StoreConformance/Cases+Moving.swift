import Ordinal

extension ConformanceCase {
    static let moving: [ConformanceCase] = [
        ConformanceCase("an advance to a number moves forward and never back") { trial in
            let record = try await trial.sequence()
            let moved = try await trial.store.advance(record.name, life: record.life, by: .to(500)).record
            try expect([moved.origin, moved.ceiling], is: [500, 500])
            let same = try await trial.store.advance(record.name, life: record.life, by: .to(10)).record
            try expect(same, is: moved)
            try expect(try await trial.live(record.name), is: moved)
            try expect(try await trial.reserve(1, of: record).segment.first, is: 501)
        },
        ConformanceCase("an advance within what is reserved moves the origin alone") { trial in
            let record = try await trial.sequence()
            let segment = try await trial.reserve(100, of: record).segment
            let moved = try await trial.store.advance(record.name, life: record.life, by: .to(40)).record
            try expect([moved.origin, moved.ceiling], is: [40, 100])
            try expect(moved.stamp, is: segment.stamp)
        },
        ConformanceCase("an advance by a count leaves so many numbers out") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(increment: 10, maximum: 10_000))
            _ = try await trial.reserve(5, of: record)
            let moved = try await trial.store.advance(record.name, life: record.life, by: .by(3)).record
            try expect([moved.origin, moved.ceiling], is: [80, 80])
            try expect(try await trial.reserve(1, of: record).segment.first, is: 90)
        },
        ConformanceCase("an advance past the maximum or by less than nothing is refused") { trial in
            let record = try await trial.sequence(at: 10, options: try SequenceOptions(maximum: 100))
            for step in [Advance.to(101), .to(.max), .by(91), .by(.max), .by(-1), .by(.min)] {
                try await expectError({
                    switch $0 {
                    case .invalid, .exhausted: true
                    default: false
                    }
                }) { try await trial.store.advance(record.name, life: record.life, by: step) }
            }
            try expect(try await trial.live(record.name), is: record)
        },
        ConformanceCase("an advance does not hide that the store went back") { trial in
            let record = try await trial.sequence()
            let moved = try await trial.store.advance(record.name, life: record.life, by: .to(500)).record
            try expect(moved.home, is: record.home)
            let reserved = try await trial.reserve(1, of: record, above: 600, offset: 1_000)
            try expect(reserved.segment.first, is: 1_601)
        },
        ConformanceCase("the maximum may change, but not to less than the ceiling") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(maximum: 1_000))
            _ = try await trial.reserve(500, of: record)
            let tighter = try SequenceOptions(maximum: 500)
            let changed = try await trial.store.change(record.name, life: record.life, to: tighter)
            try expect(changed.options, is: tighter)
            try await expectError(.exhausted(maximum: 500)) { try await trial.reserve(1, of: record) }
            try await expectError(.invalid(.maximumBelowCeiling(499, ceiling: 500))) {
                try await trial.store.change(record.name, life: record.life, to: try SequenceOptions(maximum: 499))
            }
            _ = try await trial.store.change(record.name, life: record.life, to: .standard)
            try expect(try await trial.reserve(1, of: record).segment.first, is: 501)
        },
        ConformanceCase("the increment never changes") { trial in
            let record = try await trial.sequence()
            try await expectError(.invalid(.increment(2))) {
                try await trial.store.change(record.name, life: record.life, to: try SequenceOptions(increment: 2))
            }
            try expect(try await trial.live(record.name), is: record)
        },
        ConformanceCase("neither an ended nor an unknown life is moved") { trial in
            let record = try await trial.sequence()
            try await expectError(.lost(instead: record)) {
                try await trial.store.advance(record.name, life: .fresh, by: .to(5))
            }
            try await expectError(.lost(instead: record)) {
                try await trial.store.change(record.name, life: .fresh, to: .standard)
            }
            _ = try await trial.store.delete(record.name, life: record.life)
            try await expectError(.ended) {
                try await trial.store.advance(record.name, life: record.life, by: .to(5))
            }
            try await expectError(.ended) {
                try await trial.store.change(record.name, life: record.life, to: .standard)
            }
        },
    ]
}
