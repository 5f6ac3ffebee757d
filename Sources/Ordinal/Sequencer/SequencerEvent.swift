/// What happens in a sequencer that logs and metrics want to know.
///
/// Numbers that are handed out from memory are no event: that path tells nobody anything.
public enum SequencerEvent: Sendable {
    /// A sequence was read from the store and came into memory.
    case opened(SequenceName, Life)
    /// An idle sequence left memory.
    case evicted(SequenceName)
    /// A segment was reserved.
    case refilled(SequenceName, count: Int64, in: Duration)
    /// A call of the store on behalf of a sequence failed and will be made again if somebody asks.
    case failed(SequenceName, StoreError)
    /// A reservation found that the store went back, and left out numbers.
    case wentBack(SequenceName, skipped: Int64)
    /// The store had lost a sequence, which was made again with the same life, beyond the floor.
    case mended(SequenceName, Life, from: Int64)
    /// The store's history is shorter than it was: it went back.
    case historyWentBack(to: ChangeMark)
    /// Numbers that nobody will ever get.
    case gap(SequenceName, GapReason, count: Int64)
    /// A life is over, by a delete or a restart here or elsewhere.
    case ended(SequenceName, Life)
    /// The journal could not be read or written.
    case journalFailed(SequenceName, JournalError)
    /// The store, which is asked regularly what others changed, does not answer any more.
    case storeIsAway(StoreError)
    /// It answers again.
    case storeIsBack
    /// A request waited in vain and got numbers that belong to no sequence.
    case fellBack(SequenceName, count: Int64)
    /// There is no start number, and so no fallback, until one can be had from the store.
    case fallbackUnprepared(StoreError)
    /// Requests gave up waiting.
    case timedOut(SequenceName, requests: Int)
}

/// Why numbers were never handed out.
public enum GapReason: String, CaseIterable, Sendable {
    /// The reply of the store was lost, and the segment with it.
    case lostReply = "lost_reply"
    /// The client was gone before its number could be sent.
    case clientGone = "client_gone"
    /// A contiguous run could not join what was in hand, or a request for several failed in the middle.
    case runDidNotFit = "run_did_not_fit"
    /// The store went back, and the failover offset was left out.
    case mending
    /// A SET or an advance moved past numbers in hand.
    case movedForward = "moved_forward"
    /// A task left numbers of its ``Allotment`` unused.
    case allotmentUnused = "allotment_unused"
    /// The rest of a segment could not be given back: another node reserved after it, or the store was away.
    case notGivenBack = "not_given_back"
}
