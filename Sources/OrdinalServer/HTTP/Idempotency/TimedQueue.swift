/// Elements in the order of their times.
struct TimedQueue<Element: Sendable>: Sendable {
    /// Sorted, from `first` on.
    private var entries: [(time: Duration, element: Element)] = []
    private var first = 0

    var count: Int { entries.count - first }

    /// The element whose time comes first.
    var next: (time: Duration, element: Element)? { first < entries.endIndex ? entries[first] : nil }

    /// Adds an element. This is cheap as long as times rarely come out of order.
    mutating func insert(_ element: Element, at time: Duration) {
        var index = entries.endIndex
        while index > first, entries[index - 1].time > time { index -= 1 }
        entries.insert((time, element), at: index)
    }

    /// Takes out the element whose time comes first.
    mutating func removeNext() {
        guard first < entries.endIndex else { return }
        first += 1
        // What was taken out goes when it is half of all, so that each entry is moved once on average.
        if first > entries.count / 2 {
            entries.removeFirst(first)
            first = 0
        }
    }

    /// Keeps only those elements that `isNeeded`.
    mutating func compact(_ isNeeded: (Element) -> Bool) {
        entries = entries[first...].filter { isNeeded($0.element) }
        first = 0
    }
}
