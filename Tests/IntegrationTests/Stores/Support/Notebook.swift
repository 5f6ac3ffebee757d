import NIOConcurrencyHelpers
import RESP
import TestSupport
import Testing

/// All numbers that anybody got of some sequences, from whatever node: finds what comes twice.
final class Notebook: Sendable {
    private struct State {
        var numbers: [String: Set<Int64>] = [:]
        var count = 0
        var violations: [String] = []
        var refused = 0
        var refusals: [String] = []
        var longest = Duration.zero
    }

    private let state = NIOLockedValueBox(State())

    /// How many numbers were got.
    var count: Int { state.withLockedValue(\.count) }
    /// How many requests were answered with an error.
    var refused: Int { state.withLockedValue(\.refused) }
    /// What the first of these errors said.
    var refusals: [String] { state.withLockedValue(\.refusals) }
    /// The longest time that anybody waited for a reply.
    var longest: Duration { state.withLockedValue(\.longest) }

    func highest(of name: String) -> Int64 { state.withLockedValue { $0.numbers[name]?.max() ?? 0 } }

    /// How many of the numbers are in a range.
    func count(in range: ClosedRange<Int64>) -> Int {
        state.withLockedValue { state in state.numbers.values.reduce(0) { $0 + $1.count { range.contains($0) } } }
    }

    /// Notes what came back for a request for one number.
    ///
    /// - Parameter before: The number that the same connection got last of the same sequence.
    func note(_ reply: RESPValue, of name: String, after before: Int64 = 0) {
        state.withLockedValue { state in
            guard case .integer(let number) = reply else {
                state.refused += 1
                if state.refusals.count < 20 { state.refusals.append("\(reply)") }
                return
            }
            state.count += 1
            if !state.numbers[name, default: []].insert(number).inserted {
                state.violations.append("\(number) of \(name) came twice")
            }
            if number <= before { state.violations.append("of \(name) one connection got \(before), then \(number)") }
        }
    }

    /// Notes how long a reply took.
    func note(_ time: Duration) { state.withLockedValue { $0.longest = max($0.longest, time) } }

    /// Takes numbers on a connection, and notes them.
    @discardableResult
    func take(_ count: Int, of name: String, on socket: RedisSocket) throws -> Int64 {
        var last: Int64 = 0
        for begin in stride(from: 0, to: count, by: 500) {
            let portion = min(500, count - begin)
            try socket.send(String(repeating: "INCR \(name)\r\n", count: portion))
            for _ in 0..<portion {
                let reply = try socket.reply()
                note(reply, of: name, after: last)
                guard case .integer(let number) = reply else { throw Failure("not a number of \(name): \(reply)") }
                last = number
            }
        }
        return last
    }

    /// Expects that nothing came twice, and that there was something to look at.
    func expectSound(
        _ what: String, atLeast least: Int = 1_000, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let state = state.withLockedValue(\.self)
        print("\(what): \(state.count) numbers, \(state.refused) errors, longest wait \(state.longest)")
        #expect(state.violations.prefix(10) == [], sourceLocation: sourceLocation)
        #expect(state.count >= least, "too few numbers to prove anything", sourceLocation: sourceLocation)
    }
}
