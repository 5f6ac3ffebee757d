import Ordinal
import RESP

/// What clients send to get along with a server.
let connectionCommands: [Command] = [
    Command("PING", arity: -1, [.fast], "PONG, or the argument") { request, bytes, session in
        switch request.argumentCount {
        case 1: session.writer.writeSimple("PONG")
        case 2: session.writer.writeBulk(bytes.extracting(request.argument(1)))
        default: session.fail(.wrongArgumentCount("ping"))
        }
        return true
    },
    Command("ECHO", arity: 2, [.fast], "The argument") { request, bytes, session in
        session.writer.writeBulk(bytes.extracting(request.argument(1)))
        return true
    },
    Command("HELLO", arity: -1, [.fast, .noAuth, .notInTransaction], "Chooses the protocol, and may authenticate") {
        request, bytes, session in
        hello(Arguments(values: request.arguments(of: bytes)), &session)
        return true
    },
    Command("AUTH", arity: -2, [.fast, .noAuth, .notInTransaction], "Proves who the client is") {
        request, bytes, session in
        let arguments = Arguments(values: request.arguments(of: bytes))
        guard arguments.count <= 3 else {
            session.fail(.syntax)
            return true
        }
        let (user, password) = arguments.count == 3 ? (arguments[1], arguments[2]) : (nil, arguments[1])
        if session.authenticate(user: user, password: password) { session.writer.writeSimple("OK") }
        return true
    },
    Command("SELECT", arity: 2, [.fast], "Database 0 is the only one") { request, bytes, session in
        switch bytes.extracting(request.argument(1)).decimalInteger {
        case nil: session.fail(.notAnInteger)
        case 0: session.writer.writeSimple("OK")
        case _? where session.services.options.ignoresSelect: session.writer.writeSimple("OK")
        case _?: session.fail(.error("DB index is out of range: all sequences are in database 0"))
        }
        return true
    },
    Command("QUIT", arity: -1, [.fast, .noAuth, .notQueued], "Closes the connection") { _, _, session in
        session.writer.writeSimple("OK")
        session.isClosing = true
        return true
    },
    Command("RESET", arity: 1, [.fast, .noAuth, .notQueued], "Makes the connection as it was at first") {
        _, _, session in
        session.reset()
        session.writer.writeSimple("RESET")
        return true
    },
    clientCommand,
]

extension Session {
    /// Takes a password, or answers why not.
    fileprivate mutating func authenticate(user: [UInt8]?, password: [UInt8]) -> Bool {
        guard services.credentials.isRequired else {
            fail(.error("Client sent AUTH, but no password is set. Remove the password from the client."))
            return false
        }
        guard let principal = services.credentials.principal(user: user, password: password) else {
            fail(CommandError(text: "WRONGPASS invalid username-password pair or user is disabled."))
            return false
        }
        role = principal.role
        client = .principal(principal.name)
        return true
    }
}

private func hello(_ arguments: Arguments, _ session: inout Session) {
    var version = session.writer.version
    var (credentials, name): ((user: [UInt8], password: [UInt8])?, [UInt8]?)
    var index = 1
    if arguments.count > 1 {
        let wanted = arguments[1]
        switch wanted.span.bytes.decimalInteger {
        case nil: return session.fail(.error("Protocol version is not an integer or out of range"))
        case 2: version = .resp2
        case 3: version = .resp3
        default: return session.fail(CommandError(text: "NOPROTO unsupported protocol version"))
        }
        index = 2
    }
    while index < arguments.count {
        if arguments.matches(index, "AUTH"), index + 2 < arguments.count {
            credentials = (arguments[index + 1], arguments[index + 2])
            index += 3
        } else if arguments.matches(index, "SETNAME"), index + 1 < arguments.count {
            name = arguments[index + 1]
            index += 2
        } else {
            return session.fail(.error("syntax error in HELLO option '\(arguments.text(index))'"))
        }
    }
    if let credentials, !session.authenticate(user: credentials.user, password: credentials.password) { return }
    guard session.role != nil else {
        return session.fail(
            CommandError(
                text: "NOAUTH HELLO must be called with the client already authenticated, "
                    + "otherwise the HELLO <proto> AUTH <user> <pass> option can be used"))
    }
    if let name, !session.setName(name) { return }
    session.writer.version = version
    session.writer.write(
        .pairs([
            ("server", .text("ordinal")), ("version", .text(OrdinalVersion.current)),
            ("proto", .integer(Int64(version.rawValue))), ("id", .integer(session.id)),
            ("mode", .text("standalone")), ("role", .text("master")), ("modules", .array([])),
        ]))
}

extension RESPValue {
    static func text(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    /// A map of texts to values, in this order.
    static func pairs(_ pairs: [(String, RESPValue)]) -> RESPValue {
        .map(pairs.map { RESPMapEntry(key: .text($0.0), value: $0.1) })
    }
}
