/// Names of other systems, which may be any bytes, for people.
enum Printable {
    /// The text of `bytes`, with everything written as `\xNN` that is not UTF-8 or would break a line or forge one.
    static func text(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self), text.unicodeScalars.allSatisfy({ !isControl($0) }) {
            return text
        }
        return bytes.map { byte in
            (0x20..<0x7F).contains(byte) ? String(UnicodeScalar(byte)) : "\\x" + hex(byte)
        }.joined()
    }

    /// Two hexadecimal digits for each byte.
    static func hex(_ bytes: [UInt8]) -> String { bytes.map(hex).joined() }

    private static func hex(_ byte: UInt8) -> String {
        (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control
    }
}
