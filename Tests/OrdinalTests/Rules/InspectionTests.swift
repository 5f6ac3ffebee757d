import Testing

@testable import Ordinal

/// What an inspection makes of records.
@Suite struct InspectionTests {
    private func record(
        ceiling: Int64, maximum: Int64 = SequenceOptions.highestNumber, increment: Int64 = 1, recent: Int64 = 0
    ) throws -> SequenceRecord {
        SequenceRecord(
            name: "orders", life: Life(rawValue: 1), ceiling: ceiling, origin: 0,
            home: Home(rawValue: "h"), stamp: nil, recentSize: recent,
            options: try SequenceOptions(increment: increment, maximum: maximum))
    }

    private let policy = SequencerPolicy()

    @Test func whatIsAtStakeGrowsWithTheSegments() throws {
        let quiet = Stakes([], policy, hasJournal: true)
        #expect(quiet.segment == 1_000 && quiet.offset == 4_000_000)
        let busy = Stakes(
            [try record(ceiling: 9, recent: 50_000), try record(ceiling: 9, recent: 7)], policy, hasJournal: true)
        #expect(busy.segment == 50_000 && busy.offset == 5_000_000)
        var set = policy
        set.failoverOffset = 12
        #expect(Stakes([try record(ceiling: 9, recent: 50_000)], set, hasJournal: false).offset == 12)
    }

    @Test func aSequenceAtItsMaximumIsNamed() throws {
        let findings = SequenceFindings.judge([try record(ceiling: 100, maximum: 100)], policy)
        #expect(findings.map(\.severity) == [.warning])
        #expect(findings[0].subject == "sequence orders")
        #expect(findings[0].seen.hasPrefix("0 numbers left"))
        #expect(findings[0].remedy?.contains("ordinal change") == true)
    }

    /// 60,000 numbers a minute are 86,400,000 a day.
    @Test(arguments: [
        (6 * 86_400_000, Finding.Severity.warning), (8 * 86_400_000, .note), (91 * 86_400_000, .ok),
    ])
    func theRateOfLateSaysWhen(left: Int64, severity: Finding.Severity) throws {
        let findings = SequenceFindings.judge(
            [try record(ceiling: 1_000, maximum: 1_000 + left, recent: 60_000)], policy)
        #expect(findings.map(\.severity) == [severity], "\(findings)")
    }

    @Test func incrementsCountAsSteps() throws {
        let findings = SequenceFindings.judge([try record(ceiling: 10, maximum: 19, increment: 10)], policy)
        #expect(findings.map(\.severity) == [.warning], "9 are left, and no step of 10 fits")
    }

    @Test func aHardlyUsedSequenceNearItsEndIsNoted() throws {
        let findings = SequenceFindings.judge([try record(ceiling: 950, maximum: 1_000)], policy)
        #expect(findings.map(\.severity) == [.note])
        #expect(SequenceFindings.judge([try record(ceiling: 500, maximum: 1_000)], policy).map(\.severity) == [.ok])
    }

    @Test func manyAreNotAllNamed() throws {
        let records = try (0..<50).map { try record(ceiling: $0 < 3 ? 100 : 95, maximum: 100) }
        let findings = SequenceFindings.judge(records, policy, naming: 5)
        #expect(findings.count == 6)
        #expect(findings[..<3].allSatisfy { $0.severity == .warning }, "the most urgent first")
        #expect(findings.last?.seen == "45 more run out")
    }

    @Test func severitiesAreInOrder() {
        #expect(Finding.Severity.allCases == Finding.Severity.allCases.sorted())
        #expect(Finding.notInspected("a", because: "b", remedy: "c").isInspected == false)
    }
}
