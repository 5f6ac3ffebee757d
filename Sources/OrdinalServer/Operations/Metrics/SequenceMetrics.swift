import Ordinal
import PrometheusMetrics

/// What is to be told of the sequences in memory, at each scrape.
struct SequenceMetrics: Sendable {
    let sequencer: Sequencer
    /// How many sequences are told one by one: each is a series of its own for whoever keeps them.
    let limit: Int

    func write(to writer: inout ExpositionWriter) {
        let snapshots = sequencer.snapshots()
        writer.gauge("ordinal_sequences_live", snapshots.count, help: "Sequences in memory.")
        writer.gauge(
            "ordinal_waiting", snapshots.reduce(0) { $0 + $1.waiting }, help: "Requests that wait for numbers.")
        // Numbers in hand that nobody takes last for ever.
        let runways = snapshots.compactMap(\.runway)
        if let shortest = runways.min() {
            writer.gauge(
                "ordinal_runway_seconds", shortest,
                help:
                    "How long the numbers in hand last with the store away: the shortest time of all sequences in use.")
        }
        let shown = snapshots.sorted { ($0.rate, $0.issued) > ($1.rate, $1.issued) }.prefix(limit)
        writer.gauge(
            "ordinal_sequences_unlabelled", snapshots.count - shown.count,
            help: "Sequences in memory that are not told one by one: the busiest are.")
        for snapshot in shown { write(snapshot, to: &writer) }
    }

    private func write(_ snapshot: SequenceSnapshot, to writer: inout ExpositionWriter) {
        let labels = [("sequence", snapshot.name.description)]
        writer.counter(
            "ordinal_sequence_numbers_issued_total", snapshot.issued, labels: labels,
            help: "Numbers handed out since the sequence came into memory.")
        writer.gauge("ordinal_sequence_in_hand", snapshot.inHand, labels: labels, help: "Numbers in hand.")
        writer.gauge("ordinal_sequence_rate", snapshot.rate, labels: labels, help: "Numbers per second.")
        writer.gauge("ordinal_sequence_waiting", snapshot.waiting, labels: labels, help: "Requests that wait.")
        if let runway = snapshot.runway {
            writer.gauge(
                "ordinal_sequence_runway_seconds", runway, labels: labels,
                help: "How long the numbers in hand last at today's rate.")
        }
        if let ceiling = snapshot.ceiling {
            let left = (snapshot.options.maximum - ceiling) / snapshot.options.increment + snapshot.inHand
            writer.gauge("ordinal_sequence_left", left, labels: labels, help: "Numbers until the maximum.")
        }
    }
}
