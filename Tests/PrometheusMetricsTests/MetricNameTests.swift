import Testing

@testable import PrometheusMetrics

@Suite struct MetricNameTests {
    @Test(arguments: [
        ("http.server-requests", "http_server_requests"), ("a:b", "a:b"), ("2xx", "_2xx"), ("", "_"), ("é", "_"),
        ("a\u{0}b\nc\"d", "a_b_c_d"), ("Ab9_", "Ab9_"), ("@[`{", "____"), ("e\u{301}", "e_"), ("🙂x", "_x"),
    ])
    func namesOfFamiliesAreMadeValid(_ text: String, _ name: String) {
        #expect(MetricName.family(text) == name)
    }

    @Test(arguments: [
        ("a.b", "a_b"), ("a:b", "a_b"), ("9", "_9"), ("", "_"), ("__name__", "_name__"), ("____", "_"),
        ("_a", "_a"), ("le", "exported_le"), ("less", "less"),
    ])
    func namesOfLabelsAreMadeValid(_ text: String, _ name: String) {
        #expect(MetricName.label(text) == name)
    }

    @Test(arguments: [
        ("a", "a_total"), ("a.total", "a_total"), ("a_total", "a_total"), ("atotal", "atotal_total"), ("", "__total"),
    ])
    func suffixesAreAddedOnce(_ text: String, _ name: String) {
        #expect(MetricName.family(text, suffix: "_total") == name)
    }
}
