/// What tells one request from another under the same key: 128 bits that are the same for the same request.
///
/// They are two hashes of everything that the request asks for, keyed with random bits of this process. Two different
/// requests with one fingerprint would mean that the second, sent under the key of the first, got the first one's answer
/// instead of being refused: its client broke the rule to use a key once, and no number is handed out twice by it. By
/// chance this happens once in 2^128 trials, and nobody can look for it, since the random bits never leave the process.
struct RequestFingerprint: Hashable, Sendable {
    private let high: Int
    private let low: Int

    /// Adds up the parts of a request.
    struct Maker {
        private var high = Hasher()
        private var low = Hasher()

        init() {
            // What makes two hashes of one.
            high.combine(UInt8(0))
            low.combine(UInt8(1))
        }

        /// Adds one whole part: the method, the path, the query, the body.
        mutating func add(_ part: RawSpan) {
            // With its length, so that what ends one part cannot begin the next.
            high.combine(part.byteCount)
            low.combine(part.byteCount)
            part.withUnsafeBytes { bytes in
                high.combine(bytes: bytes)
                low.combine(bytes: bytes)
            }
        }

        func fingerprint() -> RequestFingerprint {
            RequestFingerprint(high: high.finalize(), low: low.finalize())
        }
    }
}
