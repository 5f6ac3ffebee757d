/// A pattern as KEYS and SCAN take it: `*`, `?`, `[a-c]`, `[^x]`, and `\` before a byte that is meant as it is.
///
/// Matching takes time in proportion to pattern times name at most: a star that failed is never tried from an earlier one.
struct GlobPattern: Sendable {
    private enum Piece: Sendable {
        case any
        case star
        case byte(UInt8)
        case set([ClosedRange<UInt8>], isNegated: Bool)

        func matches(_ byte: UInt8) -> Bool {
            switch self {
            case .any: true
            case .star: false
            case .byte(let wanted): byte == wanted
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
            }
        }
    }

    private let pieces: [Piece]

    init(_ pattern: [UInt8]) {
        var pieces: [Piece] = []
        var rest = pattern[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): pieces.append(.star)
            case UInt8(ascii: "?"): pieces.append(.any)
            case UInt8(ascii: "["): pieces.append(Self.set(&rest))
            case UInt8(ascii: "\\"): pieces.append(.byte(rest.popFirst() ?? byte))
            default: pieces.append(.byte(byte))
            }
        }
        self.pieces = pieces
    }

    func matches(_ name: [UInt8]) -> Bool {
        var (piece, place) = (0, 0)
        /// Where to go on if what follows the last star fails: the star takes one byte more.
        var retry: (piece: Int, place: Int)?
        while place < name.count {
            if piece < pieces.count, case .star = pieces[piece] {
                piece += 1
                retry = (piece, place)
            } else if piece < pieces.count, pieces[piece].matches(name[place]) {
                piece += 1
                place += 1
            } else if let (starred, taken) = retry {
                retry = (starred, taken + 1)
                (piece, place) = (starred, taken + 1)
            } else {
                return false
            }
        }
        return pieces[piece...].allSatisfy { if case .star = $0 { true } else { false } }
    }

    private static func set(_ rest: inout ArraySlice<UInt8>) -> Piece {
        let isNegated = rest.first == UInt8(ascii: "^")
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while var first = rest.popFirst(), first != UInt8(ascii: "]") {
            if first == UInt8(ascii: "\\"), let escaped = rest.popFirst() { first = escaped }
            if rest.first == UInt8(ascii: "-"), let last = rest.dropFirst().first, last != UInt8(ascii: "]") {
                rest.removeFirst(2)
                ranges.append(min(first, last)...max(first, last))
            } else {
                ranges.append(first...first)
            }
        }
        return .set(ranges, isNegated: isNegated)
    }
}
