import NIOConcurrencyHelpers
import Ordinal

// What becomes of blocks when a node stops.

extension LayeredStore {
    /// How many sequences are remembered for the end at most, and how long the end may take.
    private static let usedLimit = 100_000
    private static let returnLimit = Duration.seconds(3)
    private static let returnsAtOnce = 16

    /// Notes that this node used the block of a sequence.
    func remember(_ name: SequenceName) {
        used.withLockedValue { if $0.count < Self.usedLimit { $0.insert(name) } }
    }

    /// Takes the blocks of this node's sequences out of Redis and gives back what was left.
    func returnBlocks() async {
        let deadline = ContinuousClock.now + Self.returnLimit
        await withTaskGroup(of: Void.self) { group in
            var names = used.withLockedValue { Array($0) }[...]
            for name in names.prefix(Self.returnsAtOnce) { group.addTask { await self.returnBlock(of: name) } }
            names = names.dropFirst(Self.returnsAtOnce)
            while await group.next() != nil {
                guard ContinuousClock.now < deadline, let name = names.popFirst() else { continue }
                group.addTask { await self.returnBlock(of: name) }
            }
        }
    }

    private func returnBlock(of name: SequenceName) async {
        var taken: Block?
        do throws(StoreError) {
            let isTaken = try await changeBlock(of: name) { block, home in
                taken = block.home == home ? block : nil
                return taken == nil ? .leave : .delete
            }
            if isTaken, let taken { await returnBelow(taken, of: name) }
        } catch {
            // Without a reply it may be gone or not: a node that still finds it there may have it.
            if case .unknownOutcome = error { abandon(taken?.rest?.count ?? 0) }
        }
    }

    /// Gives back what no other node can have. If that fails it is a gap.
    func returnBelow(_ block: Block, of name: SequenceName) async {
        guard let rest = block.rest else { return }
        do throws(StoreError) {
            if try await below.release(rest, of: name) { return }
        } catch {
            // What this says of the store below is said at the next call that is waited for.
        }
        abandon(rest.count)
    }
}
