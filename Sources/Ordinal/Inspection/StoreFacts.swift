/// What the inspection of a store read there, and what it makes of it.
package protocol StoreFacts: Sendable {
    /// The identity of the store; nil if it was never prepared.
    var id: StoreID? { get }
    /// The sequences in the order of their names, ``StoreFactsLimit/records`` of them at most.
    var records: [SequenceRecord] { get }
    /// How long single questions to the store took; empty if none crosses a network.
    var roundTrips: [Duration] { get }

    /// What the settings of the store mean. Looks at nothing but these facts.
    func findings(at stakes: Stakes) -> [Finding]
}

/// How much an inspection reads at most.
package enum StoreFactsLimit {
    /// How many sequences.
    package static let records = 100_000
    /// How many questions are asked to see how long they take.
    package static let roundTrips = 5
}
