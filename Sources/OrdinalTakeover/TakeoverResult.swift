package import Ordinal

/// What became of every counter of the old system, or, in a dry run, would become of it.
package struct TakeoverResult: Hashable, Sendable {
    /// One row for each name, in the order of their bytes.
    package var rows: [TakeoverRow]
    /// What concerns all rows.
    package let notes: [String]

    /// The rows that a person has to look at: the takeover failed for these.
    package var failures: [TakeoverRow] { rows.filter { $0.action.isFailure } }
}

/// What becomes of one counter of the old system.
package struct TakeoverRow: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// The sequence is to be created.
        case create
        /// The sequence was created.
        case created
        /// The sequence is there, and all its numbers lie above the old ones.
        case alreadyTakenOver
        /// There is nothing to take over: no number was ever handed out.
        case skipped(String)
        /// The sequence is there, and numbers of it may be numbers of the old system. It was left as it is.
        case conflict(String)
        /// It cannot be a sequence. Nothing was done.
        case refused(String)
        /// The store did not do it: run the takeover again.
        case failed(String)

        /// Whether a person has to look at it.
        package var isFailure: Bool {
            switch self {
            case .create, .created, .alreadyTakenOver, .skipped: false
            case .conflict, .refused, .failed: true
            }
        }

        /// Why, if there is more to say than the word.
        package var reason: String? {
            switch self {
            case .create, .created, .alreadyTakenOver: nil
            case .skipped(let reason), .conflict(let reason), .refused(let reason), .failed(let reason): reason
            }
        }
    }

    /// The name, fit for a line of text: what is not UTF-8 or would end the line is written as `\xNN`.
    package let name: String
    /// The sequence, unless its name cannot be one.
    package let sequence: SequenceName?
    /// The highest number that the old system may have handed out, unless there is none or it is unknown.
    package let highest: UInt64?
    /// Where that was read: `MySQL` or `Redis`.
    package let place: String
    /// How many numbers are left out above it.
    package let margin: Int64
    /// Where the sequence begins if it is to be created or was, and its ceiling if it was there.
    package let ceiling: Int64?
    /// What was done, or is to be done.
    package internal(set) var action: Action
    /// What people should know about it.
    package let notes: [String]
}
