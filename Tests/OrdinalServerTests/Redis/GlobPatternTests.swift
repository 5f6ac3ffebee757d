import Testing

@testable import OrdinalServer

@Suite struct GlobPatternTests {
    private func matches(_ pattern: String, _ name: String) -> Bool {
        GlobPattern(Array(pattern.utf8)).matches(Array(name.utf8))
    }

    @Test(arguments: [
        ("", ""), ("*", ""), ("*", "anything"), ("**", ""), ("?", "a"), ("a*", "a"), ("a*c", "abbbc"), ("a*c", "ac"),
        ("*a*", "bab"),
        ("*a", "aaa"), ("a?c", "abc"), ("[abc]", "b"), ("[a-c]", "b"), ("[c-a]", "b"), ("[^a]", "b"), ("[^a-c]", "d"),
        ("\\*", "*"), ("a\\?", "a?"), ("\\\\", "\\"), ("[\\]]", "]"), ("[a\\-c]", "-"), ("[a-]", "-"), ("[-a]", "-"),
        ("user:*", "user:id"),
        ("\\", "\\"), ("*:[0-9]?", "order:12"), ("h[ae]llo*", "hallo Welt"), ("caf??", "café"),
    ])
    func matching(pattern: String, name: String) {
        #expect(matches(pattern, name), "\(pattern) \(name)")
    }

    @Test(arguments: [
        ("", "a"), ("?", ""), ("a*c", "ab"), ("[abc]", "d"), ("[^a]", "a"), ("[a\\-c]", "b"), ("\\*", "a"), ("a", "A"),
        ("a?", "a"),
        ("*a", "ab"), ("[]", "a"), ("caf?", "café"), ("[a-c]", "a-c"), ("a*b*c", "acb"),
    ])
    func notMatching(pattern: String, name: String) { #expect(!matches(pattern, name), "\(pattern) \(name)") }

    /// What a pattern is made of, in the words of its documentation.
    private enum Piece {
        case star, any
        case byte(UInt8)
        case set(Set<UInt8>, isNegated: Bool, text: [UInt8])

        static func random(_ letters: ClosedRange<UInt8>) -> Piece {
            switch Int.random(in: 0..<10) {
            case 0..<3: return .star
            case 3: return .any
            case 4..<8: return .byte(.random(in: letters))
            default:
                let isNegated = Bool.random()
                var (members, text): (Set<UInt8>, [UInt8]) = ([], [])
                for _ in 0..<Int.random(in: 1...3) {
                    let (one, other) = (UInt8.random(in: letters), UInt8.random(in: letters))
                    if Bool.random() {
                        members.formUnion(min(one, other)...max(one, other))
                        text += [one, UInt8(ascii: "-"), other]
                    } else {
                        members.insert(one)
                        text += Bool.random() ? [one] : [UInt8(ascii: "\\"), one]
                    }
                }
                return .set(members, isNegated: isNegated, text: text)
            }
        }

        var text: [UInt8] {
            switch self {
            case .star: Array("*".utf8)
            case .any: Array("?".utf8)
            case .byte(let byte): Bool.random() ? [byte] : [UInt8(ascii: "\\"), byte]
            case .set(_, let isNegated, let text): Array((isNegated ? "[^" : "[").utf8) + text + Array("]".utf8)
            }
        }
    }

    /// The simplest way to match: every length of every star is tried.
    private static func matches(_ pieces: ArraySlice<Piece>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let piece = pieces.first else { return name.isEmpty }
        let others = pieces.dropFirst()
        if case .star = piece {
            return matches(others, name) || (!name.isEmpty && matches(pieces, name.dropFirst()))
        }
        guard let byte = name.first else { return false }
        switch piece {
        case .star, .any: break
        case .byte(let wanted): guard byte == wanted else { return false }
        case .set(let members, let isNegated, _): guard members.contains(byte) != isNegated else { return false }
        }
        return matches(others, name.dropFirst())
    }

    @Test func asTheSimplestModelSays() {
        let letters = UInt8(ascii: "a")...UInt8(ascii: "c")
        var matched = 0
        for _ in 0..<50_000 {
            let pieces = (0..<Int.random(in: 0...7)).map { _ in Piece.random(letters) }
            let name = (0..<Int.random(in: 0...9)).map { _ in UInt8.random(in: letters) }
            let expected = Self.matches(pieces[...], name[...])
            let text = pieces.flatMap(\.text)
            if expected { matched += 1 }
            if GlobPattern(text).matches(name) != expected {
                Issue.record(
                    "\(String(decoding: text, as: UTF8.self)) and \(String(decoding: name, as: UTF8.self)): not \(expected)"
                )
            }
        }
        #expect(matched > 5_000, "otherwise the test shows little")
    }

    /// Any bytes are a pattern.
    @Test func nothingIsTooStrange() {
        let special = Array("*?[]^-\\a".utf8)
        for _ in 0..<50_000 {
            let pattern = (0..<Int.random(in: 0...8)).map { _ in special.randomElement() ?? 0 }
            _ = GlobPattern(pattern).matches(Array("a-b]".utf8))
        }
    }

    /// Trying every length of every star would take as many steps as the name has ways to be cut.
    @Test func manyStarsTakeNoLongTime() {
        let name = String(repeating: "a", count: 255)
        let start = ContinuousClock.now
        for _ in 0..<100 {
            #expect(!matches(String(repeating: "a*", count: 100) + "b", name))
            #expect(!matches(String(repeating: "*a", count: 100) + "*b*", name))
            #expect(matches(String(repeating: "a*", count: 100), name))
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
