public import Configuration
import TOMLKit

/// The values of a TOML file, by key.
///
/// ```swift
/// let provider = try await FileProvider<TOMLSnapshot>(filePath: "ordinal.toml")
/// ```
///
/// A number, boolean or date that is asked for as a string answers with its text, as an environment variable would: so
/// a program that reads its values as text finds `wait = "5s"` and `run.max = 1000` alike.
public struct TOMLSnapshot: FileConfigSnapshot {
    /// How a TOML file is read: there is nothing to choose.
    public struct ParsingOptions: FileParsingOptions {
        public static let `default` = ParsingOptions()
    }

    public let providerName: String
    let values: [String: ConfigContent]

    public init(data: RawSpan, providerName: String, parsingOptions: ParsingOptions) throws {
        self.providerName = providerName
        let bytes = data.withUnsafeBytes { Array($0) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw TOMLFileError("it is not UTF-8") }
        // The parser takes a C string, which would end here.
        guard !bytes.contains(0) else { throw TOMLFileError("it contains a NUL byte") }
        // And it gives texts back as such, which would end at an escaped one.
        guard !text.utf8.contains("\\u0000".utf8), !text.utf8.contains("\\U00000000".utf8) else {
            throw TOMLFileError("it contains a NUL character, written as an escape")
        }
        try Self.checkHeaders(bytes)
        try Self.checkDates(bytes)
        try Self.checkLists(bytes)
        do {
            var values: [String: ConfigContent] = [:]
            try Self.flatten(TOMLTable(string: text), under: nil, into: &values)
            self.values = values
        } catch let error as TOMLParseError {
            throw TOMLFileError(error)
        }
    }

    /// Refuses headers of tables that begin with what no name begins with: the parser ends the process there.
    private static func checkHeaders(_ bytes: [UInt8]) throws(TOMLFileError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            var rest = line.drop(while: isBlank)
            guard rest.popFirst() == UInt8(ascii: "[") else { continue }
            rest = rest.drop(while: isBlank)
            if rest.first == UInt8(ascii: "[") { rest = rest.dropFirst().drop(while: isBlank) }
            switch rest.first ?? 0 {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "\""),
                UInt8(ascii: "'"), UInt8(ascii: "]"):
                continue
            default: throw TOMLFileError("line \(index + 1): after [ comes the name of a table, and then ]")
            }
        }
    }

    /// Refuses a date whose T no time follows: the parser ends the process there, too. No value of ours is a date.
    private static func checkDates(_ bytes: [UInt8]) throws(TOMLFileError) {
        let form = Array("dddd-dd-ddT".utf8)
        for start in bytes.indices.dropLast(form.count)
        where start == 0 || " \t\r\n=[,{".utf8.contains(bytes[start - 1]) {
            let isDate = zip(bytes[start...], form).allSatisfy { byte, place in
                switch place {
                case UInt8(ascii: "d"): byte &- UInt8(ascii: "0") <= 9
                case UInt8(ascii: "T"): byte | 0x20 == UInt8(ascii: "t")
                default: byte == place
                }
            }
            guard isDate, bytes[start + form.count] &- UInt8(ascii: "0") > 9 else { continue }
            throw TOMLFileError("there is a date with T and without a time")
        }
    }

    /// Refuses a list with } where a value is due: the parser ends the process there as well.
    private static func checkLists(_ bytes: [UInt8]) throws(TOMLFileError) {
        var (rest, isValueDue) = (bytes[...], false)
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): break
            case UInt8(ascii: "#"): rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                skipText(&rest, quoted: byte)
                isValueDue = false
            case UInt8(ascii: "}") where isValueDue: throw TOMLFileError("a list ends with }, and should with ]")
            default: isValueDue = byte == UInt8(ascii: "[") || byte == UInt8(ascii: ",")
            }
        }
    }

    /// Passes over a text whose first quote is read. One that does not end is the parser's to complain of.
    private static func skipText(_ rest: inout ArraySlice<UInt8>, quoted quote: UInt8) {
        let isLong = rest.starts(with: [quote, quote])
        if isLong { rest.removeFirst(2) }
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                rest = rest.dropFirst()
            } else if byte == quote, !isLong || rest.starts(with: [quote, quote]) {
                if isLong { rest.removeFirst(2) }
                return
            } else if byte == UInt8(ascii: "\n"), !isLong {
                return
            }
        }
    }

    /// Puts every value of a table, and of the tables in it, under its key with dots.
    private static func flatten(
        _ table: TOMLTable, under prefix: String?, into values: inout [String: ConfigContent]
    ) throws(TOMLFileError) {
        for name in table.keys {
            guard let value = table[name] else { continue }
            let key = prefix.map { "\($0).\(name)" } ?? name
            if let inner = value.table {
                try flatten(inner, under: key, into: &values)
                continue
            }
            guard let content = content(value) else {
                throw TOMLFileError("\(key) is neither text, number, true or false, nor a list of one kind of these")
            }
            // Possible only with dots in a quoted key, which mean the same.
            guard values.updateValue(content, forKey: key) == nil else { throw TOMLFileError("\(key) stands twice") }
        }
    }

    private static func content(_ value: any TOMLValueConvertible) -> ConfigContent? {
        switch value.type {
        case .string: value.string.map { .string($0) }
        case .int: value.int.map { .int($0) }
        case .double: value.double.map { .double($0) }
        case .bool: value.bool.map { .bool($0) }
        case .array: value.array.flatMap(content)
        case .date, .time, .dateTime, .table: nil
        }
    }

    /// A list, if all its elements are of one kind.
    private static func content(_ array: TOMLArray) -> ConfigContent? {
        let elements = array.map { content($0) }
        let strings = elements.compactMap { if case .string(let value) = $0 { value } else { nil } }
        if strings.count == elements.count { return .stringArray(strings) }
        let integers = elements.compactMap { if case .int(let value) = $0 { value } else { nil } }
        if integers.count == elements.count { return .intArray(integers) }
        let doubles = elements.compactMap { if case .double(let value) = $0 { value } else { nil } }
        if doubles.count == elements.count { return .doubleArray(doubles) }
        let booleans = elements.compactMap { if case .bool(let value) = $0 { value } else { nil } }
        return booleans.count == elements.count ? .boolArray(booleans) : nil
    }
}

