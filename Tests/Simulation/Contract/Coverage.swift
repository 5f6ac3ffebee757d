/// How often what is worth testing happened.
public struct Coverage: Sendable {
    /// What is counted.
    public enum Item: String, CaseIterable, Sendable {
        case numbers = "numbers handed out"
        case runs = "runs handed out"
        case fastPath = "numbers from memory without waiting"
        case waited = "requests that waited for the store"
        case timedOut = "requests that gave up waiting"
        case cancelled = "requests that were cancelled"
        case fallbackNumbers = "fallback numbers"
        case refused = "requests that were refused"
        case created = "sequences created"
        case movedForward = "SETs forward"
        case advanced = "advances"
        case restarted = "forced restarts"
        case deleted = "deletes"
        case recreated = "sequences created again after a delete"
        case exhausted = "sequences at their maximum"
        case evicted = "evictions"
        case reserves = "segments reserved"
        case fewer = "reservations answered with fewer numbers"
        case refusedCalls = "calls that could not reach the store"
        case lostBefore = "calls lost before the store"
        case lostReplies = "replies lost"
        case lateCalls = "calls that arrived after the node gave up"
        case slowCalls = "slow calls"
        case repeatedCalls = "calls that arrived twice"
        case lateReserve = "reservations that arrived late"
        case lateRelease = "releases that arrived late"
        case lateDelete = "deletes and restarts that arrived late"
        case cutConnections = "calls cut off when the store went back"
        case outages = "outages"
        case failovers = "fail-overs to a new server"
        case restores = "restores on the same server"
        case failbacks = "returns to a former server"
        case lostNumbers = "times that the store lost reservations"
        case lostRows = "times that the store lost a sequence"
        case secondLoss = "second losses beyond the offset, heard of"
        case outside = "losses left out because they are outside the contract"
        case jumps = "reservations that found that the store went back"
        case mended = "sequences made again"
        case historyWentBack = "histories found to be shorter"
        case numbersAfterLoss = "numbers handed out after the store went back"
        case crashes = "crashes"
        case crashInRefill = "crashes with a refill under way"
        case crashInRelease = "crashes with a release under way"
        case crashLoss = "numbers lost in crashes"
        case pauses = "pauses"
        case pausedInRefill = "pauses with a refill under way"
        case stops = "clean stops"
        case unfinishedStops = "stops that ran out of time"
        case releaseGiven = "numbers given back"
        case releaseOvertaken = "releases overtaken by a reservation"
        case releaseLost = "releases without an answer"
        case runDidNotFit = "runs that did not fit"
        case cutNumbers = "numbers cut by a SET or an advance"
        case journalFailed = "journal calls that failed"
        case heardEnded = "ends of lives, noticed by a node"
    }

    private var counts = [Int](repeating: 0, count: Item.allCases.count)

    init() {}

    private static let indices = Dictionary(uniqueKeysWithValues: zip(Item.allCases, 0...))

    /// How often it happened.
    public subscript(item: Item) -> Int { counts[Self.index(item)] }

    mutating func count(_ item: Item, _ times: Int) { counts[Self.index(item)] += times }

    mutating func add(_ other: Coverage) {
        for index in counts.indices { counts[index] += other.counts[index] }
    }

    private static func index(_ item: Item) -> Int { indices[item] ?? 0 }
}
