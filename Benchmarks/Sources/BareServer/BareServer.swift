import Glibc
import NIOCore
import NIOPosix

/// The limit of the machine for a server on these event loops: `BareServer PORT [LOOPS]`.
///
/// It answers every command with `:1`, and knows a command by the `*` that it begins with: it neither parses nor counts.
@main
struct BareServer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard let port = arguments.first.flatMap({ UInt16($0) }) else {
            print("usage: BareServer PORT [LOOPS]")
            exit(64)
        }
        let loops = arguments.dropFirst().first.flatMap { Int($0) } ?? System.coreCount
        let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, loops))
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ConstantReplies())
                }
            }
            .bind(host: "127.0.0.1", port: Int(port)).get()
        try await listener.closeFuture.get()
    }
}

private final class ConstantReplies: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var replies = ByteBuffer()

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            for byte in bytes where byte == UInt8(ascii: "*") { replies.writeStaticString(":1\r\n") }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard replies.readableBytes > 0 else { return }
        context.writeAndFlush(wrapOutboundOut(replies), promise: nil)
        replies.clear()
    }
}
