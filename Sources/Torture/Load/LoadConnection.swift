import NIOCore
import RESP
import SeededRandom

/// One connection: sends requests, and gives what comes back to the checker.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let client: LoadClient
    private let load: Load
    private var context: ChannelHandlerContext?
    private var parser = ReplyParser()
    /// The beginning of a reply whose end has not come.
    private var rest = ByteBuffer()
    private var output = ByteBuffer()
    private var requests = CircularBuffer<Request>()
    /// By sequence, the last number received here.
    private var last: [Int64]
    private var lastReply: Int64 = 0

    init(_ client: LoadClient, _ load: Load) {
        (self.client, self.load) = (client, load)
        last = Array(repeating: 0, count: load.names.count)
    }

    var isOpen: Bool { context != nil }
    /// Whether every request is answered.
    var isIdle: Bool { requests.isEmpty && isOpen }

    func append(_ random: inout SeededRandom) {
        let node = client.node
        requests.append(
            load.writer.write(load.mix, of: load.sequences, at: load.now, &random, into: &output) {
                load.checker.floor(node: node, sequence: $0)
            })
    }

    func send() {
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        output.clear()
    }

    func close() { context?.close(promise: nil) }

    // MARK: - Receiving

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if rest.readableBytes > 0 {
            rest.writeBuffer(&bytes)
            swap(&rest, &bytes)
            rest.clear()
        }
        let now = load.now
        do throws(ReplyError) {
            while bytes.readableBytes > 0, let reply = try parser.parse(&bytes) {
                guard let request = requests.popFirst() else {
                    load.violate(.reply, "node \(client.node) replied to nothing")
                    return context.close(promise: nil)
                }
                load.answered(request, after: lastReply, at: now, by: client)
                receive(reply, to: request)
                lastReply = now
            }
        } catch {
            load.violate(.reply, "node \(client.node) sent what is no reply: \(error)")
            return context.close(promise: nil)
        }
        if bytes.readableBytes > 0 { rest = bytes }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if requests.isEmpty { client.answered() }
    }

    private func receive(_ reply: RESPValue, to request: Request) {
        switch reply {
        case .error(let error): load.failed(error.description)
        case .integer(let number) where !request.isRow && number >= request.run:
            take(number - request.run + 1...number, of: request.sequence, floor: request.floor)
        case .array(let numbers) where request.isRow && numbers.count == request.more.count + 1:
            take(numbers[0], of: request.sequence, floor: request.floor)
            for (value, other) in zip(numbers.dropFirst(), request.more) {
                take(value, of: other.sequence, floor: other.floor)
            }
        default: load.violate(.reply, "\(story(request.sequence)) was answered with \(reply)")
        }
    }

    private func take(_ value: RESPValue, of sequence: Int, floor: Int64) {
        guard case .integer(let number) = value, number > 0 else {
            return load.violate(.reply, "\(story(sequence)) was answered with \(value) in a row")
        }
        take(number...number, of: sequence, floor: floor)
    }

    private func take(_ run: ClosedRange<Int64>, of sequence: Int, floor: Int64) {
        load.checker.receive(
            run, of: sequence, node: client.node, floor: floor, after: last[sequence], at: load.second,
            story: story(sequence))
        last[sequence] = max(last[sequence], run.upperBound)
    }

    private func story(_ sequence: Int) -> String {
        "\(load.names[sequence]) from node \(client.node), client \(client.index)"
    }

    func checkWait() {
        guard let request = requests.first, load.isOverdue(request, after: lastReply, by: client) else { return }
        close()
    }

    // MARK: - The end

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        load.lost(requests.count)
        requests.removeAll()
        client.lost(self)
    }
}
