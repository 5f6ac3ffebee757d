import Ordinal

/// The one store of a world: what it holds, which server answers, whether it answers, and what it held before.
struct SimulatedStore {
    /// How a store is away.
    enum Outage: String, CaseIterable, Sendable {
        case refuses = "connections are refused"
        case hangs = "requests hang"
    }

    /// Which server answers after the store went back.
    enum NextHome: String, CaseIterable, Sendable {
        case new = "a new server"
        case same = "the same server"
        case former = "a server that was the master before"
    }

    /// How many states are kept that the store may go back to.
    private static let keptStates = 300

    var contents = StoreContents()
    private(set) var home = Home(rawValue: "server 0")
    private var formerHome: Home?
    private var homes = 0
    /// Connections of an earlier epoch were cut: what was on its way over them is gone.
    private(set) var epoch = 0
    var outage: Outage?
    /// Counts how often each name came to have no sequence.
    private(set) var absences: [SequenceName: Int] = [:]
    private var history: [StoreContents] = [StoreContents()]

    /// The home that the store would have after it went back.
    func home(_ next: NextHome) -> Home {
        switch next {
        case .new: Home(rawValue: "server \(homes + 1)")
        case .same: home
        case .former: formerHome ?? home
        }
    }

    /// What it held so many changes ago.
    func state(before depth: Int) -> StoreContents { history[max(0, history.count - 1 - depth)] }

    mutating func commit(_ contents: StoreContents) {
        for name in self.contents.live.keys where contents.live[name]?.life != self.contents.live[name]?.life {
            absences[name, default: 0] += 1
        }
        self.contents = contents
        history.append(contents)
        if history.count > Self.keptStates { history.removeFirst(Self.keptStates / 2) }
    }

    /// Goes back to what it held so many changes ago, and cuts all connections.
    mutating func goBack(by depth: Int, _ next: NextHome) {
        let newHome = home(next)
        if next == .new { homes += 1 }
        if newHome != home { formerHome = home }
        home = newHome
        epoch += 1
        for name in contents.live.keys { absences[name, default: 0] += 1 }
        history.removeLast(min(depth, history.count - 1))
        contents = history[history.count - 1]
    }
}
