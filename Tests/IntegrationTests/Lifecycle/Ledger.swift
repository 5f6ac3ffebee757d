/// All numbers that clients got over many rounds of one database: finds what repeats, goes back, or is left out.
struct Ledger {
    /// What the contract forbids.
    private(set) var violations: [String] = []
    /// How many numbers were looked at.
    private(set) var count = 0
    private(set) var rounds = 0
    /// The highest number of each sequence.
    private(set) var highest: [String: Int64] = [:]

    /// Takes in a round. All its requests were sent after the rounds before had ended.
    ///
    /// - Parameter isGapless: Whether the numbers must go on where those before ended, without one left out.
    mutating func enter(_ takings: [Taking], isGapless: Bool = false) {
        rounds += 1
        for taking in takings {
            for (name, numbers) in taking.numbers { checkRise(numbers, of: name) }
        }
        for name in Set(takings.flatMap(\.numbers.keys)).sorted() {
            let numbers = takings.flatMap { $0.numbers[name] ?? [] }.sorted()
            enter(numbers, of: name, isGapless: isGapless)
        }
    }

    private mutating func checkRise(_ numbers: [Int64], of name: String) {
        guard let fall = zip(numbers, numbers.dropFirst()).first(where: { $0 >= $1 }) else { return }
        violations.append("round \(rounds), \(name): one connection got \(fall.0) and then \(fall.1)")
    }

    private mutating func enter(_ numbers: [Int64], of name: String, isGapless: Bool) {
        guard let first = numbers.first, let last = numbers.last else { return }
        count += numbers.count
        let before = highest[name] ?? 0
        if first <= before {
            violations.append("round \(rounds), \(name): \(first) came after \(before) of a round before")
        }
        var previous = isGapless ? before : first - 1
        for number in numbers {
            if number == previous {
                violations.append("round \(rounds), \(name): \(number) came twice")
            } else if isGapless, number > previous + 1 {
                violations.append("round \(rounds), \(name): nobody got \(previous + 1) to \(number - 1)")
            }
            previous = number
        }
        highest[name] = max(before, last)
    }
}
