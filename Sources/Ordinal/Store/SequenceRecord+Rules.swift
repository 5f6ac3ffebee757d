// What a store does to a record, as pure functions.

extension SequenceRecord {
    /// A sequence that begins its life at `ceiling`.
    public init(
        beginning life: Life, of name: SequenceName, at ceiling: Int64, options: SequenceOptions, home: Home
    ) throws(StoreError) {
        do { try options.check(ceiling: ceiling) } catch { throw .invalid(error) }
        self.init(
            name: name, life: life, ceiling: ceiling, origin: ceiling, home: home, stamp: nil, options: options)
    }

    /// Raises the ceiling by what `reservation` asks for and hands out what lies between.
    ///
    /// It goes on from the ceiling only if this very server raised it last and the caller has nothing above it. Otherwise
    /// this server may lack what another one handed out (a failover, a restored backup, a lagging replica): it leaves out
    /// ``FailoverOffset`` numbers beyond all that anybody is known to have had: the caller, or others of whom it heard.
    ///
    /// - Parameters:
    ///   - reservation: What to reserve. Its life must be this record's.
    ///   - home: The server that this runs on.
    public mutating func reserve(_ reservation: Reservation, home: Home) throws(StoreError) -> Reserved {
        precondition(reservation.life == life && reservation.count >= 1)
        let wentBack = self.home != home || ceiling < reservation.above
        let recent = max(recentSize, reservation.recentSize)
        let size = max(reservation.count, recent)
        let skipped = wentBack ? reservation.failoverOffset.count(forSegmentsOf: size) : 0
        let (distance, tooFar) = skipped.multipliedReportingOverflow(by: options.increment)
        let known = max(ceiling, reservation.above, wentBack ? reservation.heard : .min)
        let (base, overflow) = known.addingReportingOverflow(distance)
        guard !tooFar, !overflow, base <= options.maximum - options.increment else {
            throw .exhausted(maximum: options.maximum, skipped: skipped)
        }
        let count = min(reservation.count, (options.maximum - base) / options.increment)
        let segment = Segment(
            life: life, first: base + options.increment, last: base + count * options.increment,
            increment: options.increment, stamp: reservation.stamp)
        ceiling = segment.last
        self.home = home
        stamp = reservation.stamp
        recentSize = Self.recentSize(after: count, before: recent)
        return Reserved(segment: segment, skipped: skipped)
    }

    /// What ``recentSize`` becomes with a segment of `count` numbers: it fades, and does not vanish with one small segment
    /// after a failure.
    static func recentSize(after count: Int64, before earlier: Int64) -> Int64 { max(count, earlier / 2) }

    /// Lowers the ceiling to just below `segment`, if it is what was reserved last. Answers whether it was.
    ///
    /// The stamp goes with the numbers: the same release, arriving once more, finds nothing. The ceiling does not fall
    /// below the origin, so that a release which a SET overtook takes nothing of it back.
    public mutating func release(_ segment: Segment) -> Bool {
        guard life == segment.life, ceiling == segment.last, let stamp, stamp == segment.stamp else { return false }
        ceiling = max(segment.first - segment.increment, origin)
        self.stamp = nil
        return true
    }

    /// Moves the sequence forward: every later number lies above the new origin. Nothing is ever lowered.
    ///
    /// - Returns: How many numbers were left out because the store went back.
    @discardableResult
    public mutating func advance(_ step: Advance) throws(StoreError) -> Int64 {
        var (base, skipped) = (ceiling, Int64(0))
        if ceiling < step.above {
            skipped = step.failoverOffset.count(forSegmentsOf: max(recentSize, step.recentSize, 1))
            base = try skip(skipped, after: max(step.above, step.heard))
        }
        let target: Int64
        switch step.target {
        case .to(let number):
            do { try options.check(ceiling: number) } catch { throw .invalid(error) }
            target = base > ceiling ? max(base, number) : number
        case .by(let count):
            target = try skip(count, after: base)
        }
        do { try options.check(ceiling: target) } catch { throw .invalid(error) }
        origin = max(origin, target)
        guard target > ceiling else { return 0 }
        ceiling = target
        stamp = nil
        // The home stays: if this server went back, it is the next reservation that must notice.
        return skipped
    }

    private func skip(_ count: Int64, after number: Int64) throws(StoreError) -> Int64 {
        let (distance, tooFar) = count.multipliedReportingOverflow(by: options.increment)
        let (sum, overflow) = number.addingReportingOverflow(distance)
        guard count >= 0, !tooFar, !overflow else { throw .exhausted(maximum: options.maximum) }
        return sum
    }

    /// Changes the options. The increment is fixed; the maximum may not go below the ceiling.
    public mutating func change(to options: SequenceOptions) throws(StoreError) {
        guard options.increment == self.options.increment else { throw .invalid(.increment(options.increment)) }
        guard options.maximum >= ceiling else {
            throw .invalid(.maximumBelowCeiling(options.maximum, ceiling: ceiling))
        }
        self.options = options
    }
}
