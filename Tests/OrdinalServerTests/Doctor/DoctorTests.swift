import Ordinal
import Testing

@testable import OrdinalServer

/// What an inspection makes of a configuration and of a machine.
@Suite struct DoctorTests {
    private func findings(
        segment: Int64 = 1_000, _ change: (inout ServerConfiguration) -> Void = { _ in }
    ) -> [String: Finding] {
        var configuration = ServerConfiguration()
        change(&configuration)
        let record = SequenceRecord(
            name: .fallbackStarts, life: Life(rawValue: 1), ceiling: 1, origin: 0, home: Home(rawValue: ""), stamp: nil,
            recentSize: segment, options: .standard)
        let stakes = Stakes([record], configuration.sequencerPolicy, hasJournal: configuration.journal.mode != .off)
        let found = ConfigurationFindings.judge(configuration, at: stakes)
        return Dictionary(found.map { ($0.subject, $0) }) { $0.severity > $1.severity ? $0 : $1 }
    }

    @Test func theDefaultsAreNoDanger() {
        #expect(findings().values.allSatisfy { $0.severity <= .note })
        #expect(findings()["redis.address"]?.severity == .note, "everybody on the machine is an administrator")
    }

    @Test func aJournalThatIsOffIsAWarning() {
        #expect(findings { $0.journal.mode = .off }["journal.mode"]?.severity == .warning)
        #expect(findings { $0.journal.mode = .required }["journal.mode"]?.severity == .ok)
    }

    @Test func theOffsetIsHeldAgainstTheSegments() throws {
        let small = try #require(findings(segment: 5_000) { $0.sequences.failoverOffset = 4_999 }["failover_offset"])
        #expect(small.severity == .danger && small.repeated == .beyond(4_999))
        #expect(small.meaning.contains("repeats up to 1 numbers"))
        #expect(
            findings(segment: 5_000) { $0.sequences.failoverOffset = 5_000 }["failover_offset"]?.severity == .warning)
        #expect(
            findings(segment: 5_000) { $0.sequences.failoverOffset = 499_999 }["failover_offset"]?.severity == .warning)
        #expect(
            findings(segment: 5_000) { $0.sequences.failoverOffset = 500_000 }["failover_offset"]?.severity == .note)
        let large = findings(segment: 5_000) {
            ($0.sequences.failoverOffset, $0.sequences.segmentMaximum) = (500_000, 5_000)
        }
        #expect(large["failover_offset"]?.severity == .ok)
        #expect(findings(segment: 5_000)["failover_offset"]?.severity == .ok)
    }

    @Test func fallbackAndPatience() throws {
        #expect(findings()["fallback"] == nil)
        #expect(findings { $0.sequences.fallback = .all }["fallback"]?.severity == .note)
        #expect(findings()["wait"] == nil)
        let slow = try StoreLocation(text: "redis://localhost?timeout=5s")
        #expect(findings { $0.store = slow }["wait"]?.severity == .warning)
    }

    @Test func exposure() {
        let everywhere = ListenAddress(host: "0.0.0.0", port: 1)
        #expect(findings { $0.redis.address = everywhere }["redis.address"]?.severity == .danger)
        #expect(findings { $0.http.address = everywhere }["http.address"]?.severity == .danger)
        #expect(findings { $0.http.address = nil }["http.address"] == nil)
        let asked = findings { ($0.redis.address, $0.authentication.passwords.admin) = (everywhere, "a") }
        #expect(asked["redis.address"]?.severity == .warning, "read on the network")
        let encrypted = findings {
            ($0.redis.address, $0.authentication.passwords.admin, $0.redis.tls.certificate) = (everywhere, "a", "c.pem")
        }
        #expect(encrypted["redis.address"]?.severity == .ok)
        #expect(findings { $0.http.options.allowedOrigins = ["*"] }["http.allowed_origins"]?.severity == .danger)
    }

    @Test func openFilesAndClock() {
        func severities(_ files: UInt64, _ seconds: Int) -> [Finding.Severity] {
            MachineFindings.judge(
                MachineFacts(openFiles: files, server: nil, seconds: seconds), ServerConfiguration()
            ).map(\.severity)
        }
        #expect(severities(1_024, 1_800_000_000) == [.warning, .ok])
        #expect(severities(20_127, 1_800_000_000) == [.warning, .ok])
        #expect(severities(20_128, 1_800_000_000) == [.ok, .ok])
        #expect(severities(.max, 0) == [.ok, .warning])
        let table =
            "Limit   Soft Limit   Hard Limit   Units\nMax open files            1024                 524288 "
            + "              files\n"
        #expect(MachineFacts.limit(in: table) == 1_024)
        #expect(
            MachineFacts.limit(
                in: "Max open files            unlimited            unlimited            "
                    + "files") == .max)
        #expect(MachineFacts.limit(in: "") == nil)
    }

    @Test func roundTrips() {
        let policy = SequencerPolicy()
        #expect(RoundTripFindings.judge("s", [], policy) == nil)
        #expect(RoundTripFindings.judge("s", [.milliseconds(1), .milliseconds(2)], policy)?.severity == .ok)
        #expect(RoundTripFindings.judge("s", [.milliseconds(1), .milliseconds(625)], policy)?.severity == .warning)
        var short = policy
        short.runway = .seconds(1)
        #expect(RoundTripFindings.judge("s", [.milliseconds(63)], short)?.severity == .warning)
    }

    @Test func theWorstComesFirst() {
        let findings = [Finding.Severity.ok, .danger, .note, .danger].enumerated().map {
            Finding($1, "\($0)", seen: "", meaning: "")
        }
        let checkup = Checkup(findings)
        #expect(checkup.findings.map(\.subject) == ["1", "3", "2", "0"])
        #expect(checkup.isDangerous && checkup.isComplete && checkup.count(of: .danger) == 2)
        #expect(!Checkup([.notInspected("a", because: "b", remedy: "c")]).isComplete)
    }

    @Test func aStoreThatIsAwayIsNotInspected() async throws {
        var configuration = ServerConfiguration()
        configuration.store = try StoreLocation(text: "redis://127.0.0.1:1?timeout=1s")
        configuration.journal.mode = .off
        let checkup = await Doctor(configuration).examine()
        #expect(!checkup.isComplete)
        let store = try #require(checkup.findings.first { $0.subject == "Redis" })
        #expect(!store.isInspected && store.remedy != nil)
    }
}
