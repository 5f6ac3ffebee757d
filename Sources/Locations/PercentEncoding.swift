/// Text in the parts of a URL.
package enum PercentEncoding {
    /// `text` as it stands in a URL: all is escaped that is not an ASCII letter, a digit, one of `-._~` or to be kept.
    package static func encode(_ text: String, keeping kept: String = "") -> String {
        encode(Array(text.utf8), keeping: kept)
    }

    /// The same for bytes that need not be text.
    package static func encode(_ bytes: [UInt8], keeping kept: String = "") -> String {
        bytes.map { byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "0"..."9", "a"..."z", "A"..."Z", "-", ".", "_", "~": return String(scalar)
            case _ where kept.utf8.contains(byte): return String(scalar)
            default: return (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }

    /// The bytes that stand in a URL as `part`, or nil if a `%` is not followed by two hexadecimal digits.
    ///
    /// - Parameter plusIsSpace: Whether a `+` means a space, as in queries and forms.
    package static func decode(_ part: some Sequence<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = part.makeIterator()
        while let byte = rest.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
