/// The buckets of many clients or many sequences, all of one rate, and never more than so many of them.
///
/// A full bucket is the same as none, so the place of one is what a new key gets. To hold a place somebody must keep a
/// bucket from filling up, with as many *admitted* requests per second as its rate has; to hold all places takes that for
/// each of them. Should all be held even so, one of three has to give way: the bound, the limits of those who are here, or
/// those who come anew. It is the last: they share one bucket until there is room, so that made-up keys together get no
/// more than one client.
///
/// Keys are hashes, seeded anew in every process, so nobody can choose keys that collide. Two that do, by a chance of
/// less than one in a billion with 100,000 keys, share a bucket.
struct BucketTable {
    /// Where the bucket of a key is, or would be.
    enum Place: Hashable {
        /// It is here.
        case kept(Int)
        /// It can have the place of a bucket that is full.
        case free(Int)
        /// It can have a place of its own.
        case end
        /// There is no room.
        case shared
    }

    /// How many places are looked at for a full bucket: so much and no more does a new key cost.
    private static let looks = 8

    private struct Kept {
        var key: Int
        var bucket: TokenBucket
    }

    let rate: Rate
    private let limit: Int
    private var places: [Int: Int] = [:]
    private var buckets: [Kept] = []
    /// The next place to look at. It goes round, so that every place has its turn.
    private var hand = 0
    private var shared: TokenBucket

    init(_ rate: Rate, limit: Int, now: Duration) {
        self.rate = rate
        self.limit = limit
        shared = TokenBucket(rate, now: now)
    }

    /// How many buckets there are, besides the shared one.
    var count: Int { buckets.count }

    /// Finds the place of a key, and changes nothing for anybody.
    mutating func place(of key: Int, now: Duration) -> Place {
        if let index = places[key] { return .kept(index) }
        // Looked for below the limit too: the table grows with those who are active, and not with all who ever were.
        for _ in 0..<min(Self.looks, buckets.count) {
            let index = hand
            hand = hand + 1 < buckets.count ? hand + 1 : 0
            if buckets[index].bucket.isFull(now: now) { return .free(index) }
        }
        return buckets.count < limit ? .end : .shared
    }

    /// How long the key that belongs at `place` has to wait for a token; nil if not at all.
    mutating func wait(at place: Place, now: Duration) -> Duration? {
        switch place {
        case .kept(let index): buckets[index].bucket.wait(now: now)
        case .free, .end: nil
        case .shared: shared.wait(now: now)
        }
    }

    /// Takes a token for the key that belongs at `place` and does not have to wait.
    mutating func take(of key: Int, at place: Place, now: Duration) {
        switch place {
        case .kept(let index):
            _ = buckets[index].bucket.take(now: now)
        case .free(let index):
            places[buckets[index].key] = nil
            places[key] = index
            buckets[index] = new(key, now: now)
        case .end:
            places[key] = buckets.count
            buckets.append(new(key, now: now))
        case .shared:
            _ = shared.take(now: now)
        }
    }

    /// A bucket of which one token was taken.
    private func new(_ key: Int, now: Duration) -> Kept {
        var bucket = TokenBucket(rate, now: now)
        _ = bucket.take(now: now)
        return Kept(key: key, bucket: bucket)
    }
}
