#if MySQL
    import ArgumentParser
    import Ordinal
    import OrdinalMySQL
    import OrdinalServer
    import OrdinalTakeover
    import RESPClient

    extension LegacySystem: ExpressibleByArgument {}

    struct ImportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Take over the counters of idgo, idalloc, Leaf or tinyid.",
            discussion: """
                Reads the old counters, keeps the old system from handing out more (its tables get other names), and \
                creates a sequence for each, above everything that may have been handed out. It works on the store itself: \
                a server on SQLite has to be stopped, those on another store may run. It can be run again whatever \
                interrupted it.

                idgo's tables may be in the store's own database: then --from can be left out, as in
                `ordinal import idgo --config idgo.toml`.
                """)

        @Argument(help: "Whose counters: idgo, idalloc, leaf or tinyid.")
        var system: LegacySystem
        @Option(
            help: ArgumentHelp(
                "Where they are: mysql://USER@HOST/DATABASE, for idalloc also redis://HOST. May be repeated.",
                valueName: "location"))
        var from: [String] = []
        @Option(help: "What idalloc's keys in Redis begin with.")
        var prefix: String = "idalloc:"
        @Option(help: "How many numbers to leave out above the old values; unset: what the old system may lose.")
        var margin: Int64?
        @Flag(help: "Your word that the old system is stopped: idalloc cannot be kept from going on otherwise.")
        var oldIsStopped = false
        @Flag(help: "Change nothing, and say what would be done.")
        var dryRun = false
        @Flag(help: "Print one JSON document.")
        var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let loaded = try await options.load()
            let takeover = try takeover(loaded.configuration.store)
            let store: any SequenceStore
            do { store = try loaded.configuration.openStore() } catch { throw Failure("\(error)") }
            let result: Result<TakeoverResult, Failure>
            do { result = .success(try await perform(takeover, store)) } catch let failure as Failure {
                result = .failure(failure)
            }
            await store.close()
            try show(try result.get())
        }

        private func perform(_ takeover: Takeover, _ store: any SequenceStore) async throws -> TakeoverResult {
            do {
                try await store.prepare()
                return try await takeover.run(into: store, dryRun: dryRun) { done, all in
                    Terminal.progressBar(done: done, of: all)
                }
            } catch {
                throw Failure("\(error)")
            }
        }

        private func takeover(_ store: StoreLocation) throws(Failure) -> Takeover {
            var (databases, redis): ([MySQLLocation], RESPServerLocation?) = ([], nil)
            for text in from {
                do {
                    if text.lowercased().hasPrefix("redis") {
                        guard redis == nil else { throw Failure("--from names two Redis servers", code: .usage) }
                        redis = try RESPServerLocation(text)
                    } else {
                        databases.append(try MySQLLocation(Self.patient(text)))
                    }
                } catch let failure as Failure {
                    throw failure
                } catch {
                    throw Failure("--from: \(error)", code: .usage)
                }
            }
            if databases.isEmpty, system == .idgo, case .mysql(let location) = store { databases = [location] }
            do {
                return try Takeover(
                    of: system, from: databases, redis: redis, prefix: prefix, margin: margin,
                    oldIsStopped: oldIsStopped)
            } catch {
                throw Failure("\(error)", code: .usage)
            }
        }

        /// The location with a longer time limit, if it has none of its own: changing tables takes its time.
        private static func patient(_ text: String) -> String {
            guard !text.contains("timeout=") else { return text }
            return text + (text.contains("?") ? "&" : "?") + "timeout=30s"
        }

        private func show(_ result: TakeoverResult) throws(Failure) {
            Self.report(result).show(asJSON: json)
            guard !result.failures.isEmpty else { return }
            throw Failure("\(result.failures.count) of \(result.rows.count) could not be taken over: see above")
        }

        static func report(_ result: TakeoverResult) -> Report {
            var table = Table(
                ("NAME", .left), ("OLD VALUE", .right), ("FROM", .left), ("GOES ON AFTER", .right), ("WHAT", .left))
            for row in result.rows {
                let what = [row.action.word, row.action.reason].compactMap(\.self) + row.notes
                table.add(
                    row.name, row.highest.map(String.init) ?? "-", row.place, row.ceiling.map(String.init) ?? "-",
                    what.joined(separator: "; "))
            }
            let rows = result.rows.map { row -> JSON in
                [
                    "name": .string(row.name), "old": row.highest.map { .string("\($0)") } ?? .null,
                    "from": .string(row.place), "ceiling": row.ceiling.map { .integer($0) } ?? .null,
                    "action": .string(row.action.word), "reason": row.action.reason.map { .string($0) } ?? .null,
                    "notes": .array(row.notes.map { .string($0) }),
                ]
            }
            return Report(
                lines: table.lines,
                json: ["sequences": .array(rows), "notes": .array(result.notes.map { .string($0) })],
                notes: result.notes)
        }
    }

    extension TakeoverRow.Action {
        /// What is done, in a word or two.
        var word: String {
            switch self {
            case .create: "to be created"
            case .created: "created"
            case .alreadyTakenOver: "already taken over"
            case .skipped: "skipped"
            case .conflict: "CONFLICT"
            case .refused: "REFUSED"
            case .failed: "FAILED"
            }
        }
    }
#endif
