import Ordinal

/// Says what is promised of one sequence in this configuration, in figures.
struct Explainer: Sendable {
    let journal: ServerConfiguration.Journal.Mode
    let events: EventLog

    /// With the store away, it tells what this node knows of a sequence in memory.
    func explain(_ name: SequenceName, _ sequencer: Sequencer) async throws(SequencerError) -> [String] {
        let policy = sequencer.policy
        let subject: Subject
        let storeLines: [String]
        var snapshot = sequencer.snapshot(of: name)
        do throws(SequencerError) {
            guard let record = try await sequencer.find(name) else { throw .missing }
            if snapshot?.life != record.life { snapshot = nil }
            let status = try await sequencer.storeStatus()
            subject = Subject(record)
            storeLines = store(sequencer.store, status, policy)
        } catch {
            guard case .unavailable(let reason) = error, let snapshot, let known = Subject(snapshot) else {
                throw error
            }
            subject = known
            storeLines = ["store: \(sequencer.store.label), away: \(reason); all this is what the node itself knows"]
        }
        return identity(subject) + position(subject, snapshot) + crash(snapshot, policy)
            + outage(subject, snapshot, policy) + exhaustion(subject, snapshot) + storeLines
    }

    /// What is explained: the sequence as the store has it, or as the node remembers it.
    private struct Subject {
        let name: SequenceName
        let life: Life
        let options: SequenceOptions
        let ceiling: Int64

        init(_ record: SequenceRecord) {
            (name, life, options, ceiling) = (record.name, record.life, record.options, record.ceiling)
        }

        init?(_ snapshot: SequenceSnapshot) {
            guard let life = snapshot.life, let ceiling = snapshot.ceiling else { return nil }
            (name, self.life, options, self.ceiling) = (snapshot.name, life, snapshot.options, ceiling)
        }
    }

    private func identity(_ subject: Subject) -> [String] {
        ["sequence \(subject.name): life \(subject.life), increment \(subject.options.increment)"]
    }

    private func position(_ subject: Subject, _ snapshot: SequenceSnapshot?) -> [String] {
        let ceiling = "reserved up to \(subject.ceiling) (the ceiling)"
        guard let snapshot, let next = snapshot.next else { return ["next: above \(subject.ceiling); \(ceiling)"] }
        return ["next: \(next), with \(snapshot.inHand) numbers in hand; \(ceiling)"]
    }

    private func crash(_ snapshot: SequenceSnapshot?, _ policy: SequencerPolicy) -> [String] {
        let inHand = snapshot?.inHand ?? 0
        let coming = max(snapshot?.onTheirWay ?? 0, snapshot?.segmentSize ?? policy.segmentSize.smallest)
        return [
            "unique: no number of this life is handed out twice, whatever crashes",
            "a clean stop leaves no gap; a crash of this node now skips at most \(inHand + coming) numbers: "
                + "\(inHand) in hand and \(coming) that may be on their way",
        ]
    }

    private func outage(
        _ subject: Subject, _ snapshot: SequenceSnapshot?, _ policy: SequencerPolicy
    ) -> [String] {
        let end = policy.fallback.includes(subject.name) ? "a fallback number, from 2^62 up" : "an error"
        let wait = "then requests wait up to \(policy.wait.text) and get \(end)"
        guard let snapshot, let runway = snapshot.runway else {
            return ["store away: nobody takes numbers now, so nobody would notice; \(wait)"]
        }
        return [
            "store away: at \(snapshot.rate.rounded(toPlaces: 1)) numbers/s those in hand last "
                + "\(runway.rounded(toPlaces: 1)) s (runway asked for: \(policy.runway.text)); \(wait)"
        ]
    }

    private func exhaustion(_ subject: Subject, _ snapshot: SequenceSnapshot?) -> [String] {
        let left = (subject.options.maximum - subject.ceiling) / subject.options.increment + (snapshot?.inHand ?? 0)
        let rate = snapshot?.rate ?? 0
        guard rate > 0 else { return ["runs out: after \(left) more numbers, at \(subject.options.maximum)"] }
        let years = Double(left) / rate / 31_557_600
        let when = years >= 1 ? "\(years.rounded(toPlaces: 1)) years" : "\((years * 365.25).rounded(toPlaces: 1)) days"
        return ["runs out: after \(left) more numbers, at \(subject.options.maximum); at the present rate in \(when)"]
    }

    private func store(_ store: any SequenceStore, _ status: StoreStatus, _ policy: SequencerPolicy) -> [String] {
        let offset = policy.failoverOffset.map { "\($0)" } ?? "1000000 or 100 segments, whichever is more,"
        let memory =
            switch journal {
            case .on, .required: "by a new home, by this node while it runs, or by its journal"
            case .off: "by a new home, or by this node while it runs (the journal is off)"
            }
        return ["store: \(store.label), home \(status.home)"] + status.durability.map { "store: \($0)" } + [
            "restore or failover: no number repeats if fewer than \(offset) numbers were lost and it shows itself: \(memory)",
            "what nothing can see: node and store restored together; run `ordinal advance --all --by N` before serving",
        ]
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> String {
        let factor = [1.0, 10, 100, 1_000][places]
        let rounded = (self * factor).rounded() / factor
        return "\(rounded)"
    }
}

extension Duration {
    fileprivate var text: String {
        let seconds = Double(components.seconds) + Double(components.attoseconds) / 1e18
        return "\(seconds.rounded(toPlaces: 3)) s"
    }
}
