package import Ordinal

/// A member of the sorted set of changes.
///
/// It begins with the number of the change in 16 hexadecimal digits, so that the order of the bytes is that of the numbers
/// and no score, which would be a double, is needed.
package enum ChangeText: Hashable {
    /// `NUMBER e LIFE NAME`
    case ended(SequenceName, Life, number: Int64)
    /// `NUMBER m NAME`: what became of it stands in its row.
    case moved(SequenceName, number: Int64)

    /// The member as it is written.
    package var bytes: [UInt8] {
        switch self {
        case .ended(let name, let life, let number): Self.digits(number) + Array(" e \(life) ".utf8) + name.bytes
        case .moved(let name, let number): Self.digits(number) + Array(" m ".utf8) + name.bytes
        }
    }

    var number: Int64 {
        switch self {
        case .ended(_, _, let number), .moved(_, let number): number
        }
    }

    /// Reads a member.
    package init(_ bytes: [UInt8]) throws(StoreError) {
        let words = bytes.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count == 3, words[0].count == 16, let digits = String(validating: words[0], as: UTF8.self),
            let number = Int64(digits, radix: 16)
        else { throw Self.damage }
        do {
            switch words[1] {
            case [UInt8(ascii: "m")]: self = .moved(try SequenceName(words[2]), number: number)
            case [UInt8(ascii: "e")]:
                guard words[2].count > 33, let hex = String(validating: words[2].prefix(32), as: UTF8.self),
                    let life = Life(hex)
                else { throw Self.damage }
                self = .ended(try SequenceName(words[2].dropFirst(33)), life, number: number)
            default: throw Self.damage
            }
        } catch {
            throw Self.damage
        }
        // There is one form: to remove a change from the list is to name its bytes.
        guard self.bytes == bytes else { throw Self.damage }
    }

    /// Where the changes after the one of this number begin, as `ZRANGEBYLEX` writes it.
    static func start(after number: Int64) -> [UInt8] {
        [UInt8(ascii: "[")] + digits(number == .max ? .max : number + 1)
    }

    private static func digits(_ number: Int64) -> [UInt8] {
        let digits = String(max(0, number), radix: 16)
        return Array((String(repeating: "0", count: 16 - digits.count) + digits).utf8)
    }

    private static let damage = StoreError.unavailable("the list of changes in Redis is damaged: restore a backup")
}
