/// How far the world is explored: everything that can happen within it happens, in every order.
struct Bound {
    var nodes = 2
    /// How many segments are reserved in all.
    var reservations = 3
    /// How many events happen in all: whatever a ``Step`` is that is not asking, calling and answering.
    var events = 2
    /// How many changes a store loses at most when it goes back.
    var depth = 2
    /// The kinds of events, see ``Step/kind``; nil: all there are.
    var kinds: Set<String>?
    /// Whether the store goes back only as the contract allows it.
    var keepsContract = true
    /// Whether store and journals are restored together while no node is up, which nothing can see.
    var restoresTogether = false
    /// Whether the operator moves all sequences forward after that, as the contract asks.
    var operatorAdvances = false
}

/// Numbers in a segment. The fewest with which one can be taken and the other given back.
let segmentSize: Int64 = 2
/// Numbers left out when the store went back: more than ``Bound/depth`` changes of it can lose.
let offset: Int64 = 8

/// A rule of the protocol, which can be switched off to see what it is good for.
enum Rule: CaseIterable, Sendable {
    /// Numbers are handed out when the ceiling above them is durable.
    case writeAhead
    /// A release counts only for the reservation that it names.
    case stampOnRelease
    /// A reservation on another home leaves numbers out.
    case homeInReservation
    /// A reservation says what it must lie above.
    case floorInReservation
    /// The floor outlives a crash.
    case floorInJournal
    /// A floor is lowered before a release is sent.
    case floorBeforeRelease
    /// A reservation on a store that went back leaves numbers out.
    case failoverOffset
    /// A life that ended is remembered.
    case tombstone
    /// A row that is missing is made again above the floor.
    case mending
    /// What a SET moved past is cut from what is in hand.
    case cutBySet
}
