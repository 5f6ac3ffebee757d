import Synchronization

extension Atomic<Double> {
    /// Adds `amount`, whoever else does at the same time.
    ///
    /// Relaxed: a metric orders nothing else.
    func add(_ amount: Double) {
        var old = load(ordering: .relaxed)
        while true {
            let (exchanged, original) = weakCompareExchange(
                expected: old, desired: old + amount, ordering: .relaxed)
            if exchanged { return }
            old = original
        }
    }
}
