import Ordinal
import RESP

/// What tools ask a server about itself.
let serverCommands: [Command] = [
    Command("TIME", arity: 1, [.fast], "The server's clock, in seconds and microseconds") { _, _, session in
        let (seconds, microseconds) = WallClock.now
        session.writer.write(.array([.text("\(seconds)"), .text("\(microseconds)")]))
        return true
    },
    Command(
        "CONFIG", [.admin], role: .admin, "What redis-benchmark and others ask for",
        subcommands: [
            Subcommand("GET", 3...100, "pattern …: what tools want to know of Redis, as far as it means anything here")
            {
                arguments, session in
                let patterns = arguments.values.dropFirst(2).map {
                    GlobPattern(Array(String(decoding: $0, as: UTF8.self).lowercased().utf8))
                }
                let known = [
                    // How durable Redis is, which tools ask: what is answered here is always durable.
                    ("save", ""), ("appendonly", "yes"), ("databases", "1"),
                    ("maxclients", "\(session.services.options.maximumConnections)"),
                ]
                let found = known.filter { entry in patterns.contains { $0.matches(Array(entry.0.utf8)) } }
                session.writer.write(.pairs(found.map { ($0.0, .text($0.1)) }))
            },
            Subcommand("SET", 4...100, "…: refused", refuseSettings),
            Subcommand("REWRITE", 2...2, ": refused", refuseSettings),
        ]),
    commandCommand,
    infoCommand,
    Command("CLUSTER", arity: -2, [.fast], "Refused: this node is alone") { _, _, session in
        session.fail(.error("This instance has cluster support disabled"))
        return true
    },
]

@Sendable private func refuseSettings(_ arguments: Arguments, _ session: inout Session) {
    session.fail(.error("settings are changed in the configuration; see: ordinal config"))
}
