extension CPUProfile {
    /// The longest name of a frame in ``foldedStacks``, in bytes.
    private static let longestFrame = 512

    /// The most bytes of ``foldedStacks``, but for its first and last line.
    static let mostBytes = 32 << 20

    /// The profile as folded stacks, which speedscope, `flamegraph.pl` and `inferno` read: a line for each stack, of its
    /// frames with semicolons between them from the thread to the innermost function, a space, and the number of samples.
    ///
    /// The first line starts with `#` and tells the samples, those dropped, the times, and the hertz; readers pass over it.
    /// Semicolons and control characters in names are replaced, and names longer than 512 bytes cut. What exceeds 32 MB is
    /// left out, the rarest stacks first, and their samples stand in a last line.
    package var foldedStacks: [UInt8] { foldedStacks(mostBytes: Self.mostBytes) }

    func foldedStacks(mostBytes: Int) -> [UInt8] {
        var text = Array(header.utf8)
        let limit = text.count + mostBytes
        for (index, stack) in stacks.enumerated() {
            let start = text.count
            for (depth, frame) in stack.frames.enumerated() {
                if depth > 0 { text.append(UInt8(ascii: ";")) }
                Self.append(frame, to: &text)
            }
            text += " \(stack.count)\n".utf8
            guard text.count <= limit else {
                text.removeSubrange(start...)
                text += "(stacks left out) \(stacks[index...].reduce(0) { $0 + $1.count })\n".utf8
                break
            }
        }
        return text
    }

    /// It must not end in a number: that is a count to those who read the text.
    private var header: String {
        func text(_ duration: Duration) -> String { "\(Duration.microseconds(Int64(duration / .microseconds(1))))" }
        let perSample = timePerSample.map { ", \(text($0)) of processor time per sample" } ?? ""
        return "# CPU profile: \(samples) samples, \(dropped) dropped, in \(text(duration)), "
            + "\(text(processorTime)) of processor time\(perSample), asked for at \(hertz) Hz\n"
    }

    private static func append(_ frame: String, to text: inout [UInt8]) {
        let end = text.count + longestFrame
        for scalar in frame.unicodeScalars {
            switch scalar {
            case ";": text.append(UInt8(ascii: ","))
            case _ where scalar.properties.generalCategory == .control: text.append(UInt8(ascii: " "))
            case "\u{2028}", "\u{2029}": text.append(UInt8(ascii: " "))
            default: text += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
            guard text.count <= end else {
                text += "…".utf8
                return
            }
        }
    }
}
