/// The name of a command in one machine word: up to 8 bytes, in capitals.
///
/// A server looks commands up by it without making a `String`. The first byte is the lowest of the word, unused bytes
/// are 0.
public struct CommandCode: RawRepresentable, Hashable, Sendable {
    /// The longest name that fits, in bytes.
    public static let maximumLength = 8

    public let rawValue: UInt64

    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The code of the name in `bytes`, in capitals whatever its case.
    ///
    /// Answers nil if there are no bytes or more than 8, or one of them is 0 (`GET\0` is not `GET`).
    @inlinable
    public init?(_ bytes: RawSpan) {
        let count = bytes.byteCount
        guard count > 0, count <= Self.maximumLength else { return nil }
        var word: UInt64 = 0
        for index in 0..<count {
            let byte = bytes.byte(at: index)
            guard byte != 0 else { return nil }
            word |= UInt64(byte) &<< UInt64(index &* 8)
        }
        self.init(rawValue: Self.upperCased(word))
    }

    /// The code of a name known at compile time.
    ///
    /// - Precondition: `name` has 1 to 8 bytes.
    public init(_ name: StaticString) {
        precondition((1...Self.maximumLength).contains(name.utf8CodeUnitCount), "a command code has 1 to 8 bytes")
        var word: UInt64 = 0
        name.withUTF8Buffer { name in
            for (index, byte) in name.enumerated() { word |= UInt64(byte) << UInt64(index * 8) }
        }
        self.init(rawValue: Self.upperCased(word))
    }

    /// All eight bytes at once: where a byte is `a` to `z`, its bit 0x20 is cleared.
    ///
    /// The top bit of each byte is a flag. To the other seven bits 0x1F is added, which carries into the flag from `a` on,
    /// and 0x05, which does so behind `z`; no sum exceeds 0xFF, so that no byte carries into its neighbour.
    @inlinable
    static func upperCased(_ word: UInt64) -> UInt64 {
        let flags: UInt64 = 0x8080_8080_8080_8080
        let low = word & ~flags
        let fromA = low &+ 0x1F1F_1F1F_1F1F_1F1F
        let pastZ = low &+ 0x0505_0505_0505_0505
        let letters = fromA & ~pastZ & ~word & flags
        return word ^ (letters &>> 2)
    }
}

extension CommandCode: CustomStringConvertible {
    public var description: String {
        let bytes = (0..<Self.maximumLength).map { UInt8(truncatingIfNeeded: rawValue >> UInt64($0 * 8)) }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
