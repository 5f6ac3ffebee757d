/// Something bad that is done to nodes or to their connections.
package enum FaultKind: String, Sendable, CaseIterable {
    /// A node ends at once (SIGKILL) and is started again.
    case kill
    /// A node stands still for a while (SIGSTOP, SIGCONT).
    case pause
    /// A node is stopped cleanly (SIGTERM) and started again.
    case stop
    /// Connections to a server of the store are closed.
    case cut
    /// Nothing moves between a node and a server of the store for a while.
    case stall
    /// A server of the store cannot be reached for a while.
    case refuse
    /// A server of the store does what it is told, and its replies are lost.
    case loseReplies = "lose_replies"
}

/// A fault, who it happens to and for how long.
struct Fault: Sendable, Equatable, CustomStringConvertible {
    let kind: FaultKind
    /// The nodes that it happens to.
    let nodes: [Int]
    /// Which server of the store, of those in its location.
    let server: Int
    /// How long it lasts; a node that was ended stays away for so long.
    let duration: Duration
    /// For how long nothing of the kind happens to these nodes afterwards.
    let rest: Duration

    var description: String {
        "\(kind.rawValue) nodes=\(nodes) server=\(server) milliseconds=\(Int(duration / .milliseconds(1)))"
    }
}
