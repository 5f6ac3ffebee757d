@testable import Ordinal

extension Answer {
    var text: String {
        switch self {
        case .found(.live(let record)): "found at \(record.ceiling)"
        case .found(.absent): "nothing found"
        case .found(.lost): "the life is lost"
        case .record(let record): "now at \(record.ceiling)"
        case .reserved(let reserved):
            "\(reserved.segment.first) to \(reserved.segment.last)"
                + (reserved.skipped > 0 ? " after leaving out \(reserved.skipped)" : "")
        case .released(let given): given ? "given back" : "not given back"
        case .deleted: "deleted"
        case .failed(let error): error.description
        }
    }
}

extension StoreContents {
    var text: String {
        live.map { "ceiling \($0.ceiling) of life \($0.life.words.low), home \($0.home)" } ?? "no sequence"
    }
}
