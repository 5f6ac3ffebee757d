/// The bytes of the text exposition.
extension [UInt8] {
    /// The longest value of a label in bytes. What is longer is cut: a value may come from a client.
    static let maximumLabelValue = 1024

    mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// A number as Prometheus reads it: whole ones without a fraction, and its own words for those that are none.
    mutating func append(_ number: Double) {
        switch number {
        case .infinity: append("+Inf")
        case -.infinity: append("-Inf")
        case _ where number.isNaN: append("NaN")
        default: append(Int64(exactly: number).map(\.description) ?? number.description)
        }
    }

    /// `labels` as they stand between the braces, in the order of their names.
    ///
    /// An empty value is the same as no label to Prometheus, so it is left out; of several with one name the first counts.
    static func labels(_ labels: [(String, String)]) -> [UInt8] {
        var named: [(name: String, value: String)] = []
        for (text, value) in labels where !value.isEmpty {
            let name = MetricName.label(text)
            if !named.contains(where: { $0.name == name }) { named.append((name, value)) }
        }
        named.sort { $0.name < $1.name }
        var bytes: [UInt8] = []
        for (name, value) in named {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes.append(name)
            bytes.append("=\"")
            bytes.append(labelValue: value)
            bytes.append(UInt8(ascii: "\""))
        }
        return bytes
    }

    private mutating func append(labelValue text: String) {
        let isTooLong = text.utf8.count > Self.maximumLabelValue
        // A character that the cut leaves in pieces is repaired.
        let kept = isTooLong ? String(decoding: text.utf8.prefix(Self.maximumLabelValue), as: UTF8.self) : text
        for byte in kept.utf8 {
            if byte == UInt8(ascii: "\"") { append("\\\"") } else { append(escaping: byte) }
        }
    }

    /// The text of a `# HELP` line.
    mutating func append(help text: String) {
        for byte in text.utf8 { append(escaping: byte) }
    }

    private mutating func append(escaping byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        default: append(byte)
        }
    }
}
