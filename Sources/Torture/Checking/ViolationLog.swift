/// What was violated: how often, and the first of each kind in words.
struct ViolationLog: Sendable {
    /// So many of each kind are told.
    static let told = 5

    private(set) var counts: [Violation.Kind: Int64] = [:]
    private(set) var examples: [Violation] = []

    init() {}

    var isEmpty: Bool { counts.isEmpty }

    /// - Parameter count: How many there are of it, such as numbers left out.
    mutating func add(_ kind: Violation.Kind, at second: Double, count: Int64 = 1, _ text: @autoclosure () -> String) {
        counts[kind, default: 0] += count
        guard examples.count(where: { $0.kind == kind }) < Self.told else { return }
        examples.append(Violation(kind: kind, second: second, description: text()))
    }
}
