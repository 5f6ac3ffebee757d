import Ordinal
import SeededRandom

extension ConformanceCase {
    static let random: [ConformanceCase] = (1...8 as ClosedRange<UInt64>).map { seed in
        ConformanceCase("random calls are answered as the rules say (seed \(seed))") { trial in
            let home = try await trial.store.status().home
            var history = RandomHistory(
                seed: seed, home: home, names: [try trial.name("1"), try trial.name("2"), try trial.name("3")])
            for step in 1...300 {
                let call = history.nextCall()
                let (expected, found) = (history.model.answer(call), await trial.store.answer(call))
                try expect(found == expected, "step \(step), \(call): found \(found), expected \(expected)")
                history.note(call, expected)
            }
            for name in history.names {
                let expected = history.model.entry(of: name, known: nil)
                try expect(try await trial.store.find(name, known: nil), is: expected)
            }
        }
    }
}

/// Random calls about a few sequences, with lives and segments of before and stamps that do not fit.
struct RandomHistory {
    let names: [SequenceName]
    var model: Model
    private var random: SeededRandom
    private var lives: [Life] = []
    private var segments: [Segment] = []

    init(seed: UInt64, home: Home, names: [SequenceName]) {
        self.names = names
        model = Model(home: home)
        random = SeededRandom(seed: seed)
        lives = (0..<2).map { _ in freshLife() }
    }

    /// Remembers what later calls may repeat.
    mutating func note(_ call: Model.Call, _ answer: Model.Answer) {
        switch answer {
        case .record(let record) where !lives.contains(record.life): lives.append(record.life)
        case .reserved(let reserved): segments.append(reserved.segment)
        default: break
        }
    }

    mutating func nextCall() -> Model.Call {
        let name = pick(names)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<15:
            return .create(name, chance(70) ? freshLife() : pick(lives), at: smallNumber(), options())
        case 15..<20:
            return .find(name, known: chance(30) ? nil : pick(lives))
        case 20..<55:
            let reservation = Reservation(
                name: name, life: life(of: name), count: Int64.random(in: 1...40, using: &random),
                above: chance(60) ? .min : smallNumber(), failoverOffset: .exactly(.random(in: 0...50, using: &random)),
                stamp: Stamp(rawValue: UInt64.random(in: 1...3, using: &random)))
            return .reserve(reservation)
        case 55..<75:
            guard let segment = segments.suffix(6).randomElement(using: &random) else {
                return .find(name, known: nil)
            }
            return .release(chance(50) ? tail(of: segment) : segment, of: name)
        case 75..<85:
            let count = Int64.random(in: -1...20, using: &random)
            return .advance(name, life(of: name), chance(50) ? .to(smallNumber()) : .by(count))
        case 85..<90: return .change(name, life(of: name), options())
        case 90..<96:
            let to = chance(70) ? freshLife() : pick(lives)
            return .restart(name, from: life(of: name), to: to, at: smallNumber(), options())
        default: return .delete(name, life(of: name))
        }
    }

    /// Mostly the life that is there.
    private mutating func life(of name: SequenceName) -> Life {
        guard chance(85), case .live(let record) = model.entry(of: name, known: nil) else { return pick(lives) }
        return record.life
    }

    private mutating func tail(of segment: Segment) -> Segment {
        let skipped = Int64.random(in: 0..<segment.count, using: &random) * segment.increment
        return Segment(
            life: segment.life, first: segment.first + skipped, last: segment.last, increment: segment.increment,
            stamp: chance(80) ? segment.stamp : Stamp(rawValue: 9))
    }

    private mutating func options() -> SequenceOptions {
        let (increment, maximum) = (pick([1, 1, 1, 7]), pick([SequenceOptions.highestNumber, 400, 900]))
        do { return try SequenceOptions(increment: Int64(increment), maximum: maximum) } catch { return .standard }
    }

    private mutating func smallNumber() -> Int64 { Int64.random(in: -2...500, using: &random) }

    private mutating func freshLife() -> Life {
        var generator = random
        defer { random = generator }
        return Life(random: { generator.next() })
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }
}
