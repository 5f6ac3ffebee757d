import Ordinal

/// The name of a key.
struct RedisKey: Hashable, Sendable {
    let bytes: [UInt8]
}

/// The keys below one prefix.
///
/// Names of sequences stand at the end and as they are, so that none can be taken for another key. The braces put all
/// keys of a prefix into one slot.
struct RedisKeys: Sendable {
    private let prefix: String

    init(prefix: String) {
        self.prefix = "{\(prefix)}:"
    }

    /// The identity of the store.
    var store: RedisKey { key("store") }
    /// The number of the last change that other nodes must hear of.
    var changeCount: RedisKey { key("change-count") }
    /// A sorted set of ``ChangeText``.
    var changes: RedisKey { key("changes") }
    /// A sorted set of the names of live sequences.
    var names: RedisKey { key("names") }

    /// The row of a sequence.
    func sequence(_ name: SequenceName) -> RedisKey { key("sequence:", name) }

    /// The tombstone of a life.
    func ended(_ name: SequenceName, _ life: Life) -> RedisKey { key("ended:\(life):", name) }

    /// The block of a sequence whose ceiling another store keeps.
    func block(_ name: SequenceName) -> RedisKey { key("block:", name) }

    private func key(_ word: String, _ name: SequenceName? = nil) -> RedisKey {
        RedisKey(bytes: Array((prefix + word).utf8) + (name?.bytes ?? []))
    }
}
