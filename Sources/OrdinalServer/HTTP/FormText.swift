import Locations
package import NIOCore

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
