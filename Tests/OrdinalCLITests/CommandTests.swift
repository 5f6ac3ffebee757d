import ArgumentParser
import Ordinal
import RESP
import Testing

@testable import OrdinalCLI

@Suite struct CommandTests {
    @Test func nextTakesNumbersOfAllRuns() async throws {
        let runs = RESPValue.array([
            .array([.integer(1), .integer(2), .integer(1)]), .array([.integer(11), .integer(3), .integer(5)]),
        ])
        let (commands, report) = try await NextCommand.report(["orders", "--count", "5"], answering: runs)
        #expect(commands == [["ORDINAL", "NEXT", "orders", "5"]])
        #expect(report.lines == ["1", "2", "11", "16", "21"])
        #expect(report.json.description == #"{"name":"orders","numbers":[1,2,11,16,21]}"#)
    }

    @Test(arguments: [
        RESPValue.null, .integer(1), .array([.integer(1)]), .array([.array([.integer(1), .integer(2)])]),
        .array([.array([.integer(1), .integer(0), .integer(1)])]),
        .array([.array([.integer(1), .integer(99), .integer(1)])]),
        .array([.array([.integer(.max), .integer(2), .integer(1)])]),
        .array([.array([.integer(1), .integer(3), .integer(.max)])]),
    ])
    func whatIsNoRunIsNotTaken(reply: RESPValue) async throws {
        #expect(try await NextCommand.failure(["orders", "--count", "5"], answering: reply)?.code == .error)
    }

