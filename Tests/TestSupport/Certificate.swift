import ChildProcesses

/// Makes a key and a certificate that is signed by itself.
///
/// - Parameters:
///   - name: Whom the certificate names.
///   - host: What it is good for, as OpenSSL writes it.
///   - file: How the files begin, `.key` and `.crt`, if not with the name.
package func makeCertificate(
    _ name: String, for host: String = "DNS:localhost", in directory: TemporaryDirectory, file: String? = nil
) async throws {
    let path = directory.file(file ?? name)
    try await ChildProcess.run(
        "openssl",
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-keyout", path + ".key", "-out", path + ".crt", "-subj", "/CN=\(name)",
            "-addext", "subjectAltName=\(host)",
        ], log: directory.file("openssl.log"))
}
