import Ordinal
import RESP

/// What tools ask a server about itself.
let serverCommands: [Command] = [
    Command("TIME", arity: 1, [.fast], "The server's clock, in seconds and microseconds") { _, _, session in
        let (seconds, microseconds) = WallClock.now
        session.writer.write(.array([.text("\(seconds)"), .text("\(microseconds)")]))
        return true
    },
    Command("COMMAND", arity: -1, [.fast], "The commands of this server") { request, bytes, session in
        let arguments = Arguments(values: request.arguments(of: bytes))
        session.writer.write(describe(arguments))
        return true
    },
    Command("CONFIG", arity: -2, [.admin], role: .admin, "What redis-benchmark and others ask for") {
        request, bytes, session in
        let arguments = Arguments(values: request.arguments(of: bytes))
        if arguments.matches(1, "GET"), arguments.count > 2 {
            // Tools that look for these want to know how durable Redis is; there is no such setting here.
            let known = arguments.values.dropFirst(2).map { String(decoding: $0, as: UTF8.self).lowercased() }
            let found = [("save", ""), ("appendonly", "yes"), ("databases", "1")].filter { known.contains($0.0) }
            session.writer.write(.pairs(found.map { ($0.0, .text($0.1)) }))
        } else {
            session.fail(.error("settings are changed in the configuration; see: ordinal config"))
        }
        return true
    },
    Command(
        "INFO", arity: -1, [.readOnly], "How the server is",
        suspended: { (_, context) async throws(CommandError) in
            let status: Result<StoreStatus, SequencerError>
            do throws(SequencerError) { status = .success(try await context.sequencer.storeStatus()) } catch {
                status = .failure(error)
            }
            return .text(info(context, status).joined(separator: "\r\n"))
        }),
]

/// The lines of INFO. With the store away there is less to tell, and that it is away.
private func info(_ context: SuspendedContext, _ status: Result<StoreStatus, SequencerError>) -> [String] {
    let (metrics, connections) = (context.services.metrics, context.services.connections)
    let snapshots = context.sequencer.snapshots()
    var lines = [
        "# Server", "server_name:ordinal", "ordinal_version:\(OrdinalVersion.current)", "redis_version:7.0.0",
        "redis_mode:standalone", "process_id:\(ProcessIdentity.pid)",
        "uptime_in_seconds:\(ProcessIdentity.uptime.components.seconds)", "",
        "# Clients", "connected_clients:\(connections.count)",
        "maxclients:\(context.services.options.maximumConnections)", "",
        "# Stats", "total_connections_received:\(connections.accepted)",
        "total_commands_processed:\(metrics.commands)", "rejected_connections:\(connections.rejected)", "",
        "# Ordinal", "store:\(context.sequencer.store.label)",
    ]
    switch status {
    case .success(let status):
        lines += [
            "store_available:1", "store_home:\(status.home)", "sequences:\(status.sequences)",
            "gap_in_store:\(status.abandoned)",
        ]
    case .failure(let error):
        lines += ["store_available:0", "store_error:\("\(error)".onSingleLine)"]
    }
    lines += [
        "live_sequences:\(snapshots.count)", "numbers_in_hand:\(snapshots.reduce(0) { $0 + $1.inHand })",
        "waiting_requests:\(snapshots.reduce(0) { $0 + $1.waiting })",
    ]
    lines += context.services.explainer.events.lines + [""]
    if case .success(let status) = status {
        lines += ["# Keyspace", "db0:keys=\(status.sequences),expires=0,avg_ttl=0", ""]
    }
    return lines
}

private func describe(_ arguments: Arguments) -> RESPValue {
    let all = CommandTable.all.commands
    func named(from index: Int) -> [Command?] {
        guard arguments.count > index else { return all }
        return arguments.values[index...].map { name in
            CommandCode(name.span.bytes).flatMap { CommandTable.all[$0] }
        }
    }
    guard arguments.count > 1 else { return .array(all.map(\.description)) }
    if arguments.matches(1, "COUNT") { return .integer(Int64(all.count)) }
    if arguments.matches(1, "LIST") { return .array(all.map { .text("\($0.name)".lowercased()) }) }
    if arguments.matches(1, "INFO") { return .array(named(from: 2).map { $0?.description ?? .null }) }
    if arguments.matches(1, "DOCS") {
        return .pairs(
            named(from: 2).compactMap { command in
                command.map {
                    ("\($0.name)".lowercased(), .pairs([("summary", .text($0.summary)), ("group", .text("generic"))]))
                }
            })
    }
    return .error(ErrorReply(prefix: "ERR", message: "unknown subcommand of COMMAND: COUNT, DOCS, INFO, LIST"))
}

extension Command {
    /// The command as COMMAND describes it. What hands out numbers is a write: a client that takes GET for a read would
    /// send it to a replica or cache it.
    fileprivate var description: RESPValue {
        var words: [RESPValue] = []
        if flags.contains(.write) { words.append(.simple("write")) }
        if flags.contains(.readOnly) { words.append(.simple("readonly")) }
        if flags.contains(.fast) { words.append(.simple("fast")) }
        if flags.contains(.noAuth) { words.append(.simple("no_auth")) }
        if flags.contains(.admin) { words.append(.simple("admin")) }
        return .array([
            .text("\(name)".lowercased()), .integer(Int64(arity)), .set(words), .integer(Int64(keys.first)),
            .integer(Int64(keys.last)), .integer(Int64(keys.step)), .set([]), .array([]), .array([]), .array([]),
        ])
    }
}
