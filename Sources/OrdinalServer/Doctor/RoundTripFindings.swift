import Ordinal

/// Whether a store answers fast enough for what is configured.
enum RoundTripFindings {
    /// How many times a refill asks the store, roughly: begin, read, write, commit.
    private static let questions = 4

    /// - Parameters:
    ///   - subject: Which store.
    ///   - times: How long single questions took; empty if nothing was asked over a network.
    ///   - policy: How long requests wait, and how long numbers in hand last.
    static func judge(_ subject: String, _ times: [Duration], _ policy: SequencerPolicy) -> Finding? {
        guard let fastest = times.min(), let slowest = times.max() else { return nil }
        let subject = "\(subject): round trip"
        let seen = "\(text(fastest)) to \(text(slowest)) in \(times.count) questions"
        let refill = slowest * questions
        if refill >= policy.wait / 2 {
            return Finding(
                .warning, subject, seen: seen,
                meaning: "a refill takes about \(text(refill)), and a request that needs one may wait "
                    + "\(text(policy.wait)) in vain and get an error; no number comes twice",
                remedy: "bring the store nearer, or raise wait")
        }
        if refill >= policy.runway / 4 {
            return Finding(
                .warning, subject, seen: seen,
                meaning: "a refill takes about \(text(refill)), a good part of the runway of "
                    + "\(text(policy.runway)): a busy sequence runs dry; no number comes twice",
                remedy: "bring the store nearer, or raise runway")
        }
        return Finding(
            .ok, subject, seen: seen,
            meaning: "a refill takes about \(text(refill)), and is begun \(text(policy.runway)) before it is needed")
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration / .milliseconds(1)
        return milliseconds < 1_000
            ? "\((milliseconds * 100).rounded() / 100) ms" : "\((milliseconds / 10).rounded() / 100) s"
    }
}
