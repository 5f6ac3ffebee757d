import Ordinal
import RESP

extension Explanation {
    /// One value of an explanation for programs.
    enum Figure: Sendable {
        case text(String?)
        /// A number, or a count of numbers, which may exceed what a double holds.
        case number(Int64?)
        /// Something measured.
        case measure(Double?)
        case flag(Bool)
    }

    /// Everything that programs are told beside the name, in the order in which it is told.
    var figures: [(name: StaticString, value: Figure)] {
        [
            ("life", .text("\(subject.life)")), ("increment", .number(subject.options.increment)),
            ("maximum", .number(subject.options.maximum)), ("ceiling", .number(subject.ceiling)),
            ("next", .number(next)), ("in_hand", .number(inHand)), ("at_risk", .number(atRisk)),
            ("rate", .measure(rate)), ("runway_seconds", .measure(runway)),
            ("runway_asked_seconds", .measure(runwayAsked / .seconds(1))),
            ("wait_seconds", .measure(wait / .seconds(1))),
            ("numbers_left", .number(numbersLeft)), ("seconds_left", .measure(secondsLeft)),
            ("failover_offset", .number(failoverOffset)), ("store", .text(store.label)),
            ("home", .text(store.status.map { "\($0.home)" })), ("store_available", .flag(store.status != nil)),
        ]
    }

    /// The explanation as a map of the Redis protocol.
    var reply: RESPValue {
        let values = figures.map { ("\($0.name)", $0.value.reply) }
        return .pairs(
            [("name", .bulk(subject.name.bytes))] + values + [("explanation", .array(lines.map { .text($0) }))])
    }

    /// Writes the explanation as the members of an object.
    func write(to json: inout JSONText, _ form: NumberForm) {
        json.member("name", subject.name.description)
        for (name, value) in figures {
            switch value {
            case .text(let text): json.member(name, text)
            case .number(let number): form.member(name, number, in: &json)
            case .measure(let value): json.member(name, value)
            case .flag(let isTrue): json.member(name, isTrue)
            }
        }
        json.array("explanation", lines) { $0.write($1) }
    }
}

extension Explanation.Store {
    /// The state of the store; nil: it is away.
    var status: StoreStatus? {
        if case .there(let status) = state { status } else { nil }
    }
}

extension Explanation.Figure {
    fileprivate var reply: RESPValue {
        switch self {
        case .text(let text): text.map { .text($0) } ?? .null
        case .number(let number): number.map { .integer($0) } ?? .null
        case .measure(let value): value.map { .double($0) } ?? .null
        case .flag(let isTrue): .bool(isTrue)
        }
    }
}
