/// Where a series has its place: the family, and the labels as they are written.
struct SeriesKey: Hashable, Sendable {
    let family: String
    let labels: [UInt8]

    init(_ family: String, _ labels: [(String, String)]) {
        self.family = family
        self.labels = .labels(labels)
    }
}

/// One line of a family, or the lines of one histogram: values under one set of labels.
protocol Series: AnyObject, Sendable {
    var key: SeriesKey { get }

    func write(to writer: inout ExpositionWriter, help: String)
}
