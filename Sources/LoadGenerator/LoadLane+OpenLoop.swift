import NIOCore

extension LoadLane {
    /// Sends the commands whose time has come, as far as connections are free, and wakes up for the next.
    ///
    /// What finds no free connection waits in the schedule, which takes no memory however far it falls behind.
    func sendWhatIsDue() {
        timer?.cancel()
        timer = nil
        let now = now
        while var schedule, budget > 0, schedule.due < end, schedule.due <= now, let connection = free.popFirst() {
            while budget > 0, schedule.due < end, schedule.due <= now, room(on: connection) > 0 {
                note(sending: schedule.due, at: now)
                append(to: connection, begin: schedule.due)
                schedule.advance()
            }
            self.schedule = schedule
            connection.send()
            if room(on: connection) > 0 { free.append(connection) } else { connection.isWaitingForRoom = true }
        }
        // Still none free: commands that become due before the next answer have to queue.
        if free.isEmpty { busyUntil = .max } else if busyUntil == .max { busyUntil = now }
        finishIfPossible()
        wakeUpForTheNext()
    }

    private func note(sending due: Int64, at now: Int64) {
        // All were busy until just now, or until some time after it was due.
        if busyUntil == .max || due <= busyUntil {
            result.queued += 1
        } else {
            result.generatorDelay.record(now - due)
        }
    }

    private func wakeUpForTheNext() {
        guard let due = schedule?.due, due < end, budget > 0, !free.isEmpty else { return }
        let deadline = NIODeadline.now() + .nanoseconds(max(0, due - now))
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.sendWhatIsDue() }
    }

    /// Commands that were due and for which no connection became free count with the time that they waited in vain.
    func countUnsent() {
        guard var schedule else { return }
        let now = now
        while budget > 0, schedule.due < min(end, now) {
            result.unsent += 1
            result.latency.record(now - schedule.due)
            budget -= 1
            schedule.advance()
        }
    }
}
