import ArgumentParser

struct AdvanceCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance",
        abstract: "Leave numbers out: the sequence goes on beyond them.",
        discussion: """
            After a store and the server's journal were both restored from a backup, nothing can know which numbers had \
            been handed out since. `ordinal advance --all --by N`, with N larger than what any sequence can have handed \
            out since the backup, makes sure that none repeats. Run it before anybody takes numbers.

            Each run with --by leaves out N more. A run with --all that stopped half-way says how to go on.
            """)

    @Argument(help: "The name of the sequence.")
    var name: String?
    @Option(help: "Leave out every number up to this one; nothing changes if the sequence is beyond it.")
    var to: Int64?
    @Option(help: "Leave out so many numbers.")
    var by: Int64?
    @Flag(help: "Every sequence of the store; with --by.")
    var all = false
    @Option(help: ArgumentHelp("With --all: begin after this name.", valueName: "name"))
    var after: String?
    @Flag(help: "With --all: do not ask.")
    var yes = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (to == nil) != (by == nil) else { throw ValidationError("Give either --to or --by.") }
        guard (to ?? 0) >= 0, (by ?? 1) >= 1 else {
            throw ValidationError("A sequence never goes back: --by must be at least 1, --to at least 0.")
        }
        guard (name == nil) == all else { throw ValidationError("Give either the name of a sequence or --all.") }
        guard !all || by != nil else { throw ValidationError("--all goes with --by.") }
        guard all || (after == nil && !yes) else { throw ValidationError("--after and --yes go with --all.") }
    }

    func report(from server: Server) async throws(Failure) -> Report {
        guard let name else {
            return try await AdvanceAll(by: by ?? 1, after: after, isConfirmed: yes).report(from: server)
        }
        let step = to.map { ["TO", String($0)] } ?? ["BY", String(by ?? 1)]
        let ceiling = try await server.call(["ORDINAL", "ADVANCE", name] + step).integer
        return Report(
            // Numbers in hand may lie between N and the ceiling: only what is advanced by leaves them out, too.
            to.map { "no number up to \($0) comes any more (the ceiling is \(ceiling))" }
                ?? "the ceiling is \(ceiling): numbers go on after it",
            json: ["ceiling": .integer(ceiling), "name": .string(name)])
    }
}
