/// What the samples of a family mean. A family has one type.
enum MetricType: String, Sendable {
    case counter
    case gauge
    case histogram

    /// The names that samples of the family `name` have, and the name itself.
    func sampleNames(of name: String) -> [String] {
        switch self {
        case .counter, .gauge: [name]
        case .histogram: [name, name + "_bucket", name + "_sum", name + "_count"]
        }
    }
}

/// Who writes samples of which name.
///
/// Names of families that differ are not enough: a counter `a_count` and a histogram `a` would write the same sample.
struct SampleNames: Sendable {
    private var taken: Set<String> = []

    /// Takes the names of a new family, all or none of them.
    ///
    /// - Returns: Whether they were free.
    mutating func take(_ family: String, _ type: MetricType) -> Bool {
        let names = type.sampleNames(of: family)
        guard taken.isDisjoint(with: names) else { return false }
        taken.formUnion(names)
        return true
    }

    /// Gives the names of a family back.
    mutating func giveBack(_ family: String, _ type: MetricType) {
        taken.subtract(type.sampleNames(of: family))
    }
}
