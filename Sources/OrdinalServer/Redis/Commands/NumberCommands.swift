import Ordinal
import RESP

/// The commands that hand out numbers. Those in memory answer at once; nothing on that path allocates.
let numberCommands: [Command] = [
    Command(
        "GET", arity: 2, [.write, .fast], keys: .one, "The next number of a sequence, or 0 if there is none",
        immediate: { request, bytes, session in
            guard let number = session.sequencer.live(bytes.extracting(request.argument(1)))?.take() else {
                return false
            }
            session.batch.numbers += 1
            session.writer.writeNumber(number, as: session.services.options.getReply)
            return true
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
        immediate: { request, bytes, session in
            guard let number = session.sequencer.live(bytes.extracting(request.argument(1)))?.take() else {
                return false
            }
            session.batch.numbers += 1
            session.writer.writeInteger(number)
            return true
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
            var taken: [Run?] = []
            do throws(CommandError) {
                for name in names { taken.append(try await context.nextIfAny(name)) }
            } catch {
                // All or nothing: what was taken for the others will reach nobody.
                for case (let name, let run?) in zip(names, taken) {
                    context.abandoned(run, of: name, because: .runDidNotFit)
                }
                throw error
            }
            for case (let name, let run?) in zip(names, taken) { context.delivered(run, of: name) }
            return .array(taken.map { context.getReply($0?.first) })
        }),
]

extension ReplyWriter {
    mutating func writeNumber(_ number: Int64, as reply: RedisOptions.GetReply) {
        switch reply {
        case .integer: writeInteger(number)
        case .bulk: writeBulk(integer: number)
        }
    }
}
