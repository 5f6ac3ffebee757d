internal import HTTPTypes
internal import Ordinal

/// How values of one type are written in a configuration: a text to a value and back.
struct ValueFormat<Value>: Sendable {
    /// What is right, such as "a duration such as 5s": for the documentation, and for whoever wrote something else.
    let form: String
    let read: @Sendable (String) throws(WrongValue) -> Value
    /// The text of a value; nil: nothing is set.
    let write: @Sendable (Value) -> String?

    init(
        _ form: String, read: @escaping @Sendable (String) throws(WrongValue) -> Value,
        write: @escaping @Sendable (Value) -> String?
    ) {
        self.form = form
        self.read = read
        self.write = write
    }

    /// The same for a value that need not be set.
    var optional: ValueFormat<Value?> {
        let (read, write) = (read, write)
        return ValueFormat<Value?>(
            form, read: { (text) throws(WrongValue) in try read(text) }, write: { $0.flatMap(write) })
    }
}

/// A text that is no value of its key.
package struct WrongValue: Error, Equatable {
    /// What would be right; nil: the key's form says it.
    var advice: String?

    init(_ advice: String? = nil) { self.advice = advice }
}

extension ValueFormat where Value == String {
    static let file = ValueFormat("the path of a file", read: { text in text }, write: { $0 })
    static let fileOrDirectory = ValueFormat("the path of a file or directory", read: { text in text }, write: { $0 })
    static let password = ValueFormat("a password", read: { text in text }, write: { $0 })
}

extension ValueFormat where Value == Bool {
    static let flag = choice([("true", true), ("false", false)])
}

extension ValueFormat where Value == ListenAddress {
    static let address = ValueFormat(
        "HOST:PORT, such as 127.0.0.1:6389 or [::1]:6389"
    ) { (text) throws(WrongValue) in
        guard text != "off" else {
            throw WrongValue(
                "the Redis front cannot be turned off, only HTTP can (--http off): "
                    + "write HOST:PORT, such as 127.0.0.1:6389")
        }
        return try ListenAddress(text: text)
    } write: {
        $0.description
    }
}

extension ValueFormat where Value == ListenAddress? {
    static let addressOrOff = ValueFormat("off, or HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080") {
        (text) throws(WrongValue) in
        text == "off" ? nil : try ListenAddress(text: text)
    } write: {
        $0?.description ?? "off"
    }
}

extension ValueFormat where Value == String {
    static let headerName = ValueFormat("the name of a header field, such as X-Trace-Id") { (text) throws(WrongValue) in
        guard HTTPField.Name(text) != nil else { throw WrongValue() }
        return text
    } write: {
        $0
    }
}

extension ValueFormat where Value == [String] {
    static let origins = ValueFormat(
        "origins such as https://shop.example.com, with commas between them, or *"
    ) { (text) throws(WrongValue) in
        var origins: [String] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let origin = part.trimmingSpaces.lowercased()
            let host = ["http://", "https://"].lazy.filter(origin.hasPrefix).map { origin.dropFirst($0.count) }.first
            guard origin == "*" || host.map({ !$0.isEmpty && !$0.contains("/") }) == true else {
                throw WrongValue(
                    "an origin is http:// or https:// and a host, with its port if it is unusual; nothing follows")
            }
            origins.append(origin)
        }
        return origins
    } write: {
        $0.isEmpty ? nil : $0.joined(separator: ",")
    }
}

extension ValueFormat where Value == SequencerPolicy.Fallback {
    static let fallback = ValueFormat("off, all, or names with commas between them") { (text) throws(WrongValue) in
        switch text {
        case "off": return .off
        case "all": return .all
        default:
            var names: Set<SequenceName> = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                do { names.insert(try SequenceName(part.trimmingSpaces)) } catch { throw WrongValue("\(error)") }
            }
            return .only(names)
        }
    } write: {
        switch $0 {
        case .off: "off"
        case .all: "all"
        case .only(let names): names.sorted().map(\.description).joined(separator: ",")
        }
    }
}

extension Substring {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

extension ValueFormat where Value: Equatable & Sendable {
    /// One of a few words.
    static func choice(_ words: [(word: String, value: Value)], also aliases: [String: Value] = [:]) -> ValueFormat {
        let names = words.map(\.word)
        let form = names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
        return ValueFormat(form) { (text) throws(WrongValue) in
            guard let value = words.first(where: { $0.word == text })?.value ?? aliases[text] else {
                throw WrongValue()
            }
            return value
        } write: { value in
            words.first { $0.value == value }?.word
        }
    }
}

extension ValueFormat where Value: RawRepresentable<String> & CaseIterable & Equatable & Sendable {
    /// One of the words of an enumeration.
    static func choice(also aliases: [String: Value] = [:]) -> ValueFormat {
        choice(Value.allCases.map { ($0.rawValue, $0) }, also: aliases)
    }
}
