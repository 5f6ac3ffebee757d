import Foundation
import Glibc
import SystemSupport
import Testing

@Suite struct SecretFileTests {
    private func read(_ bytes: [UInt8]) throws -> String {
        let path = "\(NSTemporaryDirectory())/ordinal-secret-\(UUID().uuidString)"
        defer { unlink(path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try SecretFile.read(path)
    }

    @Test(arguments: [
        ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\n\n", "secret"),
        (" se cret ", " se cret "), ("a\nb\n", "a\nb"),
    ])
    func theEndOfTheLineIsNoPartOfIt(contents: String, password: String) throws {
        #expect(try read(Array(contents.utf8)) == password)
    }

    @Test func asLongAsItMayBe() throws {
        #expect(try read(Array(repeating: 65, count: 4_096)).utf8.count == 4_096)
    }

    @Test(
        arguments: [
            ([], "empty"), ([10, 13, 10], "empty"), ([0xFF], "UTF-8"), ([65, 0], "zero"),
            (Array(repeating: 65, count: 4_097), "longer than 4096 bytes"),
        ] as [([UInt8], String)])
    func whatIsNone(contents: [UInt8], mention: String) {
        #expect { try read(contents) } throws: { "\($0)".contains(mention) }
    }

    @Test func noFileAtAll() {
        #expect { try SecretFile.read("/nowhere/password") } throws: {
            "\($0)" == "the password file /nowhere/password cannot be opened (No such file or directory): "
                + "check path and permissions"
        }
        #expect { try SecretFile.read("/") } throws: { "\($0)".contains("ordinary file") }
    }
}
