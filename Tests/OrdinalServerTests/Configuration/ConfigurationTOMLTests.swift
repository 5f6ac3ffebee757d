import Configuration
import ConfigurationTesting
import Testing

@testable import OrdinalServer

@Suite struct ConfigurationTOMLTests {
    /// What every provider must be able to answer.
    private static let compatibility = """
        string = "Hello"
        int = 42
        double = 3.14
        bool = true
        bytes = "bWFnaWM="
        stringy.array = ["Hello", "World"]
        inty.array = [42, 24]
        doubly.array = [3.14, 2.72]
        booly.array = [true, false]
        byteChunky.array = ["bWFnaWM=", "bWFnaWMy"]

        [other]
        string = "Other Hello"
        int = 24
        double = 2.72
        bool = false
        bytes = "bWFnaWMy"
        stringy.array = ["Hello", "Swift"]
        inty.array = [16, 32]
        doubly.array = [0.9, 1.8]
        booly.array = [false, true, true]
        byteChunky = { array = ["bWFnaWM=", "bWFnaWMy", "bWFnaWM="] }
        """

    @Test func itIsAProviderLikeAnyOther() async throws {
        let files = try ConfigurationFiles()
        let path = ConfigValue(.string(try files.write(Self.compatibility)), isSecret: false)
        let provider = try await FileProvider<TOMLSnapshot>(
            config: ConfigReader(provider: InMemoryProvider(values: ["filePath": path])))
        try await ProviderCompatTest(provider: provider).runTest()
    }

    private func snapshot(_ text: String) throws -> TOMLSnapshot {
        let bytes = Array(text.utf8)
        return try TOMLSnapshot(data: bytes.span.bytes, providerName: "TOML", parsingOptions: .default)
    }

    @Test func scalarsAnswerAsText() throws {
        let snapshot = try snapshot("a = 1_000\nb = true\nc = 1.5\nd = 'x'\ne = 0x10\n")
        for (key, text) in [("a", "1000"), ("b", "true"), ("c", "1.5"), ("d", "x"), ("e", "16")] {
            #expect(try snapshot.value(forKey: [key], type: .string).value?.content == .string(text))
        }
        #expect(throws: TOMLFileError.self) { try snapshot.value(forKey: "d", type: .int) }
    }

    @Test func tablesAndDotsAreTheSame() throws {
        for text in ["[a]\nb.c = 1", "a.b.c = 1", "a = { b = { c = 1 } }", "\"a.b.c\" = 1"] {
            #expect(try snapshot(text).values == ["a.b.c": .int(1)])
        }
        #expect(throws: TOMLFileError.self) { try snapshot("a.b = 1\n\"a.b\" = 2") }
    }

    @Test func anEmptyListIsOfEveryKind() throws {
        let snapshot = try snapshot("a = []")
        for type in [ConfigType.stringArray, .intArray, .doubleArray, .boolArray, .byteChunkArray] {
            #expect(try snapshot.value(forKey: "a", type: type).value != nil)
        }
    }

    @Test(arguments: ["a = 1979-05-27", "a = 07:32:00", "a = [1, 'x']", "a = [[1]]", "[[a]]\nb = 1", "a = 1\na = 2"])
    func whatHasNoMeaningIsRefused(text: String) {
        #expect(throws: TOMLFileError.self) { try snapshot(text) }
    }

    @Test func bytesThatAreNoTextAreRefused() {
        let notUTF8: [UInt8] = Array("a = '".utf8) + [0xFF] + Array("'".utf8)
        #expect(throws: TOMLFileError.self) {
            try TOMLSnapshot(data: notUTF8.span.bytes, providerName: "TOML", parsingOptions: .default)
        }
        #expect(throws: TOMLFileError.self) { try snapshot("a = 1\0\nb = 2") }
    }

    /// The parser would end the process.
    @Test(arguments: [
        "a = [}", "a = [1, }", "a = [1,\n # more\n }", "a = {b = [1, }", "a = [\"]\", }", "a = ['\\', }",
        "a = [\"\\\"\", }",
        "a = [\"\"\"]\"\"\", }",
    ])
    func aListThatABraceEndsIsRefused(text: String) throws {
        let error = #expect(throws: TOMLFileError.self) { try snapshot(text) }
        #expect("\(try #require(error))".contains("a list ends with }"))
    }

    @Test(arguments: [
        "a = \"[1, }\"", "a = '[1, }'", "a = \"\"\"\n[1, }\n\"\"\"", "a = '''[ }'''", "# [1, }\na = \"\"",
        "a = [\"}\", '}']",
        "a = \"\\\"[ }\"", "t = {a = [1]}\n",
    ])
    func bracesInTextsAreText(text: String) throws { _ = try snapshot(text) }
}
