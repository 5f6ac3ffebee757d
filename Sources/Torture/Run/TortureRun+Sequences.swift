import RESP
import RESPClient

extension TortureRun {
    /// Where the first sequence of all begins if it is to be begun anew below.
    private static let farAway: Int64 = 4_000_000_000
    private static let below: Int64 = 1_000_000_000

    /// Makes every sequence, so that none may be said not to exist.
    func makeSequences() async throws {
        try await withCommands { send in
            for (index, name) in names.enumerated() {
                let isToFall = options.sabotage == .order && index == 2 * Self.cleanSequences
                try await send(["SET", name, "\(isToFall ? Self.farAway : 0)", "NX"])
            }
        }
    }

    /// Leaves nothing behind. If it cannot be done, sequences are left, and the run was what it was.
    func removeSequences() async {
        await fleet.ask { $0.ask(.single, for: 0..<0) }
        do {
            try await withCommands { send in for name in names { try await send(["DEL", name]) } }
        } catch {
            fleet.history.add("sequences were left behind: \(error)")
        }
    }

    /// Stops the only node cleanly, under load and several times, and looks whether a number was left out.
    ///
    /// - Parameter breaking: Whether to leave some out.
    /// - Returns: How often it was stopped.
    func stopCleanly(sequences: Range<Int>, breaking: Bool) async -> Int {
        let names = names
        var stops = 0
        for round in 0..<2 where !Task.isCancelled {
            await fleet.ask { $0.ask(.single, for: sequences) }
            await pause(.milliseconds(500))
            if breaking, round == 0 {
                do {
                    try await withCommands { try await $0(["SET", names[sequences.lowerBound], "\(Self.below)"]) }
                } catch {
                    await fleet.violate(.node, "what was to be broken is not: \(error)")
                }
                await pause(.milliseconds(300))
            }
            fleet.history.add("clean stop \(round)")
            guard await fleet.end(0) else { return stops }
            stops += 1
            await waitForLostConnections()
            await fleet.ask { load in
                for sequence in sequences {
                    load.checker.expectNoHoles(in: sequence, name: names[sequence], at: load.second)
                }
            }
            guard await fleet.start(0) else { return stops }
        }
        return stops
    }

    /// What was sent with the end of a connection is to be read before it is looked at.
    private func waitForLostConnections() async {
        while await fleet.ask({ $0.hasConnections(to: 0) }) { await pause(.milliseconds(5)) }
    }

    /// Breaks a promise, if that was asked for.
    func sabotage() async throws {
        guard let sabotage = options.sabotage, sabotage != .lose else { return }
        await pause(.milliseconds(1500))
        let first = sabotage == .repeat ? 0 : Self.below
        // A node that is just being killed does not take it.
        for _ in 0..<20 {
            do {
                try await withCommands {
                    try await $0(["SET", names[2 * Self.cleanSequences], "\(first)", "FORCE"])
                }
                return fleet.history.add("\(sabotage.rawValue) was broken")
            } catch { await pause(.milliseconds(500)) }
        }
        throw TortureError("what was to be broken is not: no node took the command")
    }

    /// Commands of our own on the first node. An error of the node is thrown.
    private func withCommands(_ body: (_ send: ([String]) async throws -> Void) async throws -> Void) async throws {
        var options = RESPConnectionOptions()
        options.commandTimeout = self.options.wait + Self.margin
        let connection = try await RESPConnection.connect(
            to: .host("127.0.0.1", port: fleet.nodes[0].port), options: options)
        do {
            try await body { words in _ = try await connection.send(words.map { Array($0.utf8) }).get() }
        } catch {
            await connection.close()
            throw TortureError("node 0 said: \(error)")
        }
        await connection.close()
    }
}
