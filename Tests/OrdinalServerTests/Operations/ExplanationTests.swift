import RESP
import TestSupport
import Testing

@testable import OrdinalServer

@Suite struct ExplanationTests {
    private func figures(_ dialogue: Dialogue, _ name: String) async throws -> [String] {
        let text = await dialogue.answers("ORDINAL EXPLAIN \(name) JSON\r\n")
        return text.split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// What stands behind a field; a number with its colon.
    private func value(_ field: String, in figures: [String]) throws -> String {
        let index = try #require(figures.firstIndex(of: field), "\(field) in \(figures)")
        let next = figures[index + 1]
        return next.hasPrefix("$") && next != "$-1" ? figures[index + 2] : next
    }

    @Test func itsFigures() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        let figures = try await figures(dialogue, "a")
        for (field, expected) in [
            ("name", "a"), ("increment", ":1"), ("maximum", ":4611686018427387903"), ("ceiling", ":1001"),
            ("next", ":2"), ("in_hand", ":1000"), ("at_risk", ":2000"), ("wait_seconds", "60"),
            ("numbers_left", ":4611686018427387902"), ("failover_offset", ":4000000"), ("store_available", ":1"),
            ("runway_asked_seconds", "60"),
        ] {
            #expect(try value(field, in: figures) == expected, "\(field)")
        }
    }

    /// Two numbers that were asked for at once are no rate; a second later there is one.
    @Test func noRateIsToldBeforeItWasObserved() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(await dialogue.answers("ORDINAL CREATE a\r\n") == "+OK\r\n")
        let unused = try await figures(dialogue, "a")
        #expect(try value("rate", in: unused) == "0")
        for field in ["runway_seconds", "seconds_left"] { #expect(try value(field, in: unused) == "$-1") }

        #expect(await dialogue.answers("INCR a\r\n") == ":1\r\n")
        let early = await dialogue.answers("ORDINAL EXPLAIN a\r\n")
        if try await value("rate", in: figures(dialogue, "a")) == "$-1" {
            #expect(early.contains("too few numbers taken to tell a rate") && !early.contains("numbers/s"))
        }
        try await eventually("there is a rate") {
            // The first is taken while the first segment comes, from which on the rate counts.
            _ = await dialogue.answers("INCR a\r\n")
            return try await value("rate", in: figures(dialogue, "a")) != "$-1"
        }
        let late = await dialogue.answers("ORDINAL EXPLAIN a\r\n")
        #expect(late.contains(" numbers/s those in hand last ") && late.contains("more than 1000 years"))
    }

    /// No more can be on their way than there are.
    @Test func theMaximumCapsWhatMayBeLost() async throws {
        let dialogue = Dialogue(try FrontUnderTest())
        #expect(await dialogue.answers("ORDINAL CREATE a MAX 500 INCREMENT 5\r\n") == "+OK\r\n")
        #expect(await dialogue.answers("ORDINAL EXPLAIN a\r\n").contains("0 in hand and 100 that may be on their way"))
        #expect(await dialogue.answers("INCR a\r\n").hasPrefix(":"))
        let reserved = await dialogue.answers("ORDINAL EXPLAIN a\r\n")
        #expect(reserved.contains("skips at most 99 numbers: 99 in hand and 0 that may be on their way"))
    }

    private static let times: [(seconds: Double, text: String)] = [
        (0.04, "0 seconds"), (1, "1 second"), (12.34, "12.3 seconds"), (99.9, "99.9 seconds"), (100, "1.7 minutes"),
        (3_600, "60 minutes"), (7_200, "2 hours"), (172_800, "2 days"), (86_400 * 729, "729 days"),
        (31_557_600 * 7.5, "7.5 years"), (31_557_600 * 999, "999 years"), (31_557_600 * 1_001, "more than 1000 years"),
        (.infinity, "more than 1000 years"),
    ]

    @Test(arguments: times)
    func timesAreInTheUnitThatPeopleWouldChoose(seconds: Double, text: String) {
        #expect("\(TimeText(seconds: seconds))" == text)
    }
}
