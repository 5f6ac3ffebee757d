public import NIOCore

extension ByteBuffer {
    /// Writes a request as clients send it: an array of bulk strings.
    public mutating func writeRequest(_ arguments: [[UInt8]]) {
        writeLine(UInt8(ascii: "*"), Int64(arguments.count))
        for argument in arguments {
            writeLine(UInt8(ascii: "$"), Int64(argument.count))
            writeBytes(argument)
            writeLineEnd()
        }
    }
}
