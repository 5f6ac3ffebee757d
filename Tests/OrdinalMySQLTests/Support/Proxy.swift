import DatabaseServers
import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// What stands between a store and its server, and does harm to COMMITs.
final class Proxy: Sendable {
    enum Harm: Sendable {
        /// Everything passes.
        case none
        /// The COMMIT does not reach the server; both connections end.
        case cutBeforeCommit
        /// The server commits, its reply does not come through; both connections end.
        case cutAfterCommit
        /// The server commits, and nothing comes through any more.
        case silenceAfterCommit
        /// The row is held, and nothing of what follows `UPDATE` reaches the server.
        case cutBeforeUpdate
    }

    private struct State {
        var harm = Harm.none
        var commits = 0
        var done = 0
    }

    let port: Int
    private let listener: Listener
    private let state = NIOLockedValueBox(State())

    /// How often harm was done.
    var harmsDone: Int { state.withLockedValue(\.done) }
    /// How many COMMITs came by.
    var commits: Int { state.withLockedValue(\.commits) }

    init(to server: Int) throws {
        let listener = try Listener()
        self.listener = listener
        port = listener.port
        let state = state
        Thread.detachNewThread {
            while true {
                let client = accept(listener.descriptor, nil, nil)
                guard client >= 0 else { return }
                guard let upstream = try? Listener.connect(to: server) else {
                    close(client)
                    continue
                }
                Passage(client: client, server: upstream, state).begin()
            }
        }
    }

    deinit { shutdown(listener.descriptor, Int32(SHUT_RDWR)) }

    /// Does harm to the next statement of the kind, and to no other.
    func harmNext(_ harm: Harm) { state.withLockedValue { $0.harm = harm } }

    /// One connection through the proxy.
    private final class Passage: Sendable {
        private let client: Int32
        private let server: Int32
        private let state: NIOLockedValueBox<State>
        private let isMute = NIOLockedValueBox(false)
        private let isCut = NIOLockedValueBox(false)
        private let open = NIOLockedValueBox(2)

        init(client: Int32, server: Int32, _ state: NIOLockedValueBox<State>) {
            self.client = client
            self.server = server
            self.state = state
        }

        func begin() {
            Thread.detachNewThread { self.pump(from: self.client, to: self.server, isRequest: true) }
            Thread.detachNewThread { self.pump(from: self.server, to: self.client, isRequest: false) }
        }

        private func pump(from source: Int32, to target: Int32, isRequest: Bool) {
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(source, &buffer, buffer.count)
                guard count > 0 else { break }
                // The reply to a COMMIT is here: the server has done it.
                if !isRequest, isCut.withLockedValue(\.self) { break }
                if !isRequest, isMute.withLockedValue(\.self) { continue }
                if isRequest, !mayPass(buffer[..<count]) { break }
                guard send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { break }
            }
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
            let isLast = open.withLockedValue { open in
                open -= 1
                return open == 0
            }
            if isLast {
                close(client)
                close(server)
            }
        }

        /// Requests are small and the client waits for each reply: one read is one packet.
        private func mayPass(_ packet: ArraySlice<UInt8>) -> Bool {
            let isCommit = packet.dropFirst(5).elementsEqual("COMMIT".utf8)
            let text = String(decoding: packet, as: UTF8.self)
            return state.withLockedValue { state in
                if isCommit { state.commits += 1 }
                switch state.harm {
                case .none: return true
                case .cutBeforeUpdate:
                    guard text.contains("UPDATE ordinal_sequences") else { return true }
                case .cutBeforeCommit, .cutAfterCommit, .silenceAfterCommit:
                    guard isCommit else { return true }
                }
                defer { state.harm = .none }
                state.done += 1
                switch state.harm {
                case .cutBeforeCommit, .cutBeforeUpdate: return false
                case .cutAfterCommit: isCut.withLockedValue { $0 = true }
                case .silenceAfterCommit: isMute.withLockedValue { $0 = true }
                case .none: break
                }
                return true
            }
        }
    }
}
