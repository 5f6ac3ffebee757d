/// One thing that happens.
enum Step: Hashable, Sendable {
    // Counted on, as often as there is occasion.
    case ask(Int)
    case store(Int)
    case answer(Int)
    case retry(Int)
    case storeChange(Int)
    case answerChange(Int)

    // What the store was asked long ago.
    case late(Int)
    case commit

    // Events.
    case giveUp(Int)
    case giveUpChange(Int)
    /// Of all calls that change numbers only a release may arrive twice.
    case repeatRelease(Int)
    case crash(Int)
    case crashWithoutJournal(Int)
    case stop(Int)
    case evict(Int)
    case delete(Int)
    case set(Int)
    case failOver(Int)
    case restore(Int)
    case restoreTogether(Int)

    var isEvent: Bool {
        switch self {
        case .ask, .store, .answer, .retry, .storeChange, .answerChange, .late, .commit: false
        default: true
        }
    }

    /// What it is, without who.
    var kind: String { Mirror(reflecting: self).children.first?.label ?? "commit" }
}

extension Step: CustomStringConvertible {
    var description: String {
        switch self {
        case .ask(let node): "\(Self.name(node)) is asked"
        case .store(let node), .storeChange(let node): "the store does what \(Self.name(node)) asked for"
        case .answer(let node), .answerChange(let node): "\(Self.name(node)) hears the answer"
        case .retry(let node): "\(Self.name(node)) tries again"
        case .late: "the store does what somebody had given up on"
        case .commit: "the store commits what it had answered"
        case .giveUp(let node), .giveUpChange(let node): "\(Self.name(node)) gives up on its call"
        case .repeatRelease(let node): "what \(Self.name(node)) gives back is on its way twice"
        case .crash(let node): "\(Self.name(node)) crashes"
        case .crashWithoutJournal(let node): "\(Self.name(node)) crashes and loses its journal"
        case .stop(let node): "\(Self.name(node)) stops"
        case .evict(let node): "the sequence leaves the memory of \(Self.name(node))"
        case .delete(let node): "DEL on \(Self.name(node))"
        case .set(let node): "SET on \(Self.name(node))"
        case .failOver(let changes): "another server takes over, without the last \(changes) changes"
        case .restore(let changes): "the store is restored, without the last \(changes) changes"
        case .restoreTogether(let changes): "store and journals are restored, without the last \(changes) changes"
        }
    }

    static func name(_ node: Int) -> String { ["A", "B", "C"][node] }
}
