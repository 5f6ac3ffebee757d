import RESP

/// What the word behind `CLIENT`, `CONFIG` or `COMMAND` asks for, answered from memory.
struct Subcommand: Sendable {
    let name: StaticString
    /// How many arguments, the command and this word included.
    let arguments: ClosedRange<Int>
    /// The arguments behind the word, and what it is for.
    let usage: String
    let run: @Sendable (Arguments, inout Session) -> Void

    init(
        _ name: StaticString, _ arguments: ClosedRange<Int>, _ usage: String,
        _ run: @escaping @Sendable (Arguments, inout Session) -> Void
    ) {
        self.name = name
        self.arguments = arguments
        self.usage = usage
        self.run = run
    }

    /// What stands between the word and its arguments, if it has any.
    fileprivate var separator: String { usage.hasPrefix(":") ? "" : " " }
}

extension Command {
    /// A command whose first argument says what is wanted. `HELP` is among them by itself.
    ///
    /// - Parameter alone: What answers the command without any argument, if anything does.
    convenience init(
        _ name: StaticString, _ flags: Flags, role: Role = .use, _ summary: String,
        alone: (@Sendable (inout Session) -> Void)? = nil, subcommands: [Subcommand]
    ) {
        self.init(name, arity: alone == nil ? -2 : -1, flags, role: role, summary) { request, bytes, session in
            let arguments = Arguments(values: request.arguments(of: bytes))
            if let alone, arguments.count == 1 {
                alone(&session)
            } else if let subcommand = subcommands.first(where: { arguments.matches(1, $0.name) }) {
                if subcommand.arguments.contains(arguments.count) {
                    subcommand.run(arguments, &session)
                } else {
                    session.fail(.wrongArgumentCount("\(name)|\(subcommand.name)"))
                }
            } else if arguments.matches(1, "HELP"), arguments.count == 2 {
                session.writer.write(.array(subcommands.map { .text("\(name) \($0.name)\($0.separator)\($0.usage)") }))
            } else {
                let word = arguments.text(1).prefix(128)
                session.fail(.error("unknown subcommand '\(word)'. Try \(name) HELP."))
            }
            return true
        }
    }
}