    @Test func errorsOfTheServerLoseThePrefixForPrograms() async throws {
        func failure(_ text: String) async throws -> Failure? {
            try await ShowCommand.failure(["orders"], answering: .error(ErrorReply(text)))
        }
        #expect(
            try await failure("ERR no such sequence") == Failure("no such sequence", code: .notFound, isRefusal: true))
        #expect(try await failure("ERR syntax error") == Failure("syntax error", isRefusal: true))
        #expect(try await failure("NOAUTH log in first") == Failure("NOAUTH log in first"))
        #expect(try await failure("TRYAGAIN too busy") == Failure("TRYAGAIN too busy"))
    }

    @Test func showHasOneFormForAllSequences() async throws {
        let cold = RESPValue.map([("name", .text("orders")), ("ceiling", .integer(7)), ("live", .integer(0))])
        let (_, report) = try await ShowCommand.report(["orders"], answering: cold)
        #expect(report.lines.contains("name          orders"))
        #expect(report.lines.contains("live          no"))
        #expect(report.lines.contains("in_hand       -"))
        #expect(
            report.json.description
                == #"{"ceiling":7,"floor":null,"home":null,"in_hand":null,"increment":null,"issued":null,"#
                + #""life":null,"live":false,"maximum":null,"name":"orders","next":null,"origin":null,"rate":null,"#
                + #""runway":null,"segment_size":null,"waiting":null}"#)
        let live = RESPValue.map([
            ("live", .integer(1)), ("rate", .double(12.345)), ("runway", .double(60)), ("new", .integer(1)),
        ])
        let shown = try await ShowCommand.report(["orders"], answering: live).report
        #expect(shown.lines.contains("rate          12.3 numbers/s"))
        #expect(shown.lines.contains("runway        60.0 s"))
        #expect(shown.lines.last == "new           1")
        #expect(shown.json.description.contains(#""rate":12.345"#))
    }

    @Test func fieldsComeAsAMapOrAsAFlatArray() async throws {
        let flat = RESPValue.array([.text("name"), .text("orders"), .text("ceiling"), .integer(7)])
        let map = RESPValue.map([("name", .text("orders")), ("ceiling", .integer(7))])
        #expect(
            try await ShowCommand.report(["orders"], answering: flat).report
                == ShowCommand.report(["orders"], answering: map).report)
    }

    @Test func createSendsWhatWasGiven() async throws {
        let (commands, report) = try await CreateCommand.report(
            ["orders", "--start", "5", "--increment", "2"], answering: .simple("OK"))
        #expect(commands == [["ORDINAL", "CREATE", "orders", "START", "5", "INCREMENT", "2"]])
        #expect(report.json.description == #"{"created":true,"name":"orders"}"#)
    }

    @Test func setSaysWhetherItSet() async throws {
        let forced = try await SetCommand.report(["orders", "7", "--force"], answering: .simple("OK"))
        #expect(forced.commands == [["SET", "orders", "7", "FORCE"]])
        #expect(forced.report.json.description == #"{"name":"orders","set":true}"#)
        let left = try await SetCommand.report(["orders", "7", "--if-missing"], answering: .null)
        #expect(left.commands == [["SET", "orders", "7", "NX"]])
        #expect(left.report.json.description == #"{"name":"orders","set":false}"#)
    }

    @Test func deletingNothingIsNotFound() async throws {
        #expect(try await DeleteCommand.failure(["orders"], answering: .integer(0))?.code == .notFound)
        #expect(
            try await DeleteCommand.report(["orders"], answering: .integer(1)).report.json.description
                == #"{"deleted":true,"name":"orders"}"#)
    }

    @Test func changeAndAdvanceSendWhatWasGiven() async throws {
        #expect(
            try await ChangeCommand.report(["orders", "--max", "9"], answering: .simple("OK")).commands
                == [["ORDINAL", "CHANGE", "orders", "MAX", "9"]])
        let (commands, report) = try await AdvanceCommand.report(["orders", "--to", "9"], answering: .integer(1_009))
        #expect(commands == [["ORDINAL", "ADVANCE", "orders", "TO", "9"]])
        #expect(report.json.description == #"{"ceiling":1009,"name":"orders"}"#)
    }

    @Test func advancingToANumberPromisesNoMoreThanThat() async throws {
        let to = try await AdvanceCommand.report(["orders", "--to", "9"], answering: .integer(1_009)).report
        #expect(to.lines == ["no number up to 9 comes any more (the ceiling is 1009)"])
        let by = try await AdvanceCommand.report(["orders", "--by", "9"], answering: .integer(1_009)).report
        #expect(by.lines == ["the ceiling is 1009: numbers go on after it"])
    }

    @Test func explainShowsTheLinesOfTheServer() async throws {
        let (commands, report) = try await ExplainCommand.report(
            ["orders"], answering: .array([.text("one"), .text("two\n\u{1B}")]))
        #expect(commands == [["ORDINAL", "EXPLAIN", "orders"]])
        #expect(report.lines == ["one", "two\\n\\u{1b}"])
        let figures = RESPValue.map([
            ("name", .text("orders")), ("next", .null), ("rate", .double(0.25)), ("store_available", .bool(true)),
            ("explanation", .array([.text("one")])),
        ])
        let told = try await ExplainCommand.report(["orders", "--json"], answering: figures)
        #expect(told.commands == [["ORDINAL", "EXPLAIN", "orders", "JSON"]])
        #expect(
            told.report.json.description
                == #"{"explanation":["one"],"name":"orders","next":null,"rate":0.25,"store_available":true}"#)
    }

    @Test func aRefusedSetNamesTheFlagsOfTheProgram() async throws {
        let refusal = SequencerError.wouldGoBack(requested: 1, known: 6)
        let failure = try await SetCommand.failure(["orders", "1"], answering: .error(ErrorReply("ERR \(refusal)")))
        #expect(
            failure?.lines == [
                "1 is below 6: numbers up to there may be in use already; --if-missing leaves an existing sequence as it "
                    + "is, --force begins a new life at 1"
            ])
    }

    @Test func anotherServerIsNotTakenForOrdinal() async throws {
        let reply = RESPValue.error(ErrorReply("ERR unknown command 'ORDINAL', with args beginning with: 'SHOW' 'a'"))
        #expect(
            try await ShowCommand.failure(["orders"], answering: reply)
                == Failure("127.0.0.1:6389 is not Ordinal: it does not know ORDINAL"))
    }

    @Test func aBackupIsWrittenWhereTheClientStands() async throws {
        let (commands, report) = try await BackupCommand.report(["copy.db"], answering: .simple("OK"))
        let path = try #require(commands.first?.last)
        #expect(path.hasPrefix("/") && path.hasSuffix("/copy.db"))
        #expect(report.json == ["file": .string(path)])
        #expect(
            try await BackupCommand.report(["/a/b"], answering: .simple("OK")).commands == [
                ["ORDINAL", "BACKUP", "/a/b"]
            ])
    }

    @Test func namesReachTheServerAsTheyAre() async throws {
        for name in ["caf\u{E9}", "cafe\u{301}", "user:id", "😀", "x' OR 1", " "] {
            let fake = FakeServer { _ in .array([]) }
            _ = try await NextCommand.parse([name]).report(from: fake.server)
            #expect(await fake.commands.first?[2].utf8.elementsEqual(name.utf8) == true)
        }
    }
}
