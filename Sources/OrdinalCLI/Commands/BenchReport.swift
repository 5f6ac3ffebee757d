import LoadGenerator

/// What came of a load, for people and for programs.
struct BenchReport {
    private let result: LoadResult
    private let options: LoadOptions
    private let command: String

    private static let quantiles: [(name: String, quantile: Double)] = [
        ("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999),
    ]

    init(_ result: LoadResult, _ options: LoadOptions, command: String) {
        self.result = result
        self.options = options
        self.command = command
    }

    var report: Report { Report(lines: Table(pairs: pairs).lines, json: .object(members), notes: notes) }

    private var isOpenLoop: Bool { options.pace != .closed }

    private var pairs: [(String, String)] {
        var pairs = [
            ("command", command),
            ("load", load),
            ("replies", "\(result.replies) in \(seconds(result.elapsed)) s"),
            ("rate", "\(Int(result.rate.rounded())) per second"),
        ]
        if result.latency.count > 0 {
            for (name, quantile) in Self.quantiles {
                pairs.append((name, Self.milliseconds(result.latency.value(at: quantile))))
            }
            pairs.append(("max", Self.milliseconds(result.latency.maximum)))
        }
        if let check = result.check { pairs.append(("numbers", Self.text(check))) }
        if result.errors.count > 0 { pairs.append(("errors", "\(result.errors.count)")) }
        for (text, count) in errors { pairs.append(("", "\(count) × \(text)")) }
        if result.unanswered > 0 { pairs.append(("unanswered", "\(result.unanswered)")) }
        return pairs
    }

    private var load: String {
        let shape = "\(options.connections) connections, up to \(options.pipeline) on their way on each"
        guard case .open(let rate, let arrivals) = options.pace else { return "closed loop, \(shape)" }
        return "open loop, \(Self.rounded(rate, to: 1)) per second (\(arrivals)), \(shape)"
    }

    private var errors: [(String, Int)] {
        var errors = result.errors.texts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ($0.key, $0.value) }
        if result.errors.others > 0 { errors.append(("others", result.errors.others)) }
        return errors
    }

    /// What should be known before the figures are believed.
    private var notes: [String] {
        var notes: [String] = []
        if result.queued > 0 {
            notes.append("\(result.queued) commands found every connection busy when they were due, and queued")
        }
        if result.unsent > 0 {
            notes.append("the server fell behind: \(result.unsent) commands were due and never sent")
        }
        let delay = result.generatorDelay.value(at: 0.99)
        if isOpenLoop, delay > 1_000_000 {
            notes.append(
                "the load generator itself was late, p99 \(Self.milliseconds(delay)): "
                    + "this machine is too busy for this rate")
        }
        return notes
    }

    private var members: [String: JSON] {
        var latency: [String: JSON] = ["max": Self.json(result.latency.maximum)]
        for (name, quantile) in Self.quantiles { latency[name] = Self.json(result.latency.value(at: quantile)) }
        var members: [String: JSON] = [
            "command": .string(command),
            "connections": .integer(Int64(options.connections)),
            "pipeline": .integer(Int64(options.pipeline)),
            "replies": .integer(Int64(result.replies)),
            "seconds": .number(result.elapsed / .seconds(1)),
            "rate": .number(result.rate),
            "latency_ms": .object(latency),
            "errors": .object(Dictionary(uniqueKeysWithValues: errors.map { ($0, .integer(Int64($1))) })),
            "unanswered": .integer(Int64(result.unanswered)),
        ]
        if isOpenLoop {
            members["unsent"] = .integer(Int64(result.unsent))
            members["queued"] = .integer(Int64(result.queued))
            members["generator_delay_p99_ms"] = Self.json(result.generatorDelay.value(at: 0.99))
        }
        if let check = result.check {
            members["check"] = [
                "good": .bool(check.isGood), "numbers": .integer(Int64(check.numbers)),
                "skipped": .integer(Int64(check.skipped)), "repeated": .integer(Int64(check.repeated)),
                "not_rising": .integer(Int64(check.notRising)), "not_numbers": .integer(Int64(check.notNumbers)),
            ]
        }
        return members
    }

    private static func text(_ check: NumberCheck) -> String {
        var parts: [String] = []
        if check.repeated > 0 { parts.append("\(check.repeated) repeated, such as \(check.example ?? 0)") }
        if check.notRising > 0 { parts.append("\(check.notRising) not above the one before") }
        if check.notNumbers > 0 { parts.append("\(check.notNumbers) replies were no numbers") }
        if check.isGood { parts.append("all different, and rising on each connection") }
        if check.skipped > 0 { parts.append("\(check.skipped) more were not looked at") }
        return "\(check.numbers): \(parts.joined(separator: "; "))"
    }

    private func seconds(_ duration: Duration) -> String { Self.rounded(duration / .seconds(1), to: 100) }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        "\(rounded(Double(nanoseconds) / 1e6, to: 1000)) ms"
    }

    private static func json(_ nanoseconds: Int64) -> JSON { .number(Double(nanoseconds / 1000) / 1000) }

    /// A number with as many digits behind the point as `steps`, a power of ten, has zeros; none if it is whole.
    private static func rounded(_ value: Double, to steps: Double) -> String {
        let rounded = (value * steps).rounded() / steps
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))" : "\(rounded)"
    }
}
