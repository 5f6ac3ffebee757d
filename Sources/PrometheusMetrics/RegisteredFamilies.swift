/// The families and series of a registry.
struct RegisteredFamilies: Sendable {
    struct Family: Sendable {
        let type: MetricType
        let help: String
        /// Of a histogram. They are the same for all series, or their buckets could not be added up.
        let bounds: [Double]
        var series: [[UInt8]: any Series] = [:]
    }

    /// Why a series is not part of the exposition.
    enum Refusal: String, CaseIterable, Sendable {
        case typeConflict = "type_conflict"
        case tooManyFamilies = "too_many_families"
        case tooManySeries = "too_many_series"
    }

    private(set) var families: [String: Family] = [:]
    private var names = SampleNames()
    private let familyLimit: Int
    private let seriesLimit: Int

    init(familyLimit: Int, seriesLimit: Int) {
        self.familyLimit = familyLimit
        self.seriesLimit = seriesLimit
    }

    /// The series at `key`, made if there is none.
    ///
    /// - Parameters:
    ///   - candidate: The family that it would found.
    ///   - make: Makes a series with the bounds of its family.
    /// - Returns: The series, and why it is not part of the families if it is not: it can be used all the same.
    mutating func series<Made: Series>(
        at key: SeriesKey, of candidate: Family, make: ([Double]) -> Made
    ) -> (series: Made, refusal: Refusal?) {
        if let family = families[key.family] {
            guard family.type == candidate.type else { return (make(candidate.bounds), .typeConflict) }
            if let series = family.series[key.labels] as? Made { return (series, nil) }
            guard family.series.count < seriesLimit else { return (make(family.bounds), .tooManySeries) }
            let series = make(family.bounds)
            families[key.family]?.series[key.labels] = series
            return (series, nil)
        }
        let series = make(candidate.bounds)
        guard families.count < familyLimit else { return (series, .tooManyFamilies) }
        guard names.take(key.family, candidate.type) else { return (series, .typeConflict) }
        var family = candidate
        family.series[key.labels] = series
        families[key.family] = family
        return (series, nil)
    }

    /// Takes out `series` itself: another one that has its place by now stays.
    mutating func remove(_ series: some Series) {
        let key = series.key
        guard let family = families[key.family], family.series[key.labels] === series else { return }
        families[key.family]?.series[key.labels] = nil
        if family.series.count == 1 {
            families[key.family] = nil
            names.giveBack(key.family, family.type)
        }
    }
}
