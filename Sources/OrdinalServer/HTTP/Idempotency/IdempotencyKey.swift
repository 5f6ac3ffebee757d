import Ordinal

/// What names a request that must not be done twice: the text of the header `Idempotency-Key`, for one principal and one
/// sequence.
struct IdempotencyKey: Hashable, Sendable {
    /// The longest text of the header, in bytes.
    static let maximumLength = 255

    /// Bytes, because two texts that `String` takes for equal may be two principals.
    private let principal: [UInt8]
    private let sequence: SequenceName
    private let text: [UInt8]

    /// Makes a key, or answers nil if `text` is not 1 to 255 bytes of visible ASCII.
    init?(_ text: some Collection<UInt8>, principal: String, sequence: SequenceName) {
        guard (1...Self.maximumLength).contains(text.count), text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.text = Array(text)
        self.principal = Array(principal.utf8)
        self.sequence = sequence
    }

    /// How much it takes to remember the key, in bytes.
    var byteCount: Int { text.count + principal.count + sequence.bytes.count }
}
