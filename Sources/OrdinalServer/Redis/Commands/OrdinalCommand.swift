import Ordinal
import RESP

/// `ORDINAL …`: what Redis has no word for.
let ordinalCommand = Command(
    "ORDINAL", arity: -2, [.write], keys: .none, "Runs, options, explanations: see ORDINAL HELP",
    suspended: { (arguments, context) async throws(CommandError) in
        guard let subcommand = subcommands.first(where: { arguments.matches(1, $0.name) }) else {
            throw .error("unknown subcommand '\(arguments.text(1).prefix(128))'. Try ORDINAL HELP.")
        }
        guard arguments.count >= subcommand.arguments.lowerBound, arguments.count <= subcommand.arguments.upperBound
        else {
            throw .error("wrong number of arguments: ORDINAL \(subcommand.usage)")
        }
        guard let role = context.role, role >= subcommand.role else {
            throw .noPermission("ordinal|\(subcommand.name)".lowercased())
        }
        return try await subcommand.run(arguments, context)
    })

private struct OrdinalSubcommand: Sendable {
    let name: StaticString
    let usage: String
    /// How many arguments, `ORDINAL` and the subcommand's name included.
    let arguments: ClosedRange<Int>
    let role: Role
    let run: Command.Suspended

    init(
        _ name: StaticString, _ arguments: ClosedRange<Int>, _ role: Role, _ usage: String,
        _ run: @escaping Command.Suspended
    ) {
        self.name = name
        self.usage = usage
        self.arguments = arguments
        self.role = role
        self.run = run
    }
}

