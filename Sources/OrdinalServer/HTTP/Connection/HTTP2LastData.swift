import NIOCore
import NIOHTTP2

/// Tells the end of an answer together with the last of its data.
///
/// The codec behind writes them one after the other. A client like curl then acknowledges data of a stream that has ended by
/// the time it does, and a few hundred of those frames end the connection with all its requests.
final class HTTP2LastData: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    /// Data that is written with what comes next.
    private var held: (data: HTTP2Frame.FramePayload.Data, promise: EventLoopPromise<Void>?)?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let payload = unwrapOutboundIn(data)
        guard case .data(let data) = payload else {
            writeHeld(context)
            return context.write(wrapOutboundOut(payload), promise: promise)
        }
        if data.endStream, data.data.readableBytes == 0, var last = held {
            held = nil
            last.data.endStream = true
            let written = last.promise ?? promise
            if let own = last.promise, let promise { own.futureResult.cascade(to: promise) }
            return context.write(wrapOutboundOut(.data(last.data)), promise: written)
        }
        writeHeld(context)
        held = (data, promise)
    }

    func flush(context: ChannelHandlerContext) {
        writeHeld(context)
        context.flush()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        writeHeld(context)
        context.close(mode: mode, promise: promise)
    }

    private func writeHeld(_ context: ChannelHandlerContext) {
        guard let last = held else { return }
        held = nil
        context.write(wrapOutboundOut(.data(last.data)), promise: last.promise)
    }
}
