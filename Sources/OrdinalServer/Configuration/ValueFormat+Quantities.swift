extension ValueFormat where Value: FixedWidthInteger & Sendable {
    /// A whole number, in which `_` may separate digits.
    static func integer(_ range: ClosedRange<Value>) -> ValueFormat {
        ValueFormat("a whole number from \(grouped(range.lowerBound)) to \(grouped(range.upperBound))") {
            (text) throws(WrongValue) in
            guard let value = Value(digits(text)), range.contains(value) else { throw WrongValue() }
            return value
        } write: {
            grouped($0)
        }
    }
}

extension ValueFormat where Value == Int {
    /// A number of bytes, with or without a unit.
    static func size(_ range: ClosedRange<Int>) -> ValueFormat {
        let bounds = "from \(sizeText(range.lowerBound)) to \(sizeText(range.upperBound))"
        return ValueFormat("a size such as 65536 or 64KiB, \(bounds)") { (text) throws(WrongValue) in
            let unit = sizeUnits.first { text.hasSuffix($0.name) } ?? ("", 1)
            guard let count = Int(digits(text.dropLast(unit.name.count))) else { throw WrongValue() }
            let (value, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
            guard !overflow, range.contains(value) else { throw WrongValue() }
            return value
        } write: {
            sizeText($0)
        }
    }
}

extension ValueFormat where Value == Duration {
    /// A whole number with a unit.
    static func duration(_ range: ClosedRange<Duration>) -> ValueFormat {
        ValueFormat(durationForm(range)) { (text) throws(WrongValue) in
            guard let value = parseDuration(text), range.contains(value) else { throw WrongValue() }
            return value
        } write: {
            durationText($0)
        }
    }
}

extension ValueFormat where Value == Duration? {
    /// A whole number with a unit, or 0 for nothing.
    static func durationOrNever(_ range: ClosedRange<Duration>) -> ValueFormat {
        ValueFormat(durationForm(range) + ", or 0 for never") { (text) throws(WrongValue) in
            if text == "0" { return nil }
            guard let value = parseDuration(text), range.contains(value) else { throw WrongValue() }
            return value
        } write: {
            $0.map(durationText) ?? "0"
        }
    }
}

private let sizeUnits: [(name: String, bytes: Int)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]

/// The units of a duration, in milliseconds. `ms` comes before `m` and `s`, which it ends with.
private let durationUnits: [(name: String, milliseconds: Int64)] = [
    ("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
]

/// The digits of a number without the `_` between them; nothing if anything else is there.
private func digits(_ text: some StringProtocol) -> String {
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    let areDigits = groups.allSatisfy {
        !$0.isEmpty && $0.utf8.allSatisfy((UInt8(ascii: "0")...UInt8(ascii: "9")).contains)
    }
    return areDigits ? groups.joined() : ""
}

private func parseDuration(_ text: String) -> Duration? {
    guard let unit = durationUnits.first(where: { text.hasSuffix($0.name) }),
        let count = Int64(digits(text.dropLast(unit.name.count)))
    else { return nil }
    let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
    return overflow ? nil : .milliseconds(milliseconds)
}

private func durationForm(_ range: ClosedRange<Duration>) -> String {
    let bounds = "from \(durationText(range.lowerBound)) to \(durationText(range.upperBound))"
    return "a duration such as 500ms, 5s, 10m or 1h, \(bounds)"
}

/// A duration in the largest unit that it is a whole number of.
private func durationText(_ duration: Duration) -> String {
    let milliseconds = duration.components.seconds * 1_000 + duration.components.attoseconds / 1_000_000_000_000_000
    let units = durationUnits.sorted { $0.milliseconds > $1.milliseconds }
    let unit = units.first { milliseconds % $0.milliseconds == 0 } ?? ("ms", 1)
    return "\(milliseconds / unit.milliseconds)\(unit.name)"
}

private func sizeText(_ bytes: Int) -> String {
    guard bytes > 0, let unit = sizeUnits.first(where: { bytes % $0.bytes == 0 }) else { return "\(bytes)" }
    return "\(bytes / unit.bytes)\(unit.name)"
}

/// A number as people read it: `100_000_000`; four digits need no separator.
private func grouped(_ value: some FixedWidthInteger) -> String {
    let digits = Array(String(value))
    guard digits.count > 4, value > 0 else { return String(digits) }
    return digits.enumerated().reduce(into: "") { text, digit in
        if digit.offset > 0, (digits.count - digit.offset) % 3 == 0 { text.append("_") }
        text.append(digit.element)
    }
}
