import NIOPosix
import Ordinal
import OrdinalSQLite

/// Inspects what the uniqueness of numbers rests on, for the server that a configuration describes. It changes nothing.
package struct Doctor: Sendable {
    private let configuration: ServerConfiguration

    package init(_ configuration: ServerConfiguration) { self.configuration = configuration }

    /// Looks at everything. Takes as long as the time limits of the store allow.
    package func examine() async -> Checkup {
        // Before the store: a floor is written after its ceiling, so that a server that runs cannot seem to be ahead of it.
        let journal = configuration.journal.mode == .off ? nil : await readJournal()
        let readings = await configuration.store.read()
        // The last one keeps the ceilings.
        let store = readings.last?.facts
        let policy = configuration.sequencerPolicy
        let stakes = Stakes(store?.records ?? [], policy, hasJournal: configuration.journal.mode != .off)
        var findings = readings.flatMap { $0.findings(at: stakes) }
        findings += readings.compactMap { RoundTripFindings.judge($0.subject, $0.facts?.roundTrips ?? [], policy) }
        if let store {
            findings += SequenceFindings.judge(store.records, policy)
            if store.records.count >= StoreFactsLimit.records { findings.append(Self.cut) }
        }
        findings += await legacyCounters()
        var server = (store as? SQLiteFacts)?.server
        switch journal {
        case .success(let facts):
            findings += facts.findings(for: store, at: stakes)
            server = facts.server ?? server
        case .failure(let error): findings.append(Self.unreadable(error))
        case nil: break
        }
        findings += ConfigurationFindings.judge(configuration, at: stakes)
        findings += MachineFindings.judge(MachineFacts.read(server: server), configuration)
        return Checkup(findings)
    }

    private static let cut = Finding(
        .note, "sequences", seen: "more than \(StoreFactsLimit.records)",
        meaning: "only the first of them, in the order of their names, were looked at")

    private func legacyCounters() async -> [Finding] {
        do throws(StartError) {
            try await configuration.store.refuseLegacyCounters()
            return []
        } catch {
            return [
                Finding(
                    .danger, "MySQL: other counters", seen: "the database holds counters of idgo",
                    meaning: "idgo and Ordinal would hand out the same numbers: a server of Ordinal refuses to start",
                    remedy: "stop idgo and run `ordinal import idgo` with the same configuration", repeated: .unlimited)
            ]
        }
    }

    private func readJournal() async -> Result<JournalFacts, any Error> {
        let path = configuration.journalPath
        // It blocks.
        do { return .success(try await NIOThreadPool.singleton.runIfActive { try JournalFacts.read(path) }) } catch {
            return .failure(error)
        }
    }

    private static func unreadable(_ error: any Error) -> Finding {
        Finding.notInspected(
            "journal", because: "\(error)", remedy: "write journal.path, or run in the directory of the server")
    }
}