extension TOMLSnapshot {
    public func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        let encodedKey = key.components.joined(separator: ".")
        guard let content = values[encodedKey] else { return LookupResult(encodedKey: encodedKey, value: nil) }
        guard let converted = Self.convert(content, to: type) else {
            throw TOMLFileError("\(encodedKey) is not of the type \(type)")
        }
        // A file may hold passwords, and nothing needs to print what it holds.
        return LookupResult(encodedKey: encodedKey, value: ConfigValue(converted, isSecret: true))
    }

    private static func convert(_ content: ConfigContent, to type: ConfigType) -> ConfigContent? {
        switch (type, content) {
        case (.string, .string), (.int, .int), (.double, .double), (.bool, .bool): content
        case (.stringArray, .stringArray), (.intArray, .intArray): content
        case (.doubleArray, .doubleArray), (.boolArray, .boolArray): content
        case (.string, .int(let value)): .string("\(value)")
        case (.string, .double(let value)): .string("\(value)")
        case (.string, .bool(let value)): .string("\(value)")
        case (.double, .int(let value)): Double(exactly: value).map { .double($0) }
        // An empty list is of every kind.
        case (.intArray, .stringArray([])): .intArray([])
        case (.doubleArray, .stringArray([])): .doubleArray([])
        case (.boolArray, .stringArray([])): .boolArray([])
        case (.byteChunkArray, .stringArray([])): .byteChunkArray([])
        case (.bytes, .string(let text)): ConfigBytesFromBase64StringDecoder().decode(text).map { .bytes($0) }
        case (.byteChunkArray, .stringArray(let texts)): chunks(texts)
        default: nil
        }
    }

    private static func chunks(_ texts: [String]) -> ConfigContent? {
        let chunks = texts.compactMap { ConfigBytesFromBase64StringDecoder().decode($0) }
        return chunks.count == texts.count ? .byteChunkArray(chunks) : nil
    }

    public var description: String { "\(providerName)[\(values.count) values]" }

    /// The keys, without their values.
    public var debugDescription: String {
        "\(providerName)[\(values.count) values: \(values.keys.sorted().joined(separator: ", "))]"
    }
}

/// Why a file is not understood.
struct TOMLFileError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ error: TOMLParseError) {
        let position = error.source.begin
        description = "line \(position.line), column \(position.column): \(error.description)"
    }
}
