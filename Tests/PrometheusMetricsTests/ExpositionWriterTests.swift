import Testing

@testable import PrometheusMetrics

@Suite struct ExpositionWriterTests {
    private func written(_ write: (inout ExpositionWriter) -> Void) -> (text: String, leftOut: Int) {
        var writer = ExpositionWriter()
        write(&writer)
        let leftOut = writer.samplesLeftOut
        return (String(decoding: writer.finish(), as: UTF8.self), leftOut)
    }

    @Test func familiesAreWrittenOnceWithAllTheirSamples() {
        let (text, leftOut) = written { writer in
            writer.gauge("b", 1, labels: [("of", "x")], help: "Second.")
            writer.counter("a_total", 2, help: "First.")
            writer.gauge("b", 2.5, labels: [("of", "y")], help: "Another text.")
        }
        #expect(
            text == """
                # HELP a_total First.
                # TYPE a_total counter
                a_total 2
                # HELP b Second.
                # TYPE b gauge
                b{of="x"} 1
                b{of="y"} 2.5

                """)
        #expect(leftOut == 0)
    }

    @Test func nothingIsNothing() {
        #expect(written { _ in }.text == "")
    }

    @Test func histogramsAreCumulative() {
        let (text, _) = written { writer in
            let value = HistogramValue(bounds: [1e-5, 0.5, 10], counts: [1, 2, 0, 4], sum: 71.25)
            writer.histogram("h", value, labels: [("route", "/a")], help: "")
            writer.histogram("h", HistogramValue(bounds: [], counts: [3], sum: 2), help: "")
        }
        #expect(
            text == """
                # TYPE h histogram
                h_bucket{route="/a",le="1e-05"} 1
                h_bucket{route="/a",le="0.5"} 3
                h_bucket{route="/a",le="10"} 3
                h_bucket{route="/a",le="+Inf"} 7
                h_sum{route="/a"} 71.25
                h_count{route="/a"} 7
                h_bucket{le="+Inf"} 3
                h_sum 2
                h_count 3

                """)
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (0, "0"), (-0.0, "0"), (1, "1"), (0.1, "0.1"),
        (1e-5, "1e-05"), (9_007_199_254_740_992, "9007199254740992"), (1e300, "1e+300"), (-2.5, "-2.5"),
        (.leastNonzeroMagnitude, "5e-324"), (1e18, "1000000000000000000"), (9.3e18, "9.3e+18"),
    ])
    func doublesAreWrittenAsPrometheusHasThem(_ value: Double, _ text: String) {
        #expect(written { $0.gauge("g", value, help: "") }.text == "# TYPE g gauge\ng \(text)\n")
    }

    @Test(arguments: [Int64.max, .min, 0, (1 << 53) + 1])
    func integersAreExact(_ value: Int64) {
        #expect(written { $0.gauge("g", value, help: "") }.text.hasSuffix("\ng \(value)\n"))
        #expect(written { $0.counter("g", UInt64.max, help: "") }.text.hasSuffix("\ng 18446744073709551615\n"))
    }

    @Test(arguments: [
        ("plain", "plain"), ("a\"b", "a\\\"b"), ("a\\", "a\\\\"), ("a\nb", "a\\nb"), ("\\n", "\\\\n"),
        ("\u{0}", "\u{0}"), ("{},= #\t\r", "{},= #\t\r"), ("é🙂\u{85}", "é🙂\u{85}"),
        (String(decoding: [0x61, 0xFF, 0x62] as [UInt8], as: UTF8.self), "a\u{FFFD}b"),
    ])
    func valuesOfLabelsAreEscaped(_ value: String, _ text: String) {
        let line = "g{l=\"\(text)\"} 1"
        #expect(written { $0.gauge("g", 1, labels: [("l", value)], help: "") }.text == "# TYPE g gauge\n\(line)\n")
    }

    @Test func helpTextsAreEscaped() {
        let (text, _) = written { $0.gauge("g", 1, help: "a\\b\n# TYPE g counter \"\u{0}\"") }
        #expect(text == "# HELP g a\\\\b\\n# TYPE g counter \"\u{0}\"\n# TYPE g gauge\ng 1\n")
    }

    @Test func labelsAreInOrderAndEachThereOnce() {
        let (text, leftOut) = written { writer in
            writer.gauge("g", 1, labels: [("b", "1"), ("a.", "2"), ("none", ""), ("a-", "3")], help: "")
            writer.gauge("g", 2, labels: [("a_", "2"), ("b", "1")], help: "")
            writer.gauge("g", 3, labels: [("empty", "")], help: "")
            writer.gauge("g", 4, help: "")
        }
        #expect(text == "# TYPE g gauge\ng{a_=\"2\",b=\"1\"} 1\ng 3\n")
        #expect(leftOut == 2)
    }

    @Test func longValuesOfLabelsAreCut() throws {
        let long = String(repeating: "é", count: 100_000) + "\""
        let (text, _) = written { $0.gauge("g", 1, labels: [("l", "x" + long)], help: "") }
        #expect(text.utf8.count < 1100)
        #expect(text.hasSuffix("é\u{FFFD}\"} 1\n"))
        let (exact, _) = written { $0.gauge("g", 1, labels: [("l", String(repeating: "\"", count: 1024))], help: "") }
        #expect(exact.utf8.count { $0 == UInt8(ascii: "\\") } == 1024)
    }

    @Test func aFamilyKeepsItsType() {
        let (text, leftOut) = written { writer in
            writer.gauge("g", 1, help: "")
            writer.counter("g", 2, labels: [("a", "b")], help: "")
            writer.histogram("g", HistogramValue(bounds: [], counts: [1], sum: 1), help: "")
        }
        #expect(text == "# TYPE g gauge\ng 1\n")
        #expect(leftOut == 2)
    }

    @Test(arguments: ["h_count", "h_sum", "h_bucket"])
    func theNamesOfAHistogramBelongToIt(_ name: String) {
        let value = HistogramValue(bounds: [], counts: [1], sum: 1)
        let after = written { writer in
            writer.histogram("h", value, help: "")
            writer.counter(name, 2, help: "")
        }
        #expect(after.text.contains("# TYPE h histogram") && !after.text.contains("counter"))
        #expect(after.leftOut == 1)
        let before = written { writer in
            writer.counter(name, 2, help: "")
            writer.histogram("h", value, help: "")
        }
        #expect(before.text == "# TYPE \(name) counter\n\(name) 2\n")
        #expect(before.leftOut == 1)
    }

    @Test(arguments: [
        HistogramValue(bounds: [1], counts: [1], sum: 0), HistogramValue(bounds: [2, 1], counts: [1, 1, 1], sum: 0),
        HistogramValue(bounds: [1, 1], counts: [1, 1, 1], sum: 0), HistogramValue(bounds: [], counts: [], sum: 0),
        HistogramValue(bounds: [.nan], counts: [1, 1], sum: 0), HistogramValue(bounds: [1], counts: [1, -1], sum: 0),
        HistogramValue(bounds: [.infinity], counts: [1, 1], sum: 0),
    ])
    func histogramsWhosePartsDoNotFitAreLeftOut(_ value: HistogramValue) {
        let (text, leftOut) = written { $0.histogram("h", value, help: "") }
        #expect(text == "" && leftOut == 1)
    }
}
