/// The candidate that somebody most likely meant, if one is near enough.
func nearest(to text: String, in candidates: [String]) -> String? {
    let distances = candidates.map { ($0, editDistance(Array(text), Array($0))) }
    guard let (candidate, distance) = distances.min(by: { $0.1 < $1.1 }) else { return nil }
    return distance <= max(1, text.count / 4) ? candidate : nil
}

/// How many characters must be inserted, removed or replaced to make one text of the other.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let replaced = diagonal + (character == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, diagonal + 1, row[j] + 1)
        }
    }
    return row[right.count]
}
