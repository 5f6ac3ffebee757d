/// Writes metrics in the text format of Prometheus, version 0.0.4.
///
/// ```swift
/// registry.collect { writer in
///     writer.gauge("ordinal_waiting", sequencer.waiting, help: "Requests that wait for numbers.")
/// }
/// ```
///
/// Samples may come in any order and from several sources: those of one family are written together, with the help text of
/// the first. Names and labels are made valid, values of labels escaped. A sample is left out and counted when it cannot be
/// written without harm to the others: when its family has another type, when its name belongs to another family (`a_count`
/// beside a histogram `a`), when the family has this very series already, or when a histogram's parts do not fit together.
public struct ExpositionWriter: ~Copyable {
    fileprivate struct Family {
        let name: String
        let type: MetricType
        let help: String
        var series: Set<[UInt8]> = []
        var text: [UInt8] = []
    }

    private var families: [Family] = []
    private var indexes: [String: Int] = [:]
    private var names = SampleNames()

    /// How many samples were left out so far. A histogram is one.
    public private(set) var samplesLeftOut = 0

    /// A writer that has written nothing.
    public init() {}

    /// Writes a counter: a value that only grows while the program runs. Its name should end in `_total`.
    public mutating func counter(
        _ name: String, _ value: some BinaryInteger, labels: [(String, String)] = [], help: String
    ) {
        sample(MetricName.family(name), .counter, .labels(labels), help) { $0.append(value.description) }
    }

    /// Writes a counter: a value that only grows while the program runs. Its name should end in `_total`.
    public mutating func counter(_ name: String, _ value: Double, labels: [(String, String)] = [], help: String) {
        sample(MetricName.family(name), .counter, .labels(labels), help) { $0.append(value) }
    }

    /// Writes a gauge: a value that goes up and down.
    public mutating func gauge(
        _ name: String, _ value: some BinaryInteger, labels: [(String, String)] = [], help: String
    ) {
        sample(MetricName.family(name), .gauge, .labels(labels), help) { $0.append(value.description) }
    }

    /// Writes a gauge: a value that goes up and down.
    public mutating func gauge(_ name: String, _ value: Double, labels: [(String, String)] = [], help: String) {
        sample(MetricName.family(name), .gauge, .labels(labels), help) { $0.append(value) }
    }

    /// Writes a histogram.
    public mutating func histogram(
        _ name: String, _ value: HistogramValue, labels: [(String, String)] = [], help: String
    ) {
        histogram(MetricName.family(name), value, .labels(labels), help)
    }

    mutating func histogram(_ name: String, _ value: HistogramValue, _ labels: [UInt8], _ help: String) {
        guard value.isWellFormed else {
            samplesLeftOut += 1
            return
        }
        admit(name, .histogram, labels, help) { family in
            var total: Int64 = 0
            for (bound, count) in zip(value.bounds + [.infinity], value.counts) {
                total &+= count
                family.line("_bucket", labels, bound: bound) { $0.append(total.description) }
            }
            family.line("_sum", labels) { $0.append(value.sum) }
            family.line("_count", labels) { $0.append(total.description) }
        }
    }

    mutating func sample(
        _ name: String, _ type: MetricType, _ labels: [UInt8], _ help: String, value: (inout [UInt8]) -> Void
    ) {
        admit(name, type, labels, help) { $0.line("", labels, value: value) }
    }

    private mutating func admit(
        _ name: String, _ type: MetricType, _ labels: [UInt8], _ help: String, write: (inout Family) -> Void
    ) {
        if indexes[name] == nil, names.take(name, type) {
            indexes[name] = families.count
            families.append(Family(name: name, type: type, help: help))
        }
        guard let index = indexes[name], families[index].type == type,
            families[index].series.insert(labels).inserted
        else {
            samplesLeftOut += 1
            return
        }
        write(&families[index])
    }

    /// Everything that was written, in the order of the families' names.
    public consuming func finish() -> [UInt8] {
        var bytes: [UInt8] = []
        for family in families.sorted(by: { $0.name < $1.name }) {
            if !family.help.isEmpty {
                bytes.append("# HELP \(family.name) ")
                bytes.append(help: family.help)
                bytes.append("\n")
            }
            bytes.append("# TYPE \(family.name) \(family.type.rawValue)\n")
            bytes.append(contentsOf: family.text)
        }
        return bytes
    }
}

extension ExpositionWriter.Family {
    fileprivate mutating func line(
        _ suffix: String, _ labels: [UInt8], bound: Double? = nil, value: (inout [UInt8]) -> Void
    ) {
        text.append(name)
        text.append(suffix)
        if bound != nil || !labels.isEmpty {
            text.append("{")
            text.append(contentsOf: labels)
            if let bound {
                text.append(labels.isEmpty ? "le=\"" : ",le=\"")
                text.append(bound)
                text.append("\"")
            }
            text.append("}")
        }
        text.append(" ")
        value(&text)
        text.append("\n")
    }
}
