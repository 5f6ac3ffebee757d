import Ordinal

/// What is to be written, and what must still be so for that.
struct CellChange: Sendable {
    /// The server that was read from.
    let home: Home
    private var expectations: [(key: RedisKey, value: [UInt8]?)] = []
    private var writes: [Write] = []

    private enum Write {
        case set(RedisKey, [UInt8])
        case delete(RedisKey)
        case add([UInt8], to: RedisKey)
        case remove([UInt8], from: RedisKey)
    }

    init(on home: Home) {
        self.home = home
    }

    /// Whether there is nothing to write.
    var isEmpty: Bool { writes.isEmpty }

    /// The key must hold this value, or nothing.
    mutating func expect(_ key: RedisKey, _ value: [UInt8]?) { expectations.append((key, value)) }

    mutating func set(_ key: RedisKey, _ value: [UInt8]) { writes.append(.set(key, value)) }
    mutating func delete(_ key: RedisKey) { writes.append(.delete(key)) }
    mutating func add(_ member: [UInt8], to set: RedisKey) { writes.append(.add(member, to: set)) }
    mutating func remove(_ member: [UInt8], from set: RedisKey) { writes.append(.remove(member, from: set)) }

    /// The keys and arguments of ``CellScripts/replace``: one key for two arguments, what to do there and a value.
    var encoded: (keys: [[UInt8]], arguments: [[UInt8]]) {
        var keys: [[UInt8]] = []
        var arguments = [Array(home.rawValue.utf8)]
        func step(_ word: String, _ key: RedisKey, _ value: [UInt8]) {
            keys.append(key.bytes)
            arguments.append(Array(word.utf8))
            arguments.append(value)
        }
        for (key, value) in expectations {
            if let value { step("is", key, value) } else { step("absent", key, []) }
        }
        for write in writes {
            switch write {
            case .set(let key, let value): step("set", key, value)
            case .delete(let key): step("delete", key, [])
            case .add(let member, let key): step("add", key, member)
            case .remove(let member, let key): step("remove", key, member)
            }
        }
        return (keys, arguments)
    }
}
