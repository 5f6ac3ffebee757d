/// Which sequences come to their end, judged by their records.
package enum SequenceFindings {
    /// Below this many days it is time to act.
    private static let danger = 7.0
    private static let warning = 90.0

    /// Judges sequences by how long their numbers last.
    ///
    /// A record tells no rate; the largest segment of late does, because a node reserves one runway at a time.
    ///
    /// - Parameters:
    ///   - records: The sequences.
    ///   - policy: How the nodes reserve.
    ///   - limit: How many sequences are named at most, the most urgent first.
    package static func judge(_ records: [SequenceRecord], _ policy: SequencerPolicy, naming limit: Int = 20)
        -> [Finding]
    {
        let endings = records.compactMap { Ending($0, policy) }.sorted { $0.days < $1.days }
        let named = endings.prefix(limit).map(\.finding)
        guard endings.count > limit else {
            guard endings.isEmpty else { return named }
            return [
                Finding(
                    .ok, "sequences", seen: "\(records.count) looked at",
                    meaning: "none runs out of numbers within \(Int(warning)) days at the rate of late")
            ]
        }
        return named + [
            Finding(
                endings[limit].severity, "sequences", seen: "\(endings.count - limit) more run out",
                meaning: "requests for them will get an error", remedy: Ending.remedy)
        ]
    }

    /// How a sequence that is worth naming ends.
    private struct Ending {
        static let remedy =
            """
            raise the maximum (ordinal change NAME --max N, up to \(SequenceOptions.highestNumber)), or go on with \
            another sequence
            """

        let record: SequenceRecord
        let left: Int64
        let days: Double
        let severity: Finding.Severity

        init?(_ record: SequenceRecord, _ policy: SequencerPolicy) {
            let (distance, increment) = (record.options.maximum - record.ceiling, record.options.increment)
            self.record = record
            left = max(0, distance) / increment
            // A segment of the smallest size says only that the rate is not higher.
            let isMeasured = record.recentSize > policy.segmentSize.smallest
            let rate = isMeasured ? Double(record.recentSize) / policy.runway.inSeconds : 0
            days = left == 0 ? 0 : rate > 0 ? Double(left) / rate / 86_400 : .infinity
            let tenth = record.options.maximum / 10
            if left == 0 || days < danger {
                severity = .warning
            } else if days < warning || left < tenth / increment {
                severity = .note
            } else {
                return nil
            }
        }

        var finding: Finding {
            let when =
                left == 0
                ? "no number can be reserved any more"
                : days.isFinite
                    ? "runs out in about \(SequenceFindings.text(days)) days at the rate of late"
                    : "less than a tenth is left; it is hardly used at present"
            return Finding(
                severity, "sequence \(record.name)",
                seen: "\(left) numbers left, reserved up to \(record.ceiling) of \(record.options.maximum)",
                meaning: "\(when); then requests get an error, and no number comes twice", remedy: Self.remedy)
        }
    }

    private static func text(_ days: Double) -> String { "\((days * 10).rounded() / 10)" }
}
