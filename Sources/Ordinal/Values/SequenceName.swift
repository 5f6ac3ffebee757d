/// The name of a sequence: 1 to 255 bytes of valid UTF-8 without control characters.
///
/// Names are stored and compared as bytes, never as `String`: composed and decomposed `café` are two names, so are `Foo`
/// and `foo`, and none of them is ever a part of a statement or a key pattern of a store.
public struct SequenceName: Hashable, Sendable {
    /// The longest name, in bytes.
    public static let maximumLength = 255

    /// The name itself.
    public let bytes: [UInt8]

    /// Checks `bytes` and makes a name of them.
    public init(_ bytes: some Collection<UInt8>) throws(InvalidSequenceName) {
        try self.init(Array(bytes))
    }

    /// Checks `bytes` and makes a name of them.
    public init(_ bytes: [UInt8]) throws(InvalidSequenceName) {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.maximumLength else { throw .tooLong(bytes.count) }
        // Most names are nothing but visible ASCII, which is faster to see than what each character is.
        if !bytes.allSatisfy({ (0x20...0x7E).contains($0) }) {
            guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8 }
            guard !text.unicodeScalars.contains(where: \.isControl) else { throw .controlCharacter }
        }
        self.bytes = bytes
    }

    /// A name that is known to be one.
    init(wellFormed text: StaticString) {
        bytes = text.withUTF8Buffer { Array($0) }
    }

    /// Checks `text` and makes a name of its UTF-8 bytes, as they are: nothing is normalised.
    public init(_ text: String) throws(InvalidSequenceName) {
        try self.init(Array(text.utf8))
    }
}

extension SequenceName: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}

extension SequenceName: Comparable {
    /// The order of the bytes, which is the order in which stores list their sequences.
    public static func < (left: SequenceName, right: SequenceName) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

/// Why some bytes are not the name of a sequence.
public enum InvalidSequenceName: Error, Hashable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(Int)
    case invalidUTF8
    case controlCharacter

    public var description: String {
        switch self {
        case .empty: "a sequence name cannot be empty"
        case .tooLong(let count):
            "a sequence name has at most \(SequenceName.maximumLength) bytes, this one has \(count)"
        case .invalidUTF8: "a sequence name must be valid UTF-8"
        case .controlCharacter: "a sequence name cannot contain control characters"
        }
    }
}

extension Unicode.Scalar {
    /// C0 and C1 controls and DEL: what could break a line of a log or forge a line of a protocol.
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
