import NIOCore

/// The connections of one event loop, what they are to send, and what came back. Everything happens on that loop.
final class LoadLane {
    let eventLoop: any EventLoop
    private let pipeline: Int
    private let done: EventLoopPromise<Void>
    var writer: RequestWriter
    /// How many commands may still be sent.
    var budget: Int
    /// In an open loop, when the next command is due.
    var schedule: Schedule?
    var timer: Scheduled<Void>?
    /// In an open loop, the connections that can take a command, the one that had none for longest first.
    var free = CircularBuffer<LoadConnection>()
    /// In an open loop, until when no connection was free.
    var busyUntil: Int64 = .min

    private enum Phase {
        /// Nothing is sent yet.
        case connecting
        case running
        case done
    }

    private var connections: [LoadConnection] = []
    private var start: Int64 = 0
    /// When no command is sent any more, in nanoseconds since the start.
    private(set) var end: Int64 = 0
    private var phase = Phase.connecting
    /// How many commands are on their way.
    private(set) var inFlight = 0
    var result = LoadResult()

    /// - Parameters:
    ///   - budget: How many commands to send at most.
    ///   - done: Is told when all is answered that will be.
    init(
        _ options: LoadOptions, index: Int, budget: Int, on eventLoop: any EventLoop, done: EventLoopPromise<Void>
    ) {
        self.eventLoop = eventLoop
        self.budget = budget
        self.done = done
        pipeline = options.pipeline
        let seed = options.seed &+ UInt64(index) &* 0x1000_0000_0000_0001
        writer = RequestWriter(options.workload, seed: seed)
        if case .open(let rate, let arrivals) = options.pace {
            schedule = Schedule(
                rate: rate / Double(options.threads), arrivals: arrivals, seed: ~seed,
                phase: Double(index) / Double(options.threads))
        }
    }

    /// Nanoseconds since the start.
    var now: Int64 { Int64(NIODeadline.now().uptimeNanoseconds) - start }

    func add(_ connection: LoadConnection) { connections.append(connection) }

    /// What the connections got, if somebody wants to look at it.
    var numbers: [NumberRecord] { connections.compactMap(\.numbers) }

    // MARK: - Sending

    /// Begins, at a time that is the same for all lanes.
    func begin(at start: Int64, end: Int64) {
        (self.start, self.end, phase) = (start, end, .running)
        let open = connections.filter(\.isOpen)
        guard schedule == nil else {
            free.append(contentsOf: open)
            return sendWhatIsDue()
        }
        for connection in open { sendBatch(on: connection) }
        finishIfPossible()
    }

    /// A connection has read all that there was.
    func proceed(_ connection: LoadConnection) {
        guard phase == .running, connection.isOpen else { return }
        if schedule != nil {
            // It is among the free ones exactly if it was not full.
            if connection.isWaitingForRoom, connection.inFlight < pipeline {
                connection.isWaitingForRoom = false
                free.append(connection)
            }
            sendWhatIsDue()
        } else if connection.inFlight == 0 {
            sendBatch(on: connection)
            finishIfPossible()
        }
    }

    /// Closed loop: the last commands are answered, the next ones follow.
    private func sendBatch(on connection: LoadConnection) {
        let now = now
        guard connection.isOpen, now < end else { return }
        let count = min(pipeline, budget)
        for _ in 0..<count { append(to: connection, begin: now) }
        connection.send()
    }

    func append(to connection: LoadConnection, begin: Int64) {
        budget -= 1
        inFlight += 1
        connection.append(&writer, begin: begin)
    }

    /// How many more commands a connection can take.
    func room(on connection: LoadConnection) -> Int { pipeline - connection.inFlight }

    // MARK: - What comes back

    func answered(after nanoseconds: Int64) {
        inFlight -= 1
        result.replies += 1
        result.latency.record(nanoseconds)
    }

    func failed(_ text: String) {
        inFlight -= 1
        result.errors.add(text)
    }

    /// A connection is gone, and with it what was on its way.
    func lost(_ connection: LoadConnection, _ reason: String) {
        guard phase != .done else { return }
        result.errors.add(reason)
        giveUp(on: connection)
        free.removeAll { $0 === connection }
        finishIfPossible()
    }

    private func giveUp(on connection: LoadConnection) {
        let now = now
        connection.abandon { begin in
            inFlight -= 1
            result.unanswered += 1
            result.latency.record(now - begin)
        }
    }

    // MARK: - The end

    /// Whether no command will be sent any more.
    private var isSent: Bool {
        budget <= 0 || (schedule?.due ?? now) >= end || !connections.contains(where: \.isOpen)
    }

    func finishIfPossible() {
        guard phase == .running, inFlight == 0, isSent else { return }
        finish()
    }

    /// Ends without the answers that are still due.
    func abandon() {
        guard phase != .done else { return }
        for connection in connections { giveUp(on: connection) }
        finish()
    }

    private func finish() {
        phase = .done
        timer?.cancel()
        result.elapsed = .nanoseconds(now)
        countUnsent()
        done.succeed()
    }

    /// Closes every connection.
    func close() { for connection in connections { connection.close() } }
}
