import NIOCore

/// How some bytes reach a parser: in which pieces, and whether the memory that holds them moves in between.
struct Delivery {
    let pieces: [ArraySlice<UInt8>]
    /// Whether what was taken is thrown away between two pieces.
    let discards: Bool

    /// All at once, and then in ways that must come to the same.
    static func all(of input: [UInt8]) -> (whole: Delivery, split: [Delivery]) {
        let whole = Delivery(pieces: [input[...]], discards: false)
        var split = [Delivery(pieces: input.indices.map { input[$0...$0] }, discards: true)]
        // Every place for one cut if they are few; else some that follow from the input.
        var random = SplitMix(seed: input.reduce(0) { $0 &* 31 &+ UInt64($1) })
        let cuts = input.count <= 48 ? Array(input.indices.dropFirst()) : []
        split += cuts.map { Delivery(pieces: [input[..<$0], input[$0...]], discards: false) }
        for round in 0..<4 {
            var pieces: [ArraySlice<UInt8>] = []
            var rest = input[...]
            while !rest.isEmpty {
                let piece = rest.prefix(1 + Int(random.next() % (round < 2 ? 7 : 61)))
                pieces.append(piece)
                rest = rest.dropFirst(piece.count)
            }
            split.append(Delivery(pieces: pieces, discards: round % 2 == 0))
        }
        return (whole, split)
    }

    /// Appends one piece after the other to a buffer, and lets `take` have what it can after each.
    func deliver<Failure: Error>(
        _ take: (inout ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) -> ByteBuffer {
        var buffer = ByteBuffer()
        for piece in pieces {
            if discards { buffer.discardReadBytes() }
            buffer.writeBytes(piece)
            try take(&buffer)
        }
        return buffer
    }
}

/// Numbers that follow from their seed.
struct SplitMix {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
