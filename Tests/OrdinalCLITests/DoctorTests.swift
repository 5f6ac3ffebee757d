import Ordinal
import OrdinalServer
import Testing

@testable import OrdinalCLI

@Suite struct DoctorTests {
    private let checkup = Checkup([
        Finding(.ok, "clock", seen: "12:00", meaning: "nothing rests on it"),
        Finding(
            .danger, "disk", seen: "flush = 2", meaning: "the last second is lost", remedy: "set flush = 1",
            repeated: .atMostPerNode(1_000), lost: .beyond(5)),
        .notInspected("memory", because: "not allowed", remedy: "allow it"),
    ])

    @Test func peopleReadTheWorstFirst() {
        let lines = DoctorReport(checkup).report.lines
        #expect(lines[1] == "DANGER   disk     seen      flush = 2")
        #expect(lines[2] == "                  means     the last second is lost")
        #expect(lines[3].contains("up to 1000 numbers of a sequence for each node come twice"))
        #expect(lines[4] == "                  mend      set flush = 1")
        #expect(lines[5].hasPrefix("WARNING  memory"))
        #expect(lines.last == "1 danger, 1 warning, 0 notes, 1 ok; 1 could not be inspected")
    }

    @Test func programsReadOneDocument() {
        let text = DoctorReport(checkup).report.json.description
        #expect(
            text.hasPrefix(
                #"{"complete":false,"counts":{"danger":1,"note":0,"ok":1,"warning":1},"dangerous":true,"findings":[{"#))
        #expect(text.contains(#""repeated":{"bound":"at_most_per_node","numbers":1000}"#))
        #expect(text.contains(#""lost":{"bound":"beyond","numbers":5}"#))
        #expect(text.contains(#""inspected":false"#))
    }

    @Test func onlyTheWordIsColoured() {
        #expect(DoctorReport.coloured("DANGER   disk") == "\u{1B}[1;31mDANGER\u{1B}[0m   disk")
        #expect(DoctorReport.coloured("         means") == "         means")
    }
}
