import Ordinal
import RESP

/// The commands that create, move, end and look at sequences.
let sequenceCommands: [Command] = [
    Command(
        "SET", arity: -3, [.write], role: .admin, keys: .one, "Lets the numbers of a sequence go on after n",
        suspended: { (arguments, context) async throws(CommandError) in
            let (name, number) = (try arguments.name(1), try arguments.integer(2))
            let (mode, options) = try setOptions(arguments)
            let result = try await replying { () async throws(SequencerError) in
                try await context.sequencer.set(name, to: number, options: options, mode: mode)
            }
            switch result {
            case .created, .moved, .unchanged, .restarted: return .simple("OK")
            case .exists: return .null
            }
        }),
    Command(
        "EXISTS", arity: -2, [.readOnly], keys: .all, "How many of the sequences there are",
        suspended: { (arguments, context) async throws(CommandError) in
            .integer(
                try await count(arguments) { name throws(SequencerError) in
                    try await context.sequencer.exists(name)
                })
        }),
    Command(
        "DEL", arity: -2, [.write], role: .admin, keys: .all, "Ends sequences; the reply is how many there were",
        suspended: { (arguments, context) async throws(CommandError) in
            .integer(
                try await count(arguments) { name throws(SequencerError) in
                    try await context.sequencer.delete(name)
                })
        }),
    Command(
        "TYPE", arity: 2, [.readOnly], role: .admin, keys: .one, "string if there is such a sequence, else none",
        suspended: { (arguments, context) async throws(CommandError) in
            let name = try arguments.name(1)
            let exists = try await replying { () async throws(SequencerError) in
                try await context.sequencer.exists(name)
            }
            return .simple(exists ? "string" : "none")
        }),
    Command(
        "DBSIZE", arity: 1, [.readOnly], role: .admin, "How many sequences there are",
        suspended: { (_, context) async throws(CommandError) in
            let status = try await replying { () async throws(SequencerError) in
                try await context.sequencer.storeStatus()
            }
            return .integer(Int64(status.sequences))
        }),
    Command(
        "KEYS", arity: 2, [.readOnly], role: .admin, "The names of the sequences that match a pattern",
        suspended: { (arguments, context) async throws(CommandError) in
            let pattern = GlobPattern(arguments[1])
            var (names, after): ([RESPValue], SequenceName?) = ([], nil)
            repeat {
                let page = try await listPage(context, after: after, limit: 1_000)
                names += page.filter { pattern.matches($0.name.bytes) }.map { .bulk($0.name.bytes) }
                after = page.count == 1_000 ? page.last?.name : nil
                guard names.count <= longestKeys else {
                    throw .error("more than \(longestKeys) sequences match; use SCAN")
                }
            } while after != nil
            return .array(names)
        }),
    Command(
        "SCAN", arity: -2, [.readOnly], role: .admin, "Some names, and the cursor to go on with",
        suspended: { (arguments, context) async throws(CommandError) in
            let scan = try Scan(arguments)
            guard let start = context.services.cursors.position(of: scan.cursor) else {
                throw .error("the cursor \(arguments.text(1)) is not known or too old; begin with SCAN 0")
            }
            let page = try await listPage(context, after: start.name, limit: scan.count)
            var next: UInt64 = 0
            if page.count == scan.count, let last = page.last { next = context.services.cursors.keep(last.name) }
            let matching = page.filter { scan.pattern?.matches($0.name.bytes) ?? true }
            let names = scan.isOfStrings ? matching.map { RESPValue.bulk($0.name.bytes) } : []
            return .array([.bulk(Array(String(next).utf8)), .array(names)])
        }),
]

/// The most names that KEYS answers with.
private let longestKeys = 100_000

private func listPage(
    _ context: SuspendedContext, after name: SequenceName?, limit: Int
) async throws(CommandError) -> [SequenceRecord] {
    try await replying { () async throws(SequencerError) in try await context.sequencer.list(after: name, limit: limit)
    }
}

/// Does something with every name, and counts where it was true.
private func count(
    _ arguments: Arguments, _ test: (SequenceName) async throws(SequencerError) -> Bool
) async throws(CommandError) -> Int64 {
    var names: [SequenceName] = []
    for index in 1..<arguments.count { names.append(try arguments.name(index)) }
    var count: Int64 = 0
    for name in names {
        do { if try await test(name) { count += 1 } } catch { throw CommandError(error) }
    }
    return count
}

private func setOptions(_ arguments: Arguments) throws(CommandError) -> (Sequencer.SetMode, SequenceOptions?) {
    var mode = Sequencer.SetMode.forward
    var options = OptionArguments()
    var index = 3
    while index < arguments.count {
        if arguments.matches(index, "NX"), mode == .forward {
            mode = .ifMissing
            index += 1
        } else if arguments.matches(index, "FORCE"), mode == .forward {
            mode = .force
            index += 1
        } else if try options.take(arguments, &index) {
            continue
        } else {
            throw .error(
                "syntax error: SET key n [NX|FORCE] [INCREMENT i] [MAX m]; a sequence has no time to live and no XX or GET"
            )
        }
    }
    return (mode, try options.made())
}

/// `INCREMENT i` and `MAX m`, as SET and ORDINAL CREATE take them.
struct OptionArguments {
    private var increment: Int64?
    private var maximum: Int64?

    /// Reads an option at `index` and moves behind it; false if there is none.
    mutating func take(_ arguments: Arguments, _ index: inout Int) throws(CommandError) -> Bool {
        guard index + 1 < arguments.count else { return false }
        if arguments.matches(index, "INCREMENT"), increment == nil {
            increment = try arguments.integer(index + 1)
        } else if arguments.matches(index, "MAX"), maximum == nil {
            maximum = try arguments.integer(index + 1)
        } else {
            return false
        }
        index += 2
        return true
    }

    /// The options, or nil if there was none.
    func made() throws(CommandError) -> SequenceOptions? {
        guard increment != nil || maximum != nil else { return nil }
        do {
            return try SequenceOptions(
                increment: increment ?? 1, maximum: maximum ?? SequenceOptions.highestNumber)
        } catch {
            throw .error("\(error)")
        }
    }
}

/// The arguments of SCAN.
private struct Scan {
    let cursor: UInt64
    var pattern: GlobPattern?
    var count = 10
    var isOfStrings = true

    init(_ arguments: Arguments) throws(CommandError) {
        let given = arguments[1]
        guard let cursor = given.span.bytes.decimalInteger, cursor >= 0 else { throw .error("invalid cursor") }
        self.cursor = UInt64(cursor)
        guard arguments.count % 2 == 0 else { throw .syntax }
        for index in stride(from: 2, to: arguments.count, by: 2) {
            if arguments.matches(index, "MATCH") {
                pattern = GlobPattern(arguments[index + 1])
            } else if arguments.matches(index, "COUNT") {
                let count = try arguments.integer(index + 1)
                guard count >= 1 else { throw .syntax }
                self.count = Int(min(count, 10_000))
            } else if arguments.matches(index, "TYPE") {
                isOfStrings = arguments.matches(index + 1, "string")
            } else {
                throw .syntax
            }
        }
    }
}
