import Ordinal

extension ConformanceCase {
    static let reserving: [ConformanceCase] = [
        ConformanceCase("segments follow each other without gap or overlap, with the stamp of their reservation") {
            trial in
            let record = try await trial.sequence()
            var next: Int64 = 1
            for count in [1, 10, 1_000, 1, 100_000_000] as [Int64] {
                let stamp = Stamp.fresh
                let reserved = try await trial.reserve(count, of: record, above: next - 1, stamp: stamp)
                let expected = Segment(
                    life: record.life, first: next, last: next + count - 1, increment: 1, stamp: stamp)
                try expect(reserved, is: Reserved(segment: expected, skipped: 0))
                next += count
                let live = try await trial.live(record.name)
                try expect(live?.ceiling, is: next - 1)
                try expect(live?.stamp, is: stamp)
                try expect(live?.origin, is: 0)
            }
        },
        ConformanceCase("the increment lies between two numbers") { trial in
            let record = try await trial.sequence(at: 5, options: try SequenceOptions(increment: 7, maximum: 1_000))
            try expect(try await trial.reserve(3, of: record).segment.numbers, is: [12, 19, 26])
            try expect(try await trial.reserve(1, of: record).segment.numbers, is: [33])
        },
        ConformanceCase("fewer numbers come at the end, then none, and nothing wraps") { trial in
            let record = try await trial.sequence(at: 90, options: try SequenceOptions(increment: 3, maximum: 100))
            try expect(try await trial.reserve(100, of: record).segment.numbers, is: [93, 96, 99])
            for _ in 0..<3 {
                try await expectError(.exhausted(maximum: 100)) { try await trial.reserve(1, of: record) }
            }
            try expect(try await trial.live(record.name)?.ceiling, is: 99)
        },
        ConformanceCase("the highest number of all is reached and not passed") { trial in
            let highest = SequenceOptions.highestNumber
            let record = try await trial.sequence(at: highest - 3)
            try expect(try await trial.reserve(2, of: record).segment.numbers, is: [highest - 2, highest - 1])
            try expect(try await trial.reserve(.max, of: record).segment.numbers, is: [highest])
            try await expectError(.exhausted(maximum: highest)) { try await trial.reserve(.max, of: record) }
        },
        ConformanceCase("numbers above 2^53 are exact") { trial in
            for exponent in 52...61 {
                let ceiling = (Int64(1) << exponent) - 2
                let record = try await trial.sequence("\(exponent)", at: ceiling)
                let numbers = try await trial.reserve(4, of: record).segment.numbers
                try expect(numbers, is: (1...4).map { ceiling + $0 })
                try expect(try await trial.live(record.name)?.ceiling, is: ceiling + 4)
            }
        },
        ConformanceCase("a caller who has higher numbers gets some far above them") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(increment: 5, maximum: 1_000_000))
            _ = try await trial.reserve(2, of: record)
            let reserved = try await trial.reserve(2, of: record, above: 30, offset: 100)
            try expect(reserved.skipped, is: 100)
            try expect(reserved.segment.numbers, is: [535, 540])
            try expect(try await trial.reserve(1, of: record, above: 540).segment.numbers, is: [545])
            // A caller with less in hand, as every other node is, gets what comes next.
            try expect(try await trial.reserve(1, of: record, above: 30).segment.numbers, is: [550])
        },
        ConformanceCase("a jump past the maximum is refused and changes nothing") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(maximum: 1_000))
            let before = try await trial.reserve(10, of: record).segment
            try await expectError(.exhausted(maximum: 1_000, skipped: 500)) {
                try await trial.reserve(1, of: record, above: 500, offset: 500)
            }
            try await expectError(.exhausted(maximum: 1_000, skipped: .max)) {
                try await trial.reserve(1, of: record, above: .max, offset: .max)
            }
            try expect(try await trial.reserve(1, of: record).segment.first, is: before.last + 1)
        },
        ConformanceCase("an ended life reserves nothing") { trial in
            let record = try await trial.sequence()
            _ = try await trial.store.delete(record.name, life: record.life)
            try await expectError(.ended) { try await trial.reserve(1, of: record) }
            let next = try await trial.sequence()
            try await expectError(.ended) { try await trial.reserve(1, of: record) }
            try expect(try await trial.live(record.name), is: next)
        },
        ConformanceCase("a life that the store does not know is lost, whatever is there instead") { trial in
            let record = try await trial.sequence()
            try await expectError(.lost(instead: record)) { try await trial.reserve(1, of: record, life: .fresh) }
            _ = try await trial.store.delete(record.name, life: record.life)
            try await expectError(.lost(instead: nil)) { try await trial.reserve(1, of: record, life: .fresh) }
        },
    ]
}
