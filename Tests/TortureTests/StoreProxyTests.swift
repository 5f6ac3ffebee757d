import NIOCore
import NIOPosix
import Testing

@testable import Torture

/// A proxy before a server that sends back what it gets.
@Suite struct StoreProxyTests {
    @Test func passesBytesOn() async throws {
        try await withEcho { proxy, connect in
            let client = try await connect()
            try await client.send("hello")
            try await client.expect("hello")
        }
    }

    @Test func holdsBytesInAStallAndLosesNone() async throws {
        try await withEcho { proxy, connect in
            let client = try await connect()
            try await client.send("one")
            try await client.expect("one")
            proxy.set(.stall)
            try await client.send("two")
            let late = try await connect()
            try await late.send("three")
            await pause(.milliseconds(300))
            #expect(client.received.isEmpty)
            #expect(late.received.isEmpty)
            proxy.set(.pass)
            try await client.expect("two")
            try await late.expect("three")
        }
    }

    @Test func cuts() async throws {
        try await withEcho { proxy, connect in
            let client = try await connect()
            try await client.send("one")
            try await client.expect("one")
            proxy.cut()
            try await client.expectEnd()
            let next = try await connect()
            try await next.send("two")
            try await next.expect("two")
        }
    }

    @Test func refuses() async throws {
        try await withEcho { proxy, connect in
            let client = try await connect()
            proxy.set(.refuse)
            try await client.expectEnd()
            try await connect().expectEnd()
            proxy.set(.pass)
            let next = try await connect()
            try await next.send("two")
            try await next.expect("two")
        }
    }

    @Test func losesReplies() async throws {
        try await withEcho { proxy, connect in
            let client = try await connect()
            try await client.send("one")
            try await client.expect("one")
            proxy.set(.swallowReplies)
            try await client.send("two")
            await pause(.milliseconds(300))
            #expect(client.received.isEmpty)
            proxy.cut()
            proxy.set(.pass)
            try await client.expectEnd()
        }
    }

    /// More than the buffers of the system hold.
    @Test func passesMuchOn() async throws {
        try await withEcho { proxy, connect in
            let client = try await connect()
            let text = String(repeating: "0123456789", count: 2_000_000)
            try await client.send(text)
            try await client.expect(text)
        }
    }

    private func withEcho(
        _ body: (StoreProxy, _ connect: () async throws -> EchoClient) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let target = ProxiedLocation.Server(host: "127.0.0.1", port: try #require(server.localAddress?.port))
        let proxy = try await StoreProxy.start(for: target, on: group.next())
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(proxy) { try await EchoClient(port: proxy.port) }) } catch {
            outcome = .failure(error)
        }
        await proxy.stop()
        try await server.close()
        try outcome.get()
    }
}
