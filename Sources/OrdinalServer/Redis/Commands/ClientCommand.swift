import NIOCore
import RESP

/// `CLIENT …`: what the server knows of the connection.
let clientCommand = Command(
    "CLIENT", [.fast], "What the server knows of the connection",
    subcommands: [
        Subcommand("GETNAME", 2...2, ": what the client calls itself") { _, session in
            session.writer.write(session.clientName.isEmpty ? .null : .bulk(session.clientName))
        },
        Subcommand("SETNAME", 3...3, "name: what the client calls itself from now on") { arguments, session in
            if session.setName(arguments[2]) { session.writer.writeSimple("OK") }
        },
        Subcommand("SETINFO", 4...4, "LIB-NAME|LIB-VER value: accepted, and used for nothing") { arguments, session in
            guard arguments.matches(2, "LIB-NAME") || arguments.matches(2, "LIB-VER") else {
                return session.fail(.error("Unrecognized option '\(arguments.text(2).prefix(128))'"))
            }
            session.writer.writeSimple("OK")
        },
        Subcommand("ID", 2...2, ": the number of the connection") { _, session in
            session.writer.writeInteger(session.id)
        },
        Subcommand("INFO", 2...2, ": the connection in one line") { _, session in
            session.writer.writeBulk(session.description + "\n")
        },
        Subcommand("NO-EVICT", 3...3, "ON|OFF: no connection is closed for its memory anyway", acceptSwitch),
        Subcommand("NO-TOUCH", 3...3, "ON|OFF: being looked at changes no sequence anyway", acceptSwitch),
        Subcommand("TRACKING", 3...100, "OFF: client-side caching is refused") { arguments, session in
            guard arguments.count == 3, arguments.matches(2, "OFF") else { return session.fail(cachingIsRefused) }
            session.writer.writeSimple("OK")
        },
        Subcommand("CACHING", 3...3, "YES|NO: client-side caching is refused") { _, session in
            session.fail(cachingIsRefused)
        },
    ])

private let cachingIsRefused = CommandError.error(
    "client-side caching is refused: a client that caches a number would hand it out twice")

/// ON and OFF are the same to a server that does not do what is to be switched off.
@Sendable private func acceptSwitch(_ arguments: Arguments, _ session: inout Session) {
    guard arguments.matches(2, "ON") || arguments.matches(2, "OFF") else { return session.fail(.syntax) }
    session.writer.writeSimple("OK")
}

extension Session {
    /// Takes a name that the client gives itself, or answers why not.
    mutating func setName(_ name: [UInt8]) -> Bool {
        guard name.count <= 255, name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            fail(.error("Client names cannot contain spaces, newlines or special characters."))
            return false
        }
        clientName = name
        return true
    }

    /// As Redis writes it: clients read all of these. What there is no such thing of here is 0.
    fileprivate var description: String {
        func text(_ address: SocketAddress?) -> String {
            guard let host = address?.ipAddress, let port = address?.port else { return "" }
            return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
        let age = (NIODeadline.now() - since).nanoseconds / 1_000_000_000
        return """
            id=\(id) addr=\(text(remote)) laddr=\(text(local)) fd=-1 name=\(String(decoding: clientName, as: UTF8.self)) \
            age=\(age) idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=\(transaction?.count ?? -1) qbuf=0 qbuf-free=0 \
            argv-mem=0 multi-mem=\(transaction?.queue.readableBytes ?? 0) rbs=0 rbp=0 \
            obl=\(writer.buffer.readableBytes) oll=0 omem=0 tot-mem=\(writer.buffer.capacity) events=r cmd=client|info \
            user=\(role.map { "\($0)" } ?? "") redir=-1 resp=\(writer.version.rawValue)
            """
    }
}
