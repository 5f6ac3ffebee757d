extension ReplyWriter {
    /// Writes a whole value, with the replacements of RESP2 if that is the version.
    public mutating func write(_ value: RESPValue) {
        switch value {
        case .simple(let text): writeSimple(text)
        case .error(let error): writeError(error.description)
        case .integer(let value): writeInteger(value)
        case .double(let value): writeDouble(value)
        case .bool(let value): writeBool(value)
        case .bigNumber(let digits): writeBigNumber(digits)
        case .bulk(let bytes): writeBulk(bytes)
        case .verbatim(let format, let text): writeVerbatim(text, format: format)
        case .null: writeNull()
        case .array(let elements):
            writeArrayHeader(elements.count)
            for element in elements { write(element) }
        case .set(let elements):
            writeSetHeader(elements.count)
            for element in elements { write(element) }
        case .push(let elements):
            writePushHeader(elements.count)
            for element in elements { write(element) }
        case .map(let entries):
            writeMapHeader(entries.count)
            for entry in entries {
                write(entry.key)
                write(entry.value)
            }
        }
    }
}
