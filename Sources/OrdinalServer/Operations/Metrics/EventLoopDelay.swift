import NIOCore
import NIOConcurrencyHelpers
import PrometheusMetrics

/// How late the event loops are: how long something waits that is to be done at once.
final class EventLoopDelay: Sendable {
    /// How one loop was when it was last asked.
    struct Answer: Sendable {
        let loop: Int
        let seconds: Double
    }

    private let loops: [(loop: any EventLoop, histogram: PrometheusHistogram)]
    private let last: NIOLockedValueBox<[Double]>

    init(_ group: any EventLoopGroup, _ registry: PrometheusRegistry) {
        loops = group.makeIterator().enumerated().map { index, loop in
            let histogram = registry.histogram(
                "ordinal_event_loop_delay_seconds", labels: [("loop", "\(index)")],
                help: "How late an event loop did what was to be done at once; asked once a second.")
            return (loop, histogram)
        }
        last = NIOLockedValueBox(Array(repeating: 0, count: loops.count))
    }

    /// Asks every loop once a second, until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            for (index, (loop, histogram)) in loops.enumerated() {
                let begin = NIODeadline.now()
                loop.execute {
                    let delay = NIODeadline.now() - begin
                    histogram.record(nanoseconds: delay.nanoseconds, count: 1)
                    self.last.withLockedValue { $0[index] = Double(delay.nanoseconds) / 1e9 }
                }
            }
            do { try await Task.sleep(for: .seconds(1)) } catch { return }
        }
    }

    var answers: [Answer] { last.withLockedValue(\.self).enumerated().map { Answer(loop: $0, seconds: $1) } }
}