private let subcommands: [OrdinalSubcommand] = [
    OrdinalSubcommand("RUN", 4...4, .use, "RUN key n: a run of n contiguous numbers, as its first and last") {
        (arguments, context) async throws(CommandError) in
        let (name, count) = (try arguments.name(2), try arguments.integer(3))
        try context.limit(name)
        let run = try await context.next(name, count: count, creates: context.mayCreate)
        return .array([.integer(run.first), .integer(run.last)])
    },
    OrdinalSubcommand("NEXT", 4...4, .use, "NEXT key n: n numbers, in runs of first, count, increment") {
        (arguments, context) async throws(CommandError) in
        let (name, count) = (try arguments.name(2), try arguments.integer(3))
        try context.limit(name)
        let runs = try await replying { () async throws(SequencerError) in
            try await context.sequencer.numbers(
                name, count: count, creates: context.mayCreate, within: context.patience)
        }
        for run in runs { context.delivered(run, of: name) }
        return .array(runs.map { .array([.integer($0.first), .integer($0.count), .integer($0.increment)]) })
    },
    OrdinalSubcommand("EXPLAIN", 3...4, .use, "EXPLAIN key [JSON]: what is promised of a sequence, in figures") {
        (arguments, context) async throws(CommandError) in
        let name = try arguments.name(2)
        // The word says what it is for; in this protocol it is a map.
        guard arguments.count == 3 || arguments.matches(3, "JSON") else { throw .syntax }
        let explanation = try await replying { () async throws(SequencerError) in
            try await context.services.explainer.explain(name, context.sequencer)
        }
        return arguments.count == 3 ? .array(explanation.lines.map { .text($0) }) : explanation.reply
    },
    OrdinalSubcommand("SHOW", 3...3, .admin, "SHOW key: the sequence in the store and in memory") {
        (arguments, context) async throws(CommandError) in
        let name = try arguments.name(2)
        let record = try await replying { () async throws(SequencerError) in try await context.sequencer.find(name) }
        guard let record else { throw CommandError(SequencerError.missing) }
        let snapshot = context.sequencer.snapshot(of: name).flatMap { $0.life == record.life ? $0 : nil }
        return .pairs(record.pairs + [("home", .text("\(record.home)"))] + snapshot.pairs)
    },
    OrdinalSubcommand("LIST", 2...6, .admin, "LIST [AFTER key] [LIMIT n]: sequences in the order of their names") {
        (arguments, context) async throws(CommandError) in
        var (after, limit): (SequenceName?, Int64) = (nil, 100)
        guard arguments.count % 2 == 0 else { throw .syntax }
        for index in stride(from: 2, to: arguments.count, by: 2) {
            if arguments.matches(index, "AFTER") {
                after = try arguments.name(index + 1)
            } else if arguments.matches(index, "LIMIT") {
                limit = try arguments.integer(index + 1)
                guard (1...10_000).contains(limit) else { throw .error("LIMIT must be between 1 and 10000") }
            } else {
                throw .syntax
            }
        }
        let (start, count) = (after, Int(limit))
        let records = try await replying { () async throws(SequencerError) in
            try await context.sequencer.list(after: start, limit: count)
        }
        return .array(records.map { .pairs($0.pairs) })
    },
    OrdinalSubcommand("CREATE", 3...9, .admin, "CREATE key [START n] [INCREMENT i] [MAX m]: a new sequence") {
        (arguments, context) async throws(CommandError) in
        let name = try arguments.name(2)
        var (given, start, index) = (OptionArguments(), Int64?.none, 3)
        while index < arguments.count {
            if arguments.matches(index, "START"), start == nil, index + 1 < arguments.count {
                start = try arguments.integer(index + 1)
                index += 2
            } else if try !given.take(arguments, &index) {
                throw .syntax
            }
        }
        let options = try given.made() ?? .standard
        let ceiling: Int64
        do { ceiling = try options.ceiling(forFirst: start ?? 1) } catch { throw .error("\(error)") }
        _ = try await replying { () async throws(SequencerError) in
            try await context.sequencer.create(name, at: ceiling, options: options)
        }
        return .simple("OK")
    },
    OrdinalSubcommand(
        "ADVANCE", 5...5, .admin,
        "ADVANCE key TO n | BY n: leaves numbers out; the reply is what is reserved, not the next number"
    ) {
        (arguments, context) async throws(CommandError) in
        let (name, number) = (try arguments.name(2), try arguments.integer(4))
        let step: Advance
        if arguments.matches(3, "TO") {
            step = .to(number)
        } else if arguments.matches(3, "BY") {
            step = .by(number)
        } else {
            throw .syntax
        }
        guard number >= 0 else { throw .error("a sequence never goes back") }
        let record = try await replying { () async throws(SequencerError) in
            try await context.sequencer.advance(name, by: step)
        }
        return .integer(record.ceiling)
    },
    OrdinalSubcommand("CHANGE", 5...5, .admin, "CHANGE key MAX n: another maximum") {
        (arguments, context) async throws(CommandError) in
        let (name, maximum) = (try arguments.name(2), try arguments.integer(4))
        guard arguments.matches(3, "MAX") else { throw .syntax }
        _ = try await replying { () async throws(SequencerError) in
            try await context.sequencer.change(name, maximum: maximum)
        }
        return .simple("OK")
    },
    OrdinalSubcommand("BACKUP", 3...3, .admin, "BACKUP path: a copy of the store, written by the server") {
        (arguments, context) async throws(CommandError) in
        guard let store = context.services.store as? any BackupStore else {
            throw .error("this store cannot copy itself; use the tools of its database")
        }
        guard arguments[2].first == UInt8(ascii: "/") else { throw .error("the path must be absolute") }
        do throws(StoreError) { try await store.backup(to: arguments.text(2)) } catch {
            // It is about the copy, and not about the store, which serves on.
            let reason = if case .unavailable(let reason) = error { reason } else { "\(error)" }
            throw .error("no backup was made: \(reason)")
        }
        return .simple("OK")
    },
    OrdinalSubcommand("HELP", 2...2, .use, "HELP: this text") { (_, _) async throws(CommandError) in
        .array(help())
    },
]

private func help() -> [RESPValue] { subcommands.map { .text("ORDINAL \($0.usage)") } }

extension SequenceRecord {
    fileprivate var pairs: [(String, RESPValue)] {
        [
            ("name", .bulk(name.bytes)), ("life", .text("\(life)")), ("ceiling", .integer(ceiling)),
            ("origin", .integer(origin)), ("increment", .integer(options.increment)),
            ("maximum", .integer(options.maximum)),
        ]
    }
}

extension SequenceSnapshot? {
    fileprivate var pairs: [(String, RESPValue)] {
        guard let self else { return [("live", .integer(0))] }
        return [
            ("live", .integer(1)), ("in_hand", .integer(self.inHand)),
            ("next", self.next.map { .integer($0) } ?? .null),
            ("issued", .integer(self.issued)), ("rate", .double(self.rate)),
            ("runway", self.runway.map { .double($0) } ?? .null), ("segment_size", .integer(self.segmentSize)),
            ("waiting", .integer(Int64(self.waiting))), ("floor", self.floor.map { .integer($0) } ?? .null),
        ]
    }
}
