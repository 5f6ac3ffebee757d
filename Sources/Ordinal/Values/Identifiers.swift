/// One existence of a sequence: 128 random bits made at its creation.
///
/// A sequence that was deleted and created again, or restarted with `SET … FORCE`, has a new life. Uniqueness is promised
/// within one life, and every call of a store names the life that it means, so that nothing which arrives late can touch
/// the next one.
public struct Life: RandomIdentifier {
    public let words: RandomWords
    public init(words: RandomWords) { self.words = words }
}

/// The identity of a store: 128 random bits made when the store was set up. A copy of a store has the same one.
public struct StoreID: RandomIdentifier {
    public let words: RandomWords
    public init(words: RandomWords) { self.words = words }
}

/// What marks one reservation: 64 random bits.
///
/// A release names the stamp of the reservation that it gives back, so that one which arrives late cannot match a later,
/// equal ceiling.
public struct Stamp: Hashable, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
}

/// Which server of a store last raised a ceiling.
///
/// What tells two servers apart is the store's affair; to the rules it is some text that is equal or is not.
public struct Home: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// 128 random bits, written as 32 hexadecimal digits and stored as 16 bytes, highest first.
public protocol RandomIdentifier: Hashable, Sendable, LosslessStringConvertible {
    var words: RandomWords { get }
    init(words: RandomWords)
}

/// The bits of a ``RandomIdentifier``.
///
/// Two words and not a `UInt128`: values that hold one, kept across a suspension in an optimised build (Swift 6.3, Linux),
/// overwrite the context of the suspended function.
public struct RandomWords: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

extension RandomIdentifier {
    /// Draws a new one from `random`, a source of uniformly random 64-bit words.
    public init(random: () -> UInt64) {
        self.init(words: RandomWords(high: random(), low: random()))
    }

    /// Makes the one that is this number.
    public init(rawValue: UInt128) {
        self.init(
            words: RandomWords(
                high: UInt64(truncatingIfNeeded: rawValue >> 64), low: UInt64(truncatingIfNeeded: rawValue)))
    }

    /// Reads one from its 16 bytes, or answers nil if there are more or fewer.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.init(rawValue: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// All bits as one number.
    public var rawValue: UInt128 { UInt128(words.high) << 64 | UInt128(words.low) }

    /// The 16 bytes, highest first.
    public var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: rawValue >> (120 - 8 * $0)) }
    }

    /// Reads one from its 32 hexadecimal digits, or answers nil for anything that ``description`` does not write.
    public init?(_ description: String) {
        guard description.utf8.count == 32, let number = UInt128(description, radix: 16) else { return nil }
        self.init(rawValue: number)
        guard self.description == description else { return nil }
    }

    public var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }
}
