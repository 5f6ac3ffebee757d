import Ordinal
import PrometheusMetrics
import Tracing

/// A store whose calls are counted, timed and traced, and otherwise the store that it stands for.
struct MeasuredStore: SequenceStore {
    let base: any SequenceStore
    private let calls: [Call: Meter]
    private let isTraced = RequestTracing.isOn

    private enum Call: String, CaseIterable {
        case status, create, find, reserve, release, advance, change, restart, delete, list, changes
    }

    private struct Meter: Sendable {
        let ok: PrometheusCounter
        let failed: PrometheusCounter
        let duration: PrometheusHistogram

        init(_ call: Call, _ registry: PrometheusRegistry) {
            func counter(_ outcome: String) -> PrometheusCounter {
                registry.counter(
                    "ordinal_store_calls_total", labels: [("call", call.rawValue), ("outcome", outcome)],
                    help: "Calls of the store.")
            }
            (ok, failed) = (counter("ok"), counter("error"))
            duration = registry.histogram(
                "ordinal_store_call_duration_seconds", labels: [("call", call.rawValue)],
                help: "How long calls of the store took.")
        }
    }

    init(_ base: any SequenceStore, _ registry: PrometheusRegistry) {
        self.base = base
        calls = Dictionary(uniqueKeysWithValues: Call.allCases.map { ($0, Meter($0, registry)) })
    }

    private func measuring<Answer: Sendable>(
        _ call: Call, _ body: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        guard isTraced else { return try await timing(call, body) }
        let result = await withSpan("store \(call.rawValue)", ofKind: .client) { span -> Result<Answer, StoreError> in
            do throws(StoreError) { return .success(try await timing(call, body)) } catch {
                span.setStatus(SpanStatus(code: .error, message: "\(error)"))
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func timing<Answer>(
        _ call: Call, _ body: () async throws(StoreError) -> Answer
    ) async throws(StoreError) -> Answer {
        guard let meter = calls[call] else { preconditionFailure("every call has a meter") }
        let begin = ContinuousClock.now
        defer { meter.duration.record(begin.duration(to: .now) / .seconds(1)) }
        do {
            let answer = try await body()
            meter.ok.increment()
            return answer
        } catch {
            meter.failed.increment()
            throw error
        }
    }

    // MARK: - SequenceStore

    var label: String { base.label }

    func prepare() async throws(StorePreparationError) { try await base.prepare() }
    func close() async { await base.close() }

    func status() async throws(StoreError) -> StoreStatus {
        try await measuring(.status) { () async throws(StoreError) in try await base.status() }
    }

    func create(
        _ name: SequenceName, life: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await measuring(.create) { () async throws(StoreError) in
            try await base.create(name, life: life, at: ceiling, options: options)
        }
    }

    func find(_ name: SequenceName, known: Life?) async throws(StoreError) -> SequenceEntry {
        try await measuring(.find) { () async throws(StoreError) in try await base.find(name, known: known) }
    }

    func reserve(_ reservation: Reservation) async throws(StoreError) -> Reserved {
        try await measuring(.reserve) { () async throws(StoreError) in try await base.reserve(reservation) }
    }

    func release(_ segment: Segment, of name: SequenceName) async throws(StoreError) -> Bool {
        try await measuring(.release) { () async throws(StoreError) in try await base.release(segment, of: name) }
    }

    func advance(_ name: SequenceName, life: Life, by step: Advance) async throws(StoreError) -> Advanced {
        try await measuring(.advance) { () async throws(StoreError) in
            try await base.advance(name, life: life, by: step)
        }
    }

    func change(
        _ name: SequenceName, life: Life, to options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await measuring(.change) { () async throws(StoreError) in
            try await base.change(name, life: life, to: options)
        }
    }

    func restart(
        _ name: SequenceName, from: Life, to: Life, at ceiling: Int64, options: SequenceOptions
    ) async throws(StoreError) -> SequenceRecord {
        try await measuring(.restart) { () async throws(StoreError) in
            try await base.restart(name, from: from, to: to, at: ceiling, options: options)
        }
    }

    func delete(_ name: SequenceName, life: Life) async throws(StoreError) -> Bool {
        try await measuring(.delete) { () async throws(StoreError) in try await base.delete(name, life: life) }
    }

    func list(after name: SequenceName?, limit: Int) async throws(StoreError) -> [SequenceRecord] {
        try await measuring(.list) { () async throws(StoreError) in try await base.list(after: name, limit: limit) }
    }

    func changes(since mark: ChangeMark?) async throws(StoreError) -> Changes {
        try await measuring(.changes) { () async throws(StoreError) in try await base.changes(since: mark) }
    }
}
