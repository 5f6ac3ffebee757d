import Foundation
import Testing

/// Every rule on: nothing that the contract covers breaks it, in whatever order it happens.
@Suite struct ModelTests {
    static let isLong = !(ProcessInfo.processInfo.environment["ORDINAL_LONG_TESTS"] ?? "").isEmpty

    @Test(arguments: isLong ? Bound.long : Bound.short)
    func everyStateKeepsTheContract(bound: Bound) {
        let report = explore(bound)
        print("\(bound): \(report.states) states, \(report.transitions) transitions, \(report.depth) steps at most")
        #expect(report.counterExample == nil, "\(story(of: report, bound))")
        #expect(report.states > 1_000)
    }
}

extension Bound {
    /// Some seconds under ThreadSanitizer.
    static let short = [Bound(nodes: 1, reservations: 2, events: 2), Bound(nodes: 2, reservations: 2, events: 1)]
    /// Some minutes.
    static let long = [
        Bound(nodes: 1, reservations: 3, events: 2), Bound(nodes: 2, reservations: 3, events: 1),
        Bound(nodes: 2, reservations: 2, events: 2),
    ]
}

extension Bound: CustomStringConvertible {
    var description: String {
        "\(nodes) nodes, \(reservations) reservations, \(events) events, \(depth) changes lost at most"
    }
}

func explore(_ bound: Bound, without rule: Rule? = nil) -> Checker<WorldModel>.Report {
    var checker = Checker(WorldModel(bound, without: rule), checksProgress: rule == nil)
    return checker.run()
}

/// A counter-example, step by step, with what came of each.
func story(of report: Checker<WorldModel>.Report, _ bound: Bound, without rule: Rule? = nil) -> String {
    guard let example = report.counterExample else { return "nothing is wrong" }
    let model = WorldModel(bound, without: rule)
    var world = model.initial
    world.tellsStory = true
    var lines: [String] = []
    for (number, step) in example.steps.enumerated() {
        world = model.take(step, from: world)
        lines.append("\(number + 1). \(step)" + world.notes.map { "; \($0)" }.joined())
    }
    return "\(example.violation), after \(example.steps.count) steps:\n" + lines.joined(separator: "\n")
}
