import Logging
import OrdinalServer
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at every SIGHUP, and opens the log file anew.
struct Reloader: Service, CustomStringConvertible {
    /// The service group writes down what its services look like, which must not be all that they hold.
    let description = "Reloader"

    private let hangUps: UnixSignalsSequence
    private let loaded: LoadedConfiguration
    private let server: OrdinalServer
    private let output: LogOutput
    private let logger: Logger

    init(
        at hangUps: UnixSignalsSequence, _ loaded: LoadedConfiguration, server: OrdinalServer, output: LogOutput,
        logger: Logger
    ) {
        self.hangUps = hangUps
        self.loaded = loaded
        self.server = server
        self.output = output
        self.logger = logger
    }

    func run() async throws {
        var loaded = loaded
        for await _ in hangUps.cancelOnGracefulShutdown() {
            loaded = await reload(loaded)
        }
    }

    /// Applies what can be changed; a configuration with any problem changes nothing.
    private func reload(_ loaded: LoadedConfiguration) async -> LoadedConfiguration {
        do { try output.reopen() } catch { logger.error("\(error)") }
        do throws(ConfigurationError) {
            let reload = try await loaded.reloaded()
            for warning in reload.loaded.warnings { logger.warning("\(warning)") }
            let level = reload.loaded.configuration.log.level
            // What comes of the change is told even if such things are not told from now on.
            output.level = min(level, .notice)
            defer { output.level = level }
            server.reload(reload.loaded.configuration)
            tellChanges(reload)
            if !reload.needingRestart.isEmpty {
                let keys = reload.needingRestart.joined(separator: " ")
                logger.warning("restart the server for these keys to change", metadata: ["keys": "\(keys)"])
            }
            return reload.loaded
        } catch {
            for problem in error.problems { logger.error("configuration not changed: \(problem)") }
            return loaded
        }
    }

    private func tellChanges(_ reload: ConfigurationReload) {
        let configuration = reload.loaded.configuration
        if !reload.changed.isEmpty {
            logger.notice("configuration read again", metadata: ["changed": "\(reload.changed.joined(separator: " "))"])
        } else if !reload.needingRestart.isEmpty {
            logger.notice("configuration read again: nothing has changed yet")
        } else if configuration.redis.tls.isEnabled || configuration.http.tls.isEnabled {
            // What is in the files of TLS is no key, and may have changed.
            logger.notice("configuration read again: no key has changed; the TLS files were read again")
        } else {
            logger.notice("configuration read again: nothing has changed")
        }
    }
}
