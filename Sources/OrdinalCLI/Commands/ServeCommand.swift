import ArgumentParser
import FoundationEssentials
import Logging
import OrdinalServer
import ServiceLifecycle
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a server.",
        discussion: """
            SIGTERM and SIGINT stop it: replies under way are sent, numbers not handed out are given back. SIGHUP reads \
            the configuration again: passwords, TLS files, log level; and opens the log file anew.
            """)

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        // From here on, so that one during the start ends nothing.
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        let loaded = try await options.load()
        do {
            let output = try LogOutput(loaded.configuration.log)
            let format = loaded.configuration.log.format
            let logger = Logger(label: "ordinal") { label in
                switch format {
                case .text: TextLogHandler(label: label, output: output)
                case .json: JSONLogHandler(output: output)
                }
            }
            for warning in loaded.warnings { logger.warning("\(warning)") }
            let server = try OrdinalServer(
                configuration: loaded.configuration, logger: logger, logOutput: output,
                serviceManager: ServiceManager(environment: ProcessInfo.processInfo.environment))
            if let warning = OpenFileLimit.raise(for: loaded.configuration) { logger.warning("\(warning)") }
            let reloader = Reloader(at: hangUps, loaded, server: server, output: output, logger: logger)
            let group = ServiceGroup(
                services: [reloader, server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            try await group.run()
        } catch let error as StartError {
            throw Failure("\(error)")
        } catch let error as LogFileError {
            throw Failure("\(error)")
        }
    }
}
