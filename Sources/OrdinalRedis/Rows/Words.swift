import Ordinal

/// Reads values of ours: words with one blank between them, the first of which is the version of the form.
struct Words {
    struct Damage: Error, CustomStringConvertible {
        let description: String
    }

    private var rest: ArraySlice<ArraySlice<UInt8>>

    /// Splits a value, which must have so many words after the version.
    init(_ value: [UInt8], count: Int) throws(Damage) {
        let words = value.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard words.first == [UInt8(ascii: "1")] else {
            throw Damage(description: "it is not of a form that this version of Ordinal knows")
        }
        guard words.count == count + 1 else {
            throw Damage(description: "it has \(words.count) words where there should be \(count + 1)")
        }
        rest = words[1...]
    }

    mutating func text() throws(Damage) -> String {
        guard let word = rest.popFirst(), let text = String(validating: word, as: UTF8.self), !text.isEmpty else {
            throw Damage(description: "a word is missing")
        }
        return text
    }

    mutating func integer() throws(Damage) -> Int64 {
        let word = try text()
        guard let number = Int64(word), "\(number)" == word else {
            throw Damage(description: "a word is not a number")
        }
        return number
    }

    mutating func life() throws(Damage) -> Life {
        let word = try text()
        guard let life = Life(word) else { throw Damage(description: "a word is not a life") }
        return life
    }

    /// A stamp, or nil for a dash.
    mutating func stamp() throws(Damage) -> Stamp? {
        let word = try text()
        if word == "-" { return nil }
        guard let number = UInt64(word, radix: 16), String(number, radix: 16) == word else {
            throw Damage(description: "a word is not a stamp")
        }
        return Stamp(rawValue: number)
    }
}

extension Optional<Stamp> {
    /// What ``Words/stamp()`` reads.
    var word: String { map { String($0.rawValue, radix: 16) } ?? "-" }
}
