import Ordinal
import RESP

/// `COMMAND …`: what the commands are. Clients ask for all of them when they connect.
let commandCommand = Command(
    "COMMAND", [.fast], "The commands of this server",
    alone: { session in session.writer.write(descriptions) },
    subcommands: [
        Subcommand("COUNT", 2...2, ": how many there are") { _, session in
            session.writer.writeInteger(Int64(CommandTable.all.commands.count))
        },
        Subcommand("DOCS", 2...1_000, "[name …]: what they do") { arguments, session in
            session.writer.write(
                arguments.count == 2 ? docs : .map(named(arguments).compactMap { $0.map(documentation) }))
        },
        Subcommand("GETKEYS", 3...10_000, "command …: which of its arguments are names of sequences") {
            arguments, session in
            getKeys(Array(arguments.values.dropFirst(2)), &session)
        },
        Subcommand("INFO", 2...1_000, "[name …]: what clients have to know of them") { arguments, session in
            session.writer.write(
                arguments.count == 2 ? descriptions : .array(named(arguments).map { $0?.description ?? .null }))
        },
        Subcommand("LIST", 2...5, "[FILTERBY PATTERN pattern]: their names") { arguments, session in
            var pattern: GlobPattern?
            if arguments.count == 5, arguments.matches(2, "FILTERBY"), arguments.matches(3, "PATTERN") {
                pattern = GlobPattern(arguments[4])
            } else if arguments.count > 2 {
                return session.fail(.syntax)
            }
            let names = CommandTable.all.commands.map(\.lowercaseName)
            session.writer.write(
                .array(names.filter { pattern?.matches(Array($0.utf8)) ?? true }.map { .text($0) }))
        },
    ])

// Made once: they take far longer to make than to send.
private let descriptions = RESPValue.array(CommandTable.all.commands.map(\.description))
private let docs = RESPValue.map(CommandTable.all.commands.map(documentation))

private func named(_ arguments: Arguments) -> [Command?] {
    arguments.values.dropFirst(2).map { CommandTable.all[$0] }
}

private func documentation(_ command: Command) -> RESPMapEntry {
    let pairs = [("summary", RESPValue.text(command.summary)), ("group", .text("generic"))]
    return RESPMapEntry(key: .text(command.lowercaseName), value: .pairs(pairs))
}

private func getKeys(_ request: [[UInt8]], _ session: inout Session) {
    guard let command = CommandTable.all[request[0]] else {
        return session.fail(.error("Invalid command specified"))
    }
    guard command.accepts(argumentCount: request.count) else {
        return session.fail(.error("Invalid number of arguments specified for command"))
    }
    guard command.keys.first > 0 else { return session.fail(.error("The command has no key arguments")) }
    session.writer.write(.array(command.keys.indices(argumentCount: request.count).map { .bulk(request[$0]) }))
}

extension Command {
    /// As errors and descriptions tell it.
    var lowercaseName: String { "\(name)".lowercased() }

    /// The command as COMMAND describes it. What hands out numbers is a write: a client that takes GET for a read would
    /// send it to a replica or cache it.
    fileprivate var description: RESPValue {
        var words: [RESPValue] = []
        if flags.contains(.write) { words.append(.simple("write")) }
        if flags.contains(.readOnly) { words.append(.simple("readonly")) }
        if flags.contains(.fast) { words.append(.simple("fast")) }
        if flags.contains(.noAuth) { words.append(.simple("no_auth")) }
        if flags.contains(.notInTransaction) { words.append(.simple("no_multi")) }
        if flags.contains(.admin) { words.append(.simple("admin")) }
        return .array([
            .text(lowercaseName), .integer(Int64(arity)), .set(words), .integer(Int64(keys.first)),
            .integer(Int64(keys.last)), .integer(Int64(keys.step)), .set([]), .array([]), .array([]), .array([]),
        ])
    }
}
