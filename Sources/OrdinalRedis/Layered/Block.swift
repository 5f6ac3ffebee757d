package import Ordinal

/// Numbers that the store below has reserved, kept in Redis for whichever node asks for some.
///
/// A block is good only on the server on which it was installed, as long as that is the same one: anything else may have
/// gone back in time, and a block that was drawn from once more would repeat numbers.
package struct Block: Hashable, Sendable {
    /// The server on which it was installed.
    package var home: Home
    /// The life of the sequence that the numbers belong to.
    package var life: Life
    /// The lowest number that is left; one increment above ``last`` if none is.
    var next: Int64
    /// The highest number.
    package var last: Int64
    /// The distance between two numbers.
    var increment: Int64
    /// Every number drawn from now on lies above this: 0, or where an advance moved the sequence.
    var origin: Int64 = 0
    /// The mark of the reservation in the store below, with which the rest can be given back there.
    var stamp: Stamp
    /// The mark of the last draw, or nil if none can be given back.
    var draw: Stamp?

    /// What a reservation took from a block.
    ///
    /// Nil if the block is not for it: of another life, on another server, used up, or not above the caller's floor. Part
    /// of it may lie above the floor; but the numbers below it, which others may still want, would then be lost.
    package mutating func draw(_ reservation: Reservation, on home: Home) -> Segment? {
        guard self.home == home, life == reservation.life, next <= last, next > reservation.above else { return nil }
        let count = min(reservation.count, (last - next) / increment + 1)
        let segment = Segment(
            life: life, first: next, last: next + (count - 1) * increment, increment: increment,
            stamp: reservation.stamp)
        next = segment.last + increment
        draw = reservation.stamp
        return segment
    }

    /// Takes numbers back that were drawn last. Answers whether they were.
    ///
    /// They may begin below what was drawn, even below the block: then they were joined with others of the same node,
    /// which are as unused. The mark goes with them, so that the same release, arriving once more, finds nothing.
    package mutating func release(_ segment: Segment, on home: Home) -> Bool {
        guard self.home == home, life == segment.life, increment == segment.increment,
            next == segment.last + increment, let draw, draw == segment.stamp
        else { return false }
        next = segment.first
        self.draw = nil
        cut()
        return true
    }

    /// Leaves out every number up to `origin`.
    package mutating func advance(to origin: Int64) {
        guard origin > self.origin else { return }
        self.origin = origin
        if next <= origin { draw = nil }
        cut()
    }

    private mutating func cut() {
        guard next <= origin else { return }
        next = origin >= last ? last + increment : next + ((origin - next) / increment + 1) * increment
    }

    /// What is left.
    var rest: Segment? {
        guard next <= last else { return nil }
        return Segment(life: life, first: next, last: last, increment: increment, stamp: stamp)
    }
}

extension Block {
    /// The value as it is written: `1 life next last increment origin stamp draw home`.
    package var bytes: [UInt8] {
        let stamps = "\(Optional(stamp).word) \(draw.word)"
        return Array("1 \(life) \(next) \(last) \(increment) \(origin) \(stamps) \(home)".utf8)
    }

    /// Reads the value of a key.
    package init(_ bytes: [UInt8], of name: SequenceName) throws(StoreError) {
        do {
            var words = try Words(bytes, count: 8)
            (life, next, last) = (try words.life(), try words.integer(), try words.integer())
            (increment, origin) = (try words.integer(), try words.integer())
            guard let stamp = try words.stamp() else { throw Words.Damage(description: "it has no stamp") }
            self.stamp = stamp
            draw = try words.stamp()
            home = Home(rawValue: try words.text())
            guard (1...SequenceOptions.largestIncrement).contains(increment), next >= 1, origin >= 0,
                last <= SequenceOptions.highestNumber, next - increment <= last, (last - next) % increment == 0,
                next > origin || next > last
            else { throw Words.Damage(description: "its numbers are out of range") }
        } catch {
            throw .unavailable("the block of \(name) in Redis is damaged (\(error)): delete its key")
        }
    }
}
