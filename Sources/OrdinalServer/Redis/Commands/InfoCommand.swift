import Ordinal
import RESP

/// `INFO [section …]`: how the server is.
let infoCommand = Command(
    "INFO", arity: -1, [.readOnly], "How the server is, all of it or some sections",
    suspended: { (arguments, context) async throws(CommandError) in
        let wanted = Set(arguments.values.dropFirst().map { String(decoding: $0, as: UTF8.self).lowercased() })
        let all = wanted.isEmpty || !wanted.isDisjoint(with: ["default", "all", "everything"])
        let sections = InfoSection.allCases.filter { all || wanted.contains($0.rawValue.lowercased()) }
        var status: Result<StoreStatus, SequencerError>?
        if sections.contains(where: \.needsStore) {
            do throws(SequencerError) { status = .success(try await context.sequencer.storeStatus()) } catch {
                status = .failure(error)
            }
        }
        var snapshots: [SequenceSnapshot] = []
        if sections.contains(.ordinal) {
            // There may be very many: whoever else is on this event loop does not wait for them.
            snapshots = await Task.detached { [sequencer = context.sequencer] in sequencer.snapshots() }.value
        }
        let lines = sections.flatMap { section in
            let lines = section.lines(context, status, snapshots)
            return lines.isEmpty ? [] : ["# \(section.rawValue)"] + lines + [""]
        }
        return .text(lines.joined(separator: "\r\n"))
    })

/// What INFO tells, in the order in which it does. With the store away there is less to tell, and that it is away.
private enum InfoSection: String, CaseIterable {
    case server = "Server"
    case clients = "Clients"
    case stats = "Stats"
    case replication = "Replication"
    case ordinal = "Ordinal"
    case keyspace = "Keyspace"

    var needsStore: Bool { self == .ordinal || self == .keyspace }

    func lines(
        _ context: SuspendedContext, _ status: Result<StoreStatus, SequencerError>?, _ snapshots: [SequenceSnapshot]
    ) -> [String] {
        let (services, connections) = (context.services, context.services.connections)
        switch self {
        case .server:
            return [
                "server_name:ordinal", "ordinal_version:\(OrdinalVersion.current)", "redis_version:7.0.0",
                "redis_mode:standalone", "process_id:\(ProcessIdentity.pid)",
                "uptime_in_seconds:\(ProcessIdentity.uptime.components.seconds)",
            ]
        case .clients:
            return ["connected_clients:\(connections.count)", "maxclients:\(services.options.maximumConnections)"]
        case .stats:
            return [
                "total_connections_received:\(connections.accepted)",
                "total_commands_processed:\(services.metrics.commands)", "rejected_connections:\(connections.rejected)",
            ]
        // Clients that look for the one that takes writes find it here.
        case .replication: return ["role:master", "connected_slaves:0"]
        case .ordinal: return Self.numbers(context, status, snapshots)
        case .keyspace:
            guard case .success(let status) = status else { return [] }
            return ["db0:keys=\(status.sequences),expires=0,avg_ttl=0"]
        }
    }

    private static func numbers(
        _ context: SuspendedContext, _ status: Result<StoreStatus, SequencerError>?, _ snapshots: [SequenceSnapshot]
    ) -> [String] {
        var lines = ["store:\(context.sequencer.store.label)"]
        switch status {
        case .success(let status):
            lines += [
                "store_available:1", "store_home:\(status.home)", "sequences:\(status.sequences)",
                "gap_in_store:\(status.abandoned)",
            ]
        case .failure(let error):
            lines += ["store_available:0", "store_error:\("\(error)".onSingleLine)"]
        case nil: break
        }
        lines += [
            "live_sequences:\(snapshots.count)", "numbers_in_hand:\(snapshots.reduce(0) { $0 + $1.inHand })",
            "waiting_requests:\(snapshots.reduce(0) { $0 + $1.waiting })",
        ]
        return lines + context.services.explainer.events.lines
    }
}
