import Ordinal
#if MySQL
    import OrdinalMySQL
#endif
import RESPClient

/// Which values of a configuration weaken what is promised.
enum ConfigurationFindings {
    static func judge(_ configuration: ServerConfiguration, at stakes: Stakes) -> [Finding] {
        let sequences = configuration.sequences
        return [journal(configuration.journal.mode), offset(sequences, stakes), fallback(sequences.fallback)]
            .compactMap(\.self) + patience(configuration) + ExposureFindings.judge(configuration)
    }

    private static func journal(_ mode: ServerConfiguration.Journal.Mode) -> Finding {
        let subject = "journal.mode"
        switch mode {
        case .on:
            return Finding(
                .ok, subject, seen: "on",
                meaning: "a store that went back while this node was down is noticed; if the journal "
                    + "cannot be written, numbers are handed out all the same")
        case .required:
            return Finding(
                .ok, subject, seen: "required",
                meaning: "a store that went back while this node was down is noticed; "
                    + "without the journal no number is handed out")
        case .off:
            return Finding(
                .warning, subject, seen: "off",
                meaning: "a store that goes back while this node is down, and says that it is the same "
                    + "one, is not noticed: all numbers since come twice",
                remedy: "set journal.mode = \"on\"", repeated: .unlimited)
        }
    }

    /// What a loss of one reservation leaves uncovered.
    private static func offset(_ sequences: ServerConfiguration.Sequences, _ stakes: Stakes) -> Finding {
        let subject = "failover_offset"
        let largest = sequences.segmentSize ?? sequences.segmentMaximum
        guard let offset = sequences.failoverOffset else {
            return Finding(
                .ok, subject, seen: "not set: 4000000, 4 runs or 100 segments, at present \(stakes.offset)",
                meaning: "a store that went back and shows it costs so many numbers of each "
                    + "sequence; nothing repeats unless it lost more",
                repeated: .beyond(stakes.offset), lost: .atMost(stakes.offset))
        }
        let advice = "unset it, or set at least \(max(4_000_000, multiple(stakes.segment)))"
        if offset < stakes.segment {
            return Finding(
                .danger, subject, seen: "\(offset), less than a segment (\(stakes.segment))",
                meaning: "a failover or a restore that loses one reservation repeats up "
                    + "to \(stakes.segment - offset) numbers",
                remedy: advice, repeated: .beyond(offset), lost: .atMost(offset))
        }
        guard offset >= multiple(stakes.segment) else {
            return Finding(
                .warning, subject, seen: "\(offset), less than 100 segments (of \(stakes.segment))",
                meaning: "a failover or a restore that loses "
                    + "\(offset / stakes.segment + 1) reservations repeats numbers",
                remedy: advice, repeated: .beyond(offset), lost: .atMost(offset))
        }
        guard offset >= largest else {
            return Finding(
                .note, subject, seen: "\(offset), less than segment.max (\(largest))",
                meaning: "enough for segments as they are; one that has grown to its largest size is not covered",
                remedy: "lower segment.max, or unset failover_offset: then it grows with the segments",
                repeated: .beyond(offset), lost: .atMost(offset))
        }
        return Finding(
            .ok, subject, seen: "\(offset)",
            meaning: "more than 100 segments as they are: nothing repeats unless more is lost",
            repeated: .beyond(offset), lost: .atMost(offset))
    }

    private static func multiple(_ segment: Int64) -> Int64 {
        let (product, overflow) = segment.multipliedReportingOverflow(by: 100)
        return overflow ? .max : product
    }

    private static func fallback(_ fallback: SequencerPolicy.Fallback) -> Finding? {
        let whose: String
        switch fallback {
        case .off: return nil
        case .all: whose = "all sequences"
        case .only(let names): whose = "\(names.count) sequences"
        }
        return Finding(
            .note, "fallback", seen: "on for \(whose)",
            meaning: "with the store away clients get numbers from 2^62 up: unique, but in no "
                + "order with others, and too large for programs that keep numbers in 53 "
                + "bits; up to \(1 << 32) for each start of a node",
            remedy: "set fallback = \"off\" if errors are better than that")
    }

    private static func patience(_ configuration: ServerConfiguration) -> [Finding] {
        let wait = configuration.sequences.wait
        let limit = configuration.store.timeLimit
        guard limit >= wait else { return [] }
        return [
            Finding(
                .warning, "wait", seen: "\(wait), and a call of the store may take \(limit)",
                meaning: "requests give up before the first attempt has failed, and a reservation that "
                    + "hangs takes them all along; no number comes twice",
                remedy: "set wait above the timeout of the store's location")
        ]
    }
}

extension StoreLocation {
    /// How long a call may take: of both layers together.
    fileprivate var timeLimit: Duration {
        switch self {
        case .sqlite: .zero
        #if MySQL
            case .mysql(let location): location.timeout
        #endif
        case .redis(let location): location.timeout
        case .layered(let blocks, let below): blocks.timeout + below.timeLimit
        }
    }
}
