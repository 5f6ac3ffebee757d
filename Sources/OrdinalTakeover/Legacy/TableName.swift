/// The name of a table, compared byte for byte.
///
/// Not a `String`: composed and decomposed `café` are two tables.
struct TableName: Hashable {
    /// The longest name that MySQL allows, in characters.
    static let longest = 64

    let bytes: [UInt8]

    init(_ text: String) { bytes = Array(text.utf8) }

    /// A name that somebody else has chosen, or nil if no table can have it.
    init?(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { return nil }
        guard (1...Self.longest).contains(text.unicodeScalars.count) else { return nil }
        self.bytes = bytes
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The name as a part of a statement, whatever it is.
    var quoted: String {
        var quoted = String.UnicodeScalarView("`".unicodeScalars)
        // Scalars and not characters: a backtick with an accent on it is a character of its own, but it ends the name.
        for scalar in text.unicodeScalars {
            quoted.append(scalar)
            if scalar == "`" { quoted.append(scalar) }
        }
        quoted.append("`")
        return String(quoted)
    }
}
