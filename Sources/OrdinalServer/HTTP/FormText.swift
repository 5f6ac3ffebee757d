package import NIOCore

/// Percent-encoding, as paths and queries have it.
package enum PercentEncoding {
    /// The bytes that a text means; nil if a percent sign is not followed by two digits.
    package static func decode(_ text: some Sequence<UInt8>, plusIsSpace: Bool = false) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(UInt8(ascii: " "))
            default:
                bytes.append(byte)
            }
        }
        return bytes
    }

    /// A text for a path: everything escaped that is not a letter, a digit or one of `-._~`.
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789ABCDEF")
        return bytes.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
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

/// The parameters of a query or a form: `name=value&…`.
package struct FormText {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// Of a body. One that is not UTF-8 is not mended: another name would be meant.
    package init(_ body: ByteBuffer) throws(HTTPFailure) {
        guard let text = String(validating: body.readableBytesView, as: UTF8.self) else {
            throw .badRequest("the form is not UTF-8")
        }
        self.text = text
    }

    /// Refuses a parameter that means nothing: a misspelt one would be ignored in silence.
    func check(_ known: Set<String>) throws(HTTPFailure) {
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let key = PercentEncoding.decode(part.prefix { $0 != UInt8(ascii: "=") }, plusIsSpace: true)
            guard let key, let name = String(validating: key, as: UTF8.self), known.contains(name) else {
                let expected = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
                throw .badRequest("the query has a parameter that means nothing here; known are: \(expected)")
            }
        }
    }

    /// The value of a parameter; nil if it is not there. One that is there twice, or is badly encoded, is an error.
    package func value(_ name: String) throws(HTTPFailure) -> String? {
        var found: String?
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let pair = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let key = PercentEncoding.decode(pair[0], plusIsSpace: true), key.elementsEqual(name.utf8) else {
                continue
            }
            guard found == nil else { throw .badRequest("\(name) is given twice") }
            guard let bytes = PercentEncoding.decode(pair.count == 2 ? pair[1] : "".utf8[...], plusIsSpace: true),
                let value = String(validating: bytes, as: UTF8.self)
            else {
                throw .badRequest("\(name) is not percent-encoded UTF-8")
            }
            found = value
        }
        return found
    }
}
