"""Just enough of the Redis protocol to prepare servers."""

import socket


class Client:
    def __init__(self, port, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.input = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.input.close()
        self.socket.close()

    def call(self, *words):
        """Sends a command and answers its reply."""
        return self.call_all([words])[0]

    def call_all(self, commands):
        """Sends commands together; an error is raised."""
        self.socket.sendall(b"".join(encode(words) for words in commands))
        return [self.reply() for _ in commands]

    def reply(self):
        line = self.input.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the server closed the connection")
        kind, text = line[:1], line[1:-2]
        if kind == b"-":
            raise RuntimeError(text.decode(errors="replace"))
        if kind == b":":
            return int(text)
        if kind == b"$":
            length = int(text)
            return None if length < 0 else self.input.read(length + 2)[:-2].decode(errors="replace")
        if kind == b"*":
            return [self.reply() for _ in range(max(0, int(text)))]
        return text.decode(errors="replace")


def encode(words):
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
    return b"".join(parts)


def call_everywhere(port, commands, connections=50):
    """Sends commands over many connections at once: those that wait for a disk wait together."""
    clients = [Client(port) for _ in range(connections)]
    try:
        for start in range(0, len(commands), connections * 20):
            batch = commands[start:start + connections * 20]
            shares = [batch[index::connections] for index in range(connections)]
            for client, share in zip(clients, shares):
                client.socket.sendall(b"".join(encode(words) for words in share))
            for client, share in zip(clients, shares):
                for _ in share:
                    client.reply()
    finally:
        for client in clients:
            client.__exit__()
