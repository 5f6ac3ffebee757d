import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Ordinal
import Profiler

/// A look inside the running server, for administrators.
let debugRoutes: [HTTPRoute] = [
    HTTPRoute(.get, "/debug/profile", role: .admin, isLimited: false) { exchange async throws(HTTPFailure) in
        let seconds = try exchange.count("seconds", upTo: 60, default: 10)
        let hertz = try exchange.count("hertz", upTo: 1_000, default: 99)
        do {
            let profile = try await CPUProfile.record(for: .seconds(seconds), hertz: Int(hertz))
            return Response(.ok, .text, ByteBuffer(bytes: profile.foldedStacks))
        } catch CPUProfileError.alreadyRecording {
            throw HTTPFailure(.conflict, "profile-under-way", "another profile is being taken; try again later")
        } catch {
            throw HTTPFailure(.internalServerError, "no-profile", "\(error)")
        }
    },
    HTTPRoute(.get, "/debug/memory", role: .admin, isLimited: false) { _ throws(HTTPFailure) in
        let memory = MemoryFigures.current
        return .json { json in
            json.object { json in
                json.object("heap") { json in
                    json.member("reserved_bytes", Int64(memory.heap.reserved))
                    json.member("in_use_bytes", Int64(memory.heap.inUse))
                    json.member("free_bytes", Int64(memory.heap.free))
                    json.member("mapped_bytes", Int64(memory.heap.mapped))
                }
                json.object("process", memory.process) { json, process in
                    json.member("virtual_bytes", Int64(process.virtual))
                    json.member("resident_bytes", Int64(process.resident))
                    json.member("shared_bytes", Int64(process.shared))
                    json.member("peak_resident_bytes", Int64(process.peakResident))
                }
            }
        }
    },
    HTTPRoute(.get, "/debug/sequences", role: .admin, isLimited: false) { exchange throws(HTTPFailure) in
        let limit = try exchange.count("limit", upTo: 10_000, default: 100)
        let form = try NumberForm(exchange)
        let snapshots = exchange.sequencer.snapshots().sorted { $0.rate > $1.rate }
        return .json { json in
            json.object { json in
                json.member("live", Int64(snapshots.count))
                json.array("sequences", snapshots.prefix(Int(limit))) { json, snapshot in
                    json.object { json in
                        json.member("name", snapshot.name.description)
                        snapshot.write(to: &json, form)
                        json.member("failure", snapshot.failure.map { "\($0)".onSingleLine })
                    }
                }
            }
        }
    },
    HTTPRoute(.get, "/debug/loops", role: .admin, isLimited: false) { exchange throws(HTTPFailure) in
        .json { json in
            json.object { json in
                json.array("loops", exchange.services.loops.answers) { json, answer in
                    json.object { json in
                        json.member("loop", Int64(answer.loop))
                        json.member("delay_seconds", answer.seconds)
                    }
                }
            }
        }
    },
    HTTPRoute(.get, "/debug/log-level", role: .admin, isLimited: false) { exchange throws(HTTPFailure) in
        level(try exchange.logOutput().level)
    },
    HTTPRoute(.put, "/debug/log-level", role: .admin, isLimited: false) { exchange async throws(HTTPFailure) in
        let output = try exchange.logOutput()
        let text = try await exchange.object("level").text("level").required("level")
        guard let chosen = Logger.Level(rawValue: text) else {
            throw .badRequest("level must be one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
        }
        output.level = chosen
        return level(chosen)
    },
]

private func level(_ level: Logger.Level) -> Response {
    .json { json in
        json.object { json in
            json.member("level", level.rawValue)
        }
    }
}

extension HTTPExchange {
    fileprivate func logOutput() throws(HTTPFailure) -> LogOutput {
        guard let output = services.logOutput else {
            throw HTTPFailure(
                .conflict, "log-not-here", "the log belongs to the program that embeds this server; change it there")
        }
        return output
    }
}
