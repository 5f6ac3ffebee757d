import OrdinalServer

/// Lines whose columns stand under one another.
struct Table {
    enum Alignment {
        case left
        /// For numbers.
        case right
    }

    private var alignments: [Alignment]
    private var rows: [[String]]

    init(_ columns: (String, Alignment)...) {
        alignments = columns.map(\.1)
        rows = [columns.map(\.0)]
    }

    /// A table of two columns without a heading: what, and how it is.
    init(pairs: [(String, String)]) {
        alignments = [.left, .left]
        rows = pairs.map { [$0, $1] }
    }

    mutating func add(_ row: String...) { rows.append(row) }

    var lines: [String] {
        let cells = rows.map { $0.map(\.onSingleLine) }
        let widths = alignments.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
        return cells.map { row in
            let columns = alignments.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                return alignments[column] == .left ? row[column] + padding : padding + row[column]
            }
            let line = columns.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
