import NIOCore
import RESP

@testable import OrdinalServer

/// Plays the shell of a ``Conversation``, without a socket and one step at a time.
final class Dialogue {
    private var conversation: Conversation
    private let front: FrontUnderTest
    /// The command that the conversation waits for.
    private(set) var pending: (command: Command, arguments: Arguments)?
    /// Whether the conversation is over.
    private(set) var isClosed = false
    /// How often it asked for what was written to be sent first.
    private(set) var flushes = 0
    private var replies = ByteBuffer()
    /// Whether the client is still there.
    var isConnected = true

    init(_ front: FrontUnderTest, role: Role? = nil) {
        self.front = front
        var session = Session(id: 1, services: front.services)
        if let role { session.role = role }
        conversation = Conversation(session: session)
    }

    var isSuspended: Bool { conversation.isSuspended }
    /// How many bytes it keeps that are no command yet.
    var bufferedBytes: Int { conversation.bufferedBytes }

    /// The name of the command that the conversation waits for.
    var waitsFor: String? { pending.map { "\($0.command.name)" } }

    /// Brings bytes from the client, and answers what is written for it up to the next command that has to wait.
    func hears(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer(bytes: bytes)
        conversation.receive(&buffer)
        if pending == nil { proceed() }
        return takeReplies()
    }

    func hears(_ text: String) -> String { hears(Array(text.utf8)) }

    /// Brings the reply of the command that waits.
    func resumes(with reply: RESPValue) -> String {
        pending = nil
        conversation.resume(with: reply)
        proceed()
        return takeReplies()
    }

    /// Does the command that waits as the shell does it.
    func performs() async -> String {
        guard let (command, arguments) = pending.take(), let work = command.suspended else { return "" }
        let context = SuspendedContext(
            services: front.services, role: conversation.session.role, client: conversation.session.client,
            deadline: .now + .seconds(60), isConnected: { [isConnected] in isConnected })
        let reply: RESPValue
        do throws(CommandError) { reply = try await work(arguments, context) } catch {
            reply = .error(ErrorReply(error.text))
        }
        return resumes(with: reply)
    }

    /// Brings bytes and does everything that comes of it.
    func answers(_ bytes: [UInt8]) async -> String {
        var text = hears(bytes)
        while pending != nil { text += await performs() }
        return text
    }

    func answers(_ text: String) async -> String { await answers(Array(text.utf8)) }

    /// Tells it that the server stops.
    func ends() -> String {
        conversation.end()
        if pending == nil { proceed() }
        return takeReplies()
    }

    private func proceed() {
        while true {
            let step = conversation.proceed()
            var written = conversation.takeOutput(since: .now())
            replies.writeBuffer(&written)
            switch step {
            case .read: return
            case .flush: flushes += 1
            case .suspend(let command, let arguments):
                pending = (command, arguments)
                return
            case .close:
                isClosed = true
                return
            }
        }
    }

    private func takeReplies() -> String {
        defer { replies = ByteBuffer() }
        return String(decoding: replies.readableBytesView, as: UTF8.self)
    }
}
