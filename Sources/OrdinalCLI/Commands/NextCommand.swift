import ArgumentParser
import RESP

struct NextCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "next", abstract: "Take the next number, or several.")

    @OptionGroup var sequence: NameArgument
    @Option(name: .shortAndLong, help: "How many numbers: at most 1000000.")
    var count: Int64 = 1
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...1_000_000).contains(count) else { throw ValidationError("--count must be from 1 to 1000000.") }
    }

    func report(from server: Server) async throws(Failure) -> Report {
        let reply = try await server.call("ORDINAL", "NEXT", sequence.name, String(count))
        var numbers: [Int64] = []
        for run in try reply.elements { numbers += try Self.numbers(ofRun: run, atMost: count) }
        return Report(
            lines: numbers.map(String.init),
            json: ["name": .string(sequence.name), "numbers": .array(numbers.map { .integer($0) })])
    }

    /// The numbers of a run, which the server describes as first, count, increment.
    private static func numbers(ofRun run: RESPValue, atMost limit: Int64) throws(Failure) -> [Int64] {
        let parts = try run.elements
        guard parts.count == 3 else { throw .unexpected(run) }
        let (first, count, increment) = (try parts[0].integer, try parts[1].integer, try parts[2].integer)
        guard (1...limit).contains(count), increment > 0 else { throw .unexpected(run) }
        var numbers: [Int64] = []
        numbers.reserveCapacity(Int(count))
        for index in 0..<count {
            let (offset, isTooFar) = index.multipliedReportingOverflow(by: increment)
            let (number, isTooLarge) = first.addingReportingOverflow(offset)
            guard !isTooFar, !isTooLarge else { throw .unexpected(run) }
            numbers.append(number)
        }
        return numbers
    }
}
