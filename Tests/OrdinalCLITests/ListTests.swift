import ArgumentParser
import RESP
import Testing

@testable import OrdinalCLI

@Suite struct ListTests {
    /// A server with sequences `00000`, `00001` and so on.
    private static func server(_ count: Int, refusing: [String] = [], until limit: Int = .max) -> FakeServer {
        let advanced = Counter()
        return FakeServer { command in
            guard command[1] == "LIST" else {
                guard !refusing.contains(command[2]) else { return .error(ErrorReply("ERR the sequence is exhausted")) }
                return advanced.next() < limit ? .integer(1) : .error(ErrorReply("TRYAGAIN this node is stopping"))
            }
            let start = command[2] == "AFTER" ? (Int(command[3]) ?? 0) + 1 : 0
            let length = Int(command.last ?? "") ?? 0
            return .array((start..<max(start, min(count, start + length))).map { .sequence(name($0)) })
        }
    }

    private static func name(_ index: Int) -> String { String(String(100_000 + index).dropFirst()) }

    @Test func aTableStandsInColumns() async throws {
        let (commands, report) = try await ListCommand.report(
            [], answering: .array([.sequence("a", ceiling: 5), .sequence("long name\u{202E}", ceiling: 12_345)]))
        #expect(commands == [["ORDINAL", "LIST", "LIMIT", "100"]])
        #expect(
            report.lines == [
                "NAME               CEILING  INCREMENT              MAXIMUM  LIFE",
                "a                        5          1  4611686018427387903  0f",
                "long name\\u{202e}    12345          1  4611686018427387903  0f",
            ])
        #expect(report.notes == [])
        #expect(
            report.json.description.hasPrefix(
                #"{"after":null,"sequences":[{"ceiling":5,"increment":1,"life":"0f","maximum":4611686018427387903,"#))
    }

    @Test func moreThanThereIsRoomForIsSaid() async throws {
        let report = try await ListCommand.parse(["--limit", "3", "--after", "00006"]).report(
            from: Self.server(20).server)
        #expect(report.lines.count == 4)
        #expect(report.notes == ["there may be more: ordinal list --after '00009'"])
        #expect(report.json.description.hasPrefix(#"{"after":"00009","#))
    }

    @Test func longListsAreFetchedInPages() async throws {
        let fake = Self.server(25_000)
        let report = try await ListCommand.parse(["--limit", "30000"]).report(from: fake.server)
        #expect(report.lines.count == 25_001)
        #expect(await fake.commands.count == 3)
        #expect(await fake.commands[1] == ["ORDINAL", "LIST", "AFTER", "09999", "LIMIT", "10000"])
    }

    @Test func anEmptyStoreHasNoTable() async throws {
        let report = try await ListCommand.report([], answering: .array([])).report
        #expect(report.lines == [])
        #expect(report.json.description == #"{"after":null,"sequences":[]}"#)
    }

    @Test func allAreAdvancedOnce() async throws {
        let fake = Self.server(2_500)
        let report = try await AdvanceCommand.parse(["--all", "--by", "7", "--yes"]).report(from: fake.server)
        #expect(report.json.description == #"{"advanced":2500,"by":7}"#)
        let names = await fake.commands.filter { $0[1] == "ADVANCE" }.map { $0[2] }
        #expect(names == (0..<2_500).map(Self.name))
    }

    @Test func oneThatCannotBeAdvancedDoesNotStopTheOthers() async throws {
        let fake = Self.server(5, refusing: ["00001"])
        let command = try AdvanceCommand.parse(["--all", "--by", "7", "--yes"])
        let failure = await #expect(throws: Failure.self) { try await command.report(from: fake.server) }
        #expect(failure?.lines == ["4 sequences advanced by 7; these not:", "00001: the sequence is exhausted"])
        #expect(failure?.code == .error)
    }

    @Test func aRunThatStoppedHalfwaySaysHowToGoOn() async throws {
        let fake = Self.server(5, until: 3)
        let command = try AdvanceCommand.parse(["--all", "--by", "7", "--yes"])
        let failure = await #expect(throws: Failure.self) { try await command.report(from: fake.server) }
        #expect(
            failure?.lines == [
                "TRYAGAIN this node is stopping",
                "3 sequences were advanced; go on with: ordinal advance --all --by 7 --after '00002'",
            ])
        let rest = Self.server(5)
        _ = try await AdvanceCommand.parse(["--all", "--by", "7", "--yes", "--after", "00002"]).report(
            from: rest.server)
        #expect(await rest.commands.filter { $0[1] == "ADVANCE" }.map { $0[2] } == ["00003", "00004"])
    }
}
