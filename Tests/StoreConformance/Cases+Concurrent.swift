import Ordinal

extension ConformanceCase {
    static let concurrent: [ConformanceCase] = [
        ConformanceCase("64 reservations at once from one sequence are disjoint and without a gap") { trial in
            let record = try await trial.sequence()
            let segments = try await trial.atOnce(64) { try await trial.reserve(Int64($0 + 1), of: record).segment }
            try expect(segments.flatMap(\.numbers).sorted(), is: Array(1...(64 * 65 / 2)))
        },
        ConformanceCase("64 sequences at once do not disturb each other") { trial in
            let results = try await trial.atOnce(64) { index in
                let record = try await trial.sequence("\(index)", at: Int64(index))
                return try await trial.reserve(10, of: record).segment
            }
            let expected = (0..<64).map { Int64($0) + 1 }
            try expect(results.map(\.first).sorted(), is: expected)
        },
        ConformanceCase("of 32 creations at once one succeeds, and all learn of it") { trial in
            let name = try trial.name()
            let lives = try await trial.atOnce(32) { _ in
                do {
                    return try await trial.store.create(name, life: .fresh, at: 0, options: .standard).life
                } catch StoreError.exists(let record) {
                    return record.life
                }
            }
            try expect(Set(lives).count, is: 1)
        },
        ConformanceCase("one who is refused does not spoil it for others") { trial in
            let record = try await trial.sequence(options: try SequenceOptions(maximum: 20))
            let other = try await trial.sequence("other")
            let outcomes = try await trial.atOnce(60) { index in
                do {
                    return try await trial.reserve(1, of: index % 2 == 0 ? record : other).segment.last
                } catch StoreError.exhausted(let maximum, _) {
                    return -maximum
                }
            }
            try expect(outcomes.filter { $0 == -20 }.count, is: 10)
            try expect(outcomes.filter { $0 > 0 }.count, is: 50)
            try expect(try await trial.live(other.name)?.ceiling, is: 30)
        },
        ConformanceCase("a caller who is cancelled changes nothing") { trial in
            let record = try await trial.sequence()
            let tasks = (0..<40).map { index in
                Task {
                    // Half of them are cancelled before they begin, half of them while they wait.
                    if index % 2 == 0 { withUnsafeCurrentTask { $0?.cancel() } }
                    return try await trial.reserve(10, of: record).segment
                }
            }
            for task in tasks { task.cancel() }
            var numbers: [Int64] = []
            for task in tasks { numbers += try await task.value.numbers }
            try expect(numbers.sorted(), is: Array(1...400))
            try expect(try await trial.reserve(1, of: record).segment.first, is: 401)
        },
    ]
}

extension Trial {
    /// Does something so many times at once.
    fileprivate func atOnce<Value: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Value
    ) async throws -> [Value] {
        try await withThrowingTaskGroup(of: Value.self) { group in
            for index in 0..<count { group.addTask { try await body(index) } }
            var values: [Value] = []
            for try await value in group { values.append(value) }
            return values
        }
    }
}
