package import Ordinal

/// What came of an inspection.
package struct Checkup: Sendable {
    /// Everything that was found, the worst first.
    package let findings: [Finding]

    package init(_ findings: [Finding]) {
        // Stable: what belongs together stays together.
        self.findings = Finding.Severity.allCases.reversed().flatMap { severity in
            findings.filter { $0.severity == severity }
        }
    }

    /// Whether numbers can come twice.
    package var isDangerous: Bool { findings.contains { $0.severity == .danger } }

    /// Whether everything could be looked at.
    package var isComplete: Bool { findings.allSatisfy(\.isInspected) }

    /// How many findings matter so much.
    package func count(of severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }
}
