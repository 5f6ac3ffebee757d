/// Something that a number server must never do.
package struct Violation: Sendable, Hashable, CustomStringConvertible {
    /// What rule was broken.
    package enum Kind: String, Sendable, CaseIterable {
        /// A number came a second time.
        case `repeat`
        /// A number was not above one that had been received from this node, or on this connection, before it was asked for.
        case order
        /// Numbers were left out although the only node had been stopped cleanly and nothing had failed.
        case gap
        /// No answer came for longer than `wait` allows, from a node that nothing was done to.
        case wait
        /// An answer was no number, or said that a sequence does not exist which does.
        case reply
        /// A node ended by itself, did not start, or did not stop as it should.
        case node
    }

    package let kind: Kind
    /// When, in seconds since the beginning.
    package let second: Double
    /// What happened, in one line.
    package let description: String
}
