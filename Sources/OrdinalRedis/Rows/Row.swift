package import Ordinal

/// The value of a sequence's key.
package struct Row: Hashable, Sendable {
    let record: SequenceRecord
    /// The number of the last change that other nodes must hear of, 0 if there was none.
    let changed: Int64

    init(_ record: SequenceRecord, changed: Int64) {
        self.record = record
        self.changed = changed
    }

    /// The value as it is written: `1 life ceiling origin stamp recent-size increment maximum changed home`.
    package var bytes: [UInt8] {
        let options = record.options
        let numbers = "\(options.increment) \(options.maximum) \(changed)"
        let reserved = "\(record.ceiling) \(record.origin) \(record.stamp.word) \(record.recentSize)"
        let text = "1 \(record.life) \(reserved) \(numbers) \(record.home)"
        return Array(text.utf8)
    }

    /// Reads the value of a key.
    package init(_ bytes: [UInt8], of name: SequenceName) throws(StoreError) {
        do {
            var words = try Words(bytes, count: 9)
            let (life, ceiling, origin) = (try words.life(), try words.integer(), try words.integer())
            let (stamp, recentSize) = (try words.stamp(), try words.integer())
            let options = try SequenceOptions(increment: words.integer(), maximum: words.integer())
            changed = try words.integer()
            try options.check(ceiling: ceiling)
            try options.check(ceiling: origin)
            guard origin <= ceiling, changed >= 0, recentSize >= 0 else {
                throw Words.Damage(description: "its numbers are out of range")
            }
            record = SequenceRecord(
                name: name, life: life, ceiling: ceiling, origin: origin, home: Home(rawValue: try words.text()),
                stamp: stamp, recentSize: recentSize, options: options)
        } catch {
            throw .unavailable("the row of \(name) in Redis is damaged (\(error)): restore a backup")
        }
    }
}
