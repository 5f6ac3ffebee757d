import ArgumentParser
import RESP

struct SetCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Let the numbers of a sequence go on after N.",
        discussion: """
            A sequence that there is not is created. One that there is moves forward to N; going back is refused, because \
            numbers would repeat.
            """)

    @OptionGroup var sequence: NameArgument
    @Argument(help: "Numbers go on after this one.")
    var number: Int64
    @Flag(help: "Begin a new life at N, even if it goes back: numbers of the old life may come again.")
    var force = false
    @Flag(help: "Leave a sequence that there is as it is.")
    var ifMissing = false
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard !force || !ifMissing else { throw ValidationError("--force and --if-missing exclude each other.") }
    }

    func report(from server: Server) async throws(Failure) -> Report {
        let mode = force ? ["FORCE"] : ifMissing ? ["NX"] : []
        let reply: RESPValue
        do throws(Failure) {
            reply = try await server.call(["SET", sequence.name, String(number)] + mode)
        } catch {
            throw error.namingFlags
        }
        let isSet = reply != .null
        return Report(
            isSet ? "numbers go on after \(number)" : "left as it is: there is such a sequence",
            json: ["name": .string(sequence.name), "set": .bool(isSet)])
    }
}

extension Failure {
    /// The same with this program's flags where the server names the words of the Redis protocol.
    fileprivate var namingFlags: Failure {
        let lines = lines.map { line in
            line.replacing("NX leaves", with: "--if-missing leaves").replacing("FORCE begins", with: "--force begins")
        }
        return Failure(lines: lines, code: code, isRefusal: isRefusal)
    }
}
