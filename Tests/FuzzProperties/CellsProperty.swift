import Ordinal
import OrdinalRedis

/// What is read from Redis is what would be written there, and a block hands no number out twice.
enum CellsProperty {
    static func check(_ input: [UInt8]) throws {
        let name = try SequenceName("orders")
        if let row = try? Row(input, of: name) {
            try require(row.bytes == input, "a row is written as \(String(decoding: row.bytes, as: UTF8.self))")
        }
        if let change = try? ChangeText(input) {
            let text = String(decoding: change.bytes, as: UTF8.self)
            try require(change.bytes == input, "a change is written as \(text)")
        }
        if let block = try? Block(input, of: name) {
            try require(block.bytes == input, "a block is written as \(String(decoding: block.bytes, as: UTF8.self))")
            try checkDrawing(block, name)
        }
    }

    private static func checkDrawing(_ whole: Block, _ name: SequenceName) throws {
        var block = whole
        var highest = Int64.min
        for (step, count) in ([1, 3, .max, 1] as [Int64]).enumerated() {
            let reservation = Reservation(
                name: name, life: whole.life, count: count, above: step == 0 ? 0 : highest,
                failoverOffset: .standard, stamp: Stamp(rawValue: UInt64(step)))
            guard let segment = block.draw(reservation, on: whole.home) else { break }
            try require(segment.first > highest, "\(segment.first) was drawn twice")
            try require(segment.last <= whole.last, "\(segment.last) is no number of the block")
            try require(segment.count <= count, "more numbers than were asked for")
            highest = segment.last
            if step == 1 {
                var released = block
                try require(released.release(segment, on: whole.home), "what was drawn last cannot be given back")
                let again = released.draw(reservation, on: whole.home)
                try require(again?.first == segment.first, "what was given back is not drawn again")
                block.advance(to: highest + 1)
                highest += 1
            }
        }
    }
}
