import Ordinal
import RESP

/// The commands that hand out numbers. Those in memory answer at once; nothing on that path allocates.
let numberCommands: [Command] = [
    Command(
        "GET", arity: 2, [.write, .fast], keys: .one, "The next number of a sequence, or 0 if there is none",
        repeated: { request, bytes, times, session in
            session.takeNumbers(bytes.extracting(request.argument(1)), times, as: session.services.options.getReply)
        },
        suspended: { (arguments, context) async throws(CommandError) in
            let name = try arguments.name(1)
            let run = try await context.nextIfAny(name)
            if let run { context.delivered(run, of: name) }
            return context.getReply(run?.first)
        }),
    Command(
        "INCR", arity: 2, [.write, .fast], keys: .one,
        "The next number of a sequence, which is created if there is none",
        repeated: { request, bytes, times, session in
            session.takeNumbers(bytes.extracting(request.argument(1)), times, as: .integer)
        },
        suspended: { (arguments, context) async throws(CommandError) in
            .integer(try await context.next(try arguments.name(1), creates: context.mayCreate).first)
        }),
    Command(
        "INCRBY", arity: 3, [.write, .fast], keys: .one, "A run of n contiguous numbers; the reply is the last of them",
        suspended: { (arguments, context) async throws(CommandError) in
            let (name, count) = (try arguments.name(1), try arguments.integer(2))
            return .integer(try await context.next(name, count: count, creates: context.mayCreate).last)
        }),
    Command(
        "MGET", arity: -2, [.write, .fast], keys: .all, "A number of each sequence, left to right",
        suspended: { (arguments, context) async throws(CommandError) in
            var names: [SequenceName] = []
            for index in 1..<arguments.count { names.append(try arguments.name(index)) }
            return .array(try await context.nextOfEach(names).map { context.getReply($0?.first) })
        }),
]

extension Session {
    /// Answers so many requests for the next number with what is in memory, and says how many those were.
    fileprivate mutating func takeNumbers(_ name: RawSpan, _ count: Int, as reply: RedisOptions.GetReply) -> Int {
        guard let allocator = sequencer.live(name) else { return 0 }
        var taken = 0
        while taken < count, let run = allocator.take(upTo: Int64(count - taken)) {
            switch reply {
            case .integer: writer.writeIntegers(run.first, count: Int(run.count), increment: run.increment)
            case .bulk: for number in run { writer.writeBulk(integer: number) }
            }
            taken += Int(run.count)
        }
        batch.numbers += Int64(taken)
        return taken
    }
}
