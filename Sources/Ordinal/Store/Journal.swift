/// What a node remembers of its floors across restarts, apart from the store.
///
/// A store that was restored from yesterday's backup while the node was down shows nothing of it by itself; the journal
/// does, as long as it was not restored together with the store. It lives in a file of its own and serves every store.
public protocol Journal: Sendable {
    /// The newest entry under a name, whichever life it is of.
    func latest(of name: SequenceName, in store: StoreID) async throws(JournalError) -> JournalEntry?

    /// The entry of one life.
    func entry(of name: SequenceName, life: Life, in store: StoreID) async throws(JournalError) -> JournalEntry?

    /// Keeps `entry`, durably, in place of what was there for the same life.
    func record(_ entry: JournalEntry, of name: SequenceName, in store: StoreID) async throws(JournalError)

    /// Ends all access to the file. Nothing is called afterwards.
    func close() async
}

/// What the journal keeps of one life of a sequence.
public struct JournalEntry: Hashable, Sendable {
    /// The life.
    public let life: Life
    /// The floor: the highest number that this node may have handed out.
    public let floor: Int64
    /// The options, so that a sequence that its store lost can be made again as it was.
    public let options: SequenceOptions
    /// How many numbers the largest segment of late had, as far as this node knows: a store that went back may know less.
    public let recentSize: Int64

    public init(life: Life, floor: Int64, options: SequenceOptions, recentSize: Int64 = 0) {
        self.life = life
        self.floor = floor
        self.options = options
        self.recentSize = recentSize
    }
}

/// Why the journal could not be read or written. The text is for people.
public struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    public let description: String
    public init(_ description: String) { self.description = description }
}
