import Torture

/// What came of a torture run, for people and for programs.
struct TortureReport {
    private let result: TortureResult
    private let options: TortureOptions

    init(_ result: TortureResult, _ options: TortureOptions) {
        self.result = result
        self.options = options
    }

    var report: Report { Report(lines: Table(pairs: pairs).lines, json: .object(members), notes: notes) }

    private var pairs: [(String, String)] {
        var pairs = [
            ("verdict", result.isSound ? "every promise was kept" : "PROMISES WERE BROKEN"),
            ("seed", "\(options.seed)"),
            ("nodes", "\(result.nodes)"),
            ("seconds", "\(seconds(result.elapsed))"),
            ("numbers checked", "\(result.numbers), of \(result.replies) replies"),
            ("repeats", "\(result.violations[.repeat] ?? 0)"),
            ("order violations", "\(result.violations[.order] ?? 0)"),
            ("gaps", "\(result.gaps) numbers, by crashes and lost replies"),
            (
                "gaps at clean stops",
                "\(result.violations[.gap] ?? 0) numbers, in \(result.cleanStops) stops of the only node"
            ),
            ("store went back", "\(result.timesStoreWentBack) times, as nodes say"),
            ("longest wait", "\(seconds(result.longestWait)) s; \(result.violations[.wait] ?? 0) too long"),
            ("wrong replies", "\(result.violations[.reply] ?? 0)"),
            ("nodes that failed", "\(result.violations[.node] ?? 0)"),
            ("faults", "\(result.faults.values.reduce(0, +))"),
        ]
        for kind in FaultKind.allCases {
            if let count = result.faults[kind] { pairs.append(("", "\(count) × \(kind.rawValue)")) }
        }
        pairs.append(("unanswered", "\(result.unanswered), their connections were lost"))
        pairs.append(("errors", "\(result.errors.values.reduce(0, +))"))
        for (text, count) in errors { pairs.append(("", "\(count) × \(text)")) }
        for example in result.examples {
            pairs.append(("violation", "\(example.kind.rawValue), at \(example.second) s: \(example.description)"))
        }
        return pairs
    }

    private var notes: [String] {
        result.notes + (result.directory.map { ["the logs of the nodes and of the faults are in \($0)"] } ?? [])
    }

    private var errors: [(String, Int)] {
        result.errors.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
    }

    private var members: [String: JSON] {
        var violations: [String: JSON] = [:]
        for kind in Violation.Kind.allCases { violations[kind.rawValue] = .integer(result.violations[kind] ?? 0) }
        var faults: [String: JSON] = [:]
        for kind in FaultKind.allCases { faults[kind.rawValue] = .integer(Int64(result.faults[kind] ?? 0)) }
        return [
            "sound": .bool(result.isSound),
            "seed": .string("\(options.seed)"),
            "nodes": .integer(Int64(result.nodes)),
            "seconds": .number(seconds(result.elapsed)),
            "numbers": .integer(result.numbers),
            "replies": .integer(Int64(result.replies)),
            "violations": .object(violations),
            "examples": .array(
                result.examples.map {
                    [
                        "kind": .string($0.kind.rawValue), "second": .number($0.second),
                        "description": .string($0.description),
                    ]
                }),
            "gaps": .integer(result.gaps),
            "times_store_went_back": .integer(Int64(result.timesStoreWentBack)),
            "clean_stops": .integer(Int64(result.cleanStops)),
            "longest_wait_seconds": .number(seconds(result.longestWait)),
            "faults": .object(faults),
            "unanswered": .integer(Int64(result.unanswered)),
            "errors": .object(result.errors.mapValues { .integer(Int64($0)) }),
            "notes": .array(result.notes.map { .string($0) }),
            "directory": result.directory.map { .string($0) } ?? .null,
        ]
    }

    private func seconds(_ duration: Duration) -> Double {
        Double(Int((duration / .milliseconds(1)).rounded())) / 1000
    }
}
