import Testing

@testable import Profiler

@Suite struct FoldedStacksTests {
    private func profile(_ stacks: [CPUProfile.Stack]) -> CPUProfile {
        CPUProfile(
            stacks: stacks, samples: stacks.reduce(0) { $0 + $1.count }, dropped: 5, duration: .seconds(2),
            processorTime: .seconds(3), hertz: 99)
    }

    private func lines(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func aLineForEachStack() {
        let text = profile([
            .init(frames: ["loop", "a.b() -> ()", "c"], count: 7),
            .init(frames: ["x;y", "new\nline\r", "\u{2028}é"], count: 1),
        ])
        #expect(
            lines(text.foldedStacks) == [
                "# CPU profile: 8 samples, 5 dropped, in 2.0 seconds, 3.0 seconds of processor time, "
                    + "0.230769 seconds of processor time per sample, asked for at 99 Hz",
                "loop;a.b() -> ();c 7", "x,y;new line ; é 1", "",
            ])
        let none = CPUProfile(
            stacks: [], samples: 0, dropped: 0, duration: .seconds(1), processorTime: .zero, hertz: 1)
        #expect(none.timePerSample == nil && lines(none.foldedStacks).count == 2)
    }

    @Test func longNamesAreCut() {
        let text = lines(profile([.init(frames: [String(repeating: "é", count: 5000), "b"], count: 3)]).foldedStacks)
        #expect(text[1].utf8.count < 540 && text[1].hasSuffix("…;b 3"))
    }

    @Test func whatIsTooMuchIsLeftOut() {
        let stacks = (0..<100).map { CPUProfile.Stack(frames: ["thread", "function \($0)"], count: 100 - $0) }
        let text = lines(profile(stacks).foldedStacks(mostBytes: 1000))
        let left = (text.count - 3)
        #expect(left > 10 && left < 100)
        let counts = text[1..<(text.count - 1)].compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(counts.reduce(0, +) == 5050)
        #expect(text[text.count - 2].hasPrefix("(stacks left out) "))
    }

    @Test func samplesAreReadToTheirEnd() {
        let thread: UInt64 = 7 << 32
        let words: [UInt64] = [thread | 2, 10, 20, thread | 1, 10, thread | 2, 10, 20]
        let samples = RawSamples(words)
        #expect(samples.count == 3)
        #expect(samples.counts[RawStack(thread: 7, addresses: [10, 20])] == 2)
        #expect(RawStack(thread: 7, addresses: [10, 20, 0]).codeAddresses == [10, 19, .max])
        for count in 0..<words.count { #expect(RawSamples(words.prefix(count)).count <= 2) }
        #expect(RawSamples(words + [0, 0, 0]).count == 3)
        #expect(RawSamples([thread, 1, 2]).count == 0)
        #expect(RawSamples([UInt64.max, 1, 2]).count == 0)
        #expect(RawSamples([UInt64]()).count == 0)
    }
}
