import RESP

/// MULTI and EXEC: run in their order, which is all that clients' default pipelines want. Nothing is atomic about them:
/// numbers that were taken stay taken.
let transactionCommands: [Command] = [
    Command("MULTI", arity: 1, [.fast, .notQueued], "Begins a queue of commands") { _, _, session in
        if session.transaction != nil {
            session.fail(.error("MULTI calls can not be nested"))
        } else {
            session.transaction = Transaction()
            session.writer.writeSimple("OK")
        }
        return true
    },
    Command("EXEC", arity: 1, [.fast, .notQueued], "Does the commands since MULTI, one after the other") {
        _, _, session in
        guard let transaction = session.transaction.take() else {
            session.fail(.error("EXEC without MULTI"))
            return true
        }
        if transaction.isAborted {
            session.fail(CommandError(text: "EXECABORT Transaction discarded because of previous errors."))
        } else {
            session.writer.writeArrayHeader(transaction.count)
            session.executing = transaction
        }
        return true
    },
    Command("DISCARD", arity: 1, [.fast, .notQueued], "Forgets the commands since MULTI") { _, _, session in
        if session.transaction.take() == nil {
            session.fail(.error("DISCARD without MULTI"))
        } else {
            session.writer.writeSimple("OK")
        }
        return true
    },
    Command("UNWATCH", arity: 1, [.fast], "OK: nothing is ever watched") { _, _, session in
        session.writer.writeSimple("OK")
        return true
    },
    Command("WATCH", arity: -2, [.fast, .notQueued], keys: .all, "Refused: a sequence changes by being read") {
        _, _, session in
        session.fail(.error("WATCH is not supported: a transaction here runs in order and checks nothing"))
        return true
    },
]
