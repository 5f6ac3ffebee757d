@testable import Ordinal

/// What a node asks of the store.
enum Request {
    case find(LifeMemory?)
    case create(Life, at: Int64)
    case restart(from: Life, to: Life, at: Int64)
    case reserve(Reservation)
    case release(Segment)
    case delete(Life)
    case advance(Life, to: Int64, Advance)

    var changesSomething: Bool {
        if case .find = self { false } else { true }
    }
}

/// What the store says.
enum Answer {
    case found(SequenceEntry)
    case record(SequenceRecord)
    case reserved(Reserved)
    case released(Bool)
    case deleted
    case failed(StoreError)
}

/// A request on its way, or its answer.
struct Call {
    /// What the chain wants; nil for a SET or a delete, of which it hears only the result.
    var errand: SegmentChain.Errand?
    var request: Request
    /// What the node knows of a life that it makes again.
    var known: LifeMemory?
    var answer: Answer?
}
