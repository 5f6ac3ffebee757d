/// Who a store is.
public struct StoreStatus: Hashable, Sendable {
    /// The identity of the store.
    public let id: StoreID
    /// The server that answered.
    public let home: Home
    /// How many live sequences there are.
    public let sequences: Int
    /// What the store's settings are worth, in sentences for people: what a crash of it can lose.
    public let durability: [String]
    /// How many numbers the store itself had to give up since it was opened: they are a gap.
    public let abandoned: Int64

    public init(id: StoreID, home: Home, sequences: Int, durability: [String], abandoned: Int64 = 0) {
        self.id = id
        self.home = home
        self.sequences = sequences
        self.durability = durability
        self.abandoned = abandoned
    }
}
