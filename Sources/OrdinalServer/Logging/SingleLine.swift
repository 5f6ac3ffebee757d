extension StringProtocol {
    /// The text with everything escaped that could begin a new line, move a terminal's cursor or turn writing round.
    ///
    /// Whoever chooses a text that ends up in a log or an error, such as the name of a sequence, can so forge no line.
    public var onSingleLine: String {
        guard unicodeScalars.contains(where: \.breaksLine) else { return String(self) }
        return unicodeScalars.reduce(into: "") { line, scalar in
            guard scalar.breaksLine else { return line.unicodeScalars.append(scalar) }
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            default: line += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
    }
}

extension Unicode.Scalar {
    fileprivate var breaksLine: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0: true
        // Separators of lines and paragraphs, and what overrides the direction of writing.
        case 0x2028, 0x2029, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
