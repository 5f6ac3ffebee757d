import Ordinal
import OrdinalServer

/// What came of an inspection, for people and for programs.
struct DoctorReport {
    private let checkup: Checkup

    init(_ checkup: Checkup) { self.checkup = checkup }

    var report: Report { Report(lines: lines, json: document) }

    private var lines: [String] {
        var table = Table(("", .left), ("SUBJECT", .left), ("", .left), ("FINDING", .left))
        for finding in checkup.findings {
            table.add(finding.severity.word, finding.subject, "seen", finding.seen)
            table.add("", "", "means", finding.meaning)
            if let figures = finding.figures { table.add("", "", "at worst", figures) }
            if let remedy = finding.remedy { table.add("", "", "mend", remedy) }
        }
        return table.lines + ["", summary]
    }

    private var summary: String {
        let counts = Finding.Severity.allCases.reversed().map { severity in
            let count = checkup.count(of: severity)
            return "\(count) \(severity.rawValue)\(count == 1 || severity == .ok ? "" : "s")"
        }
        let uninspected = checkup.findings.count { !$0.isInspected }
        return counts.joined(separator: ", ") + (uninspected == 0 ? "" : "; \(uninspected) could not be inspected")
    }

    private var document: JSON {
        let findings = checkup.findings.map { finding -> JSON in
            [
                "subject": .string(finding.subject), "severity": .string(finding.severity.rawValue),
                "inspected": .bool(finding.isInspected), "seen": .string(finding.seen),
                "meaning": .string(finding.meaning), "remedy": finding.remedy.map { .string($0) } ?? .null,
                "repeated": finding.repeated.json, "lost": finding.lost.json,
            ]
        }
        var counts: [String: JSON] = [:]
        for severity in Finding.Severity.allCases {
            counts[severity.rawValue] = .integer(Int64(checkup.count(of: severity)))
        }
        return [
            "findings": .array(findings), "counts": .object(counts), "dangerous": .bool(checkup.isDangerous),
            "complete": .bool(checkup.isComplete),
        ]
    }

    /// A line of the table as a terminal shows it: the word at its beginning in a colour, where there is one.
    static func coloured(_ line: String) -> String {
        for severity in Finding.Severity.allCases where line.hasPrefix(severity.word + " ") {
            return "\u{1B}[\(severity.colour)m\(severity.word)\u{1B}[0m\(line.dropFirst(severity.word.count))"
        }
        return line
    }
}

extension Finding {
    /// How many numbers it costs at worst; nil if none.
    fileprivate var figures: String? {
        guard isInspected else { return "unknown" }
        let parts = [
            repeated.text("come twice"), lost.text("are left out for good (a gap)"),
        ].compactMap(\.self)
        guard !parts.isEmpty else { return severity == .ok ? nil : "no number comes twice or is lost" }
        return parts.joined(separator: "; ")
    }
}

extension Bound {
    fileprivate func text(_ verb: String) -> String? {
        switch self {
        case .none: nil
        case .atMost(let count): "up to \(count) numbers of a sequence \(verb)"
        case .atMostPerNode(let count): "up to \(count) numbers of a sequence for each node \(verb)"
        case .beyond(let count): "of the numbers that a sequence lost, those beyond \(count) \(verb)"
        case .unlimited: "any number of numbers \(verb)"
        }
    }

    fileprivate var json: JSON {
        switch self {
        case .none: ["bound": "none", "numbers": .integer(0)]
        case .atMost(let count): ["bound": "at_most", "numbers": .integer(count)]
        case .atMostPerNode(let count): ["bound": "at_most_per_node", "numbers": .integer(count)]
        case .beyond(let count): ["bound": "beyond", "numbers": .integer(count)]
        case .unlimited: ["bound": "unlimited", "numbers": .null]
        }
    }
}

extension Finding.Severity {
    /// The word in the table, so that what matters is seen without colours too.
    fileprivate var word: String {
        switch self {
        case .ok, .note: rawValue
        case .warning, .danger: rawValue.uppercased()
        }
    }

    fileprivate var colour: String {
        switch self {
        case .ok: "32"
        case .note: "36"
        case .warning: "33"
        case .danger: "1;31"
        }
    }
}
