public import Ordinal

// Drawing from blocks, installing them, giving back.

extension LayeredStore {
    /// Draws from the block in Redis; without a good one, reserves below and leaves in Redis what is more than asked for.
    ///
    /// With Redis away, or after a draw whose reply was lost, the numbers come straight from below, no more than asked for.
    public func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        switch await draw(reservation) {
        case .drawn(let segment):
            remember(reservation.name)
            return Reserved(segment: segment, skipped: 0)
        case .noBlock(let seen):
            return try await reserveBlock(reservation, over: seen)
        case .noRedis:
            return try await below.reserve(reservation)
        }
    }

    /// Gives numbers back to the block that they were drawn from last, else to the store below, if they came straight
    /// from there.
    ///
    /// A segment cannot fit both: that it ends at the ceiling there and that its mark is the last one there means that it was
    /// all that its reservation brought, or the end of it; and what came from a block has another mark than the block.
    public func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        do throws(StoreError) {
            let isGivenBack = try await changeBlock(of: name) { block, home in
                guard block.release(segment, on: home) else { return .leave }
                return .write(block)
            }
            if isGivenBack { return true }
        } catch .unavailable {
            // Certainly not given back there.
        }
        return try await below.release(segment, of: name)
    }

    // MARK: Drawing

    private enum Drawing {
        case drawn(Segment)
        /// There is no good block; this is what is there.
        case noBlock(Cells)
        case noRedis
    }

    private func draw(_ reservation: Reservation) async -> Drawing {
        let key = keys.block(reservation.name)
        let time = callTime
        do throws(StoreError) {
            repeat {
                let seen = try await cells.read([key], in: time)
                // A damaged block can be used by no node: it is as good as none.
                guard let value = seen.values[0], var block = Self.block(value, reservation.name),
                    let segment = block.draw(reservation, on: seen.home)
                else { return .noBlock(seen) }
                var change = CellChange(on: seen.home)
                change.expect(key, value)
                change.set(key, block.bytes)
                do throws(StoreError) {
                    if try await cells.replace(change, in: time) { return .drawn(segment) }
                } catch {
                    if case .unknownOutcome = error { abandon(segment.count) }
                    return .noRedis
                }
            } while time.allowsAnotherRound
            return .noRedis
        } catch {
            return .noRedis
        }
    }

    // MARK: Installing

    private func reserveBlock(_ reservation: Reservation, over seen: Cells) async throws(StoreError) -> Reserved {
        let reserved = try await below.reserve(
            Reservation(
                name: reservation.name, life: reservation.life, count: blockSize.count(for: reservation),
                above: reservation.above, heard: reservation.heard, failoverOffset: reservation.failoverOffset,
                recentSize: reservation.recentSize, stamp: reservation.stamp))
        let whole = reserved.segment
        guard whole.count > reservation.count else { return reserved }
        var block = Block(
            home: seen.home, life: whole.life, next: whole.first, last: whole.last, increment: whole.increment,
            stamp: whole.stamp, draw: nil)
        guard let part = block.draw(reservation, on: seen.home) else {
            throw .unknownOutcome("\(below.label) answered with numbers that were not asked for")
        }
        await install(block, of: reservation.name, over: seen)
        return Reserved(segment: part, skipped: reserved.skipped)
    }

    /// Leaves a block in Redis if what was seen there is still so. If not, the rest goes back below, or is forgotten.
    private func install(_ block: Block, of name: SequenceName, over seen: Cells) async {
        let key = keys.block(name)
        var change = CellChange(on: seen.home)
        change.expect(key, seen.values[0])
        change.set(key, block.bytes)
        do throws(StoreError) {
            if try await cells.replace(change, in: callTime) { return remember(name) }
        } catch .unavailable {
            // Certainly not installed.
        } catch {
            return abandon(block.rest?.count ?? 0)
        }
        await returnBelow(block, of: name)
    }

    // MARK: Changing what is there

    enum Change {
        case leave
        case write(Block)
        case delete
    }

    /// Changes the block of a sequence, if there is one that can be read. Answers whether something was changed.
    @discardableResult
    func changeBlock(
        of name: SequenceName, _ decide: (inout Block, Home) -> Change
    ) async throws(StoreError) -> Bool {
        let key = keys.block(name)
        let time = callTime
        repeat {
            let seen = try await cells.read([key], in: time)
            guard let value = seen.values[0], var block = Self.block(value, name) else { return false }
            var change = CellChange(on: seen.home)
            change.expect(key, value)
            switch decide(&block, seen.home) {
            case .leave: return false
            case .write(let block): change.set(key, block.bytes)
            case .delete: change.delete(key)
            }
            if try await cells.replace(change, in: time) { return true }
        } while time.allowsAnotherRound
        throw .unavailable("too much contention: other nodes were always faster")
    }

    /// Leaves out what an advance passed, as far as Redis can be reached.
    func cutBlock(of record: SequenceRecord) async {
        await attempt(on: record.name) { block in
            guard block.life == record.life, block.origin < record.origin else { return .leave }
            block.advance(to: record.origin)
            return .write(block)
        }
    }

    /// Drops the block of a life that is over, as far as Redis can be reached.
    func dropBlock(of name: SequenceName, life: Life) async {
        await attempt(on: name) { $0.life == life ? .delete : .leave }
    }

    /// Correctness does not rest on what is attempted: see ``LayeredStore``.
    private func attempt(on name: SequenceName, _ decide: (inout Block) -> Change) async {
        do { try await changeBlock(of: name) { block, _ in decide(&block) } } catch {}
    }

    private static func block(_ value: [UInt8], _ name: SequenceName) -> Block? {
        do { return try Block(value, of: name) } catch { return nil }
    }
}
