/// Makes names of Prometheus out of any text.
///
/// The names of swift-metrics may be anything, `http.server-requests` for example. Two of them may become one name: they
/// share a family then, which is what Prometheus would see anyway.
enum MetricName {
    /// `text` as a name of a family: letters, digits, `_` and `:`, not beginning with a digit.
    static func family(_ text: String) -> String {
        made(of: text, allowing: { $0.isNameByte || $0 == UInt8(ascii: ":") })
    }

    /// `text` as a name of a family that ends in `suffix`, which is added unless it is there.
    static func family(_ text: String, suffix: String) -> String {
        let name = family(text)
        return name.utf8.reversed().starts(with: suffix.utf8.reversed()) ? name : name + suffix
    }

    /// `text` as a name of a label: letters, digits and `_`.
    ///
    /// Two underscores at the beginning belong to Prometheus itself, and `le` to the buckets of a histogram.
    static func label(_ text: String) -> String {
        let name = made(of: text, allowing: \.isNameByte)
        if name == "le" { return "exported_le" }
        guard name.utf8.starts(with: "__".utf8) else { return name }
        return "_" + String(decoding: name.utf8.drop { $0 == UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func made(of text: String, allowing isAllowed: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            let byte = scalar.isASCII ? UInt8(truncatingIfNeeded: scalar.value) : 0
            bytes.append(isAllowed(byte) ? byte : UInt8(ascii: "_"))
        }
        let startsWell = bytes.first.map { !$0.isDigit } ?? false
        return String(decoding: startsWell ? bytes : [UInt8(ascii: "_")] + bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    fileprivate var isNameByte: Bool {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        return isDigit || letters.contains(self | 0x20) || self == UInt8(ascii: "_")
    }
}
