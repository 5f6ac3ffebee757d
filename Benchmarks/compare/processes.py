"""Child processes: each in a group of its own, every one of them ended in the end."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """Something cannot be measured; the text says why."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def directory():
    """A temporary directory that servers of other users can enter."""
    path = tempfile.mkdtemp(prefix="ordinal-bench-")
    os.chmod(path, 0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


class Server:
    """A running server."""

    def __init__(self, process, port, log, name):
        self.process, self.port, self.log, self.name = process, port, log, name

    @property
    def pid(self):
        return self.process.pid

    def cpu_seconds(self):
        """User and system time so far."""
        with open(f"/proc/{self.pid}/stat") as file:
            # The name in parentheses may hold anything.
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self):
        """Bytes: resident, and of them anonymous."""
        with open(f"/proc/{self.pid}/status") as file:
            fields = dict(line.split(":", 1) for line in file)
        return tuple(int(fields[key].split()[0]) * 1024 for key in ("VmRSS", "RssAnon"))

    def wait_for_port(self, limit=60):
        wait_for_port(self.port, limit, self.check)

    def check(self):
        if self.process.poll() is not None:
            with open(self.log, errors="replace") as file:
                text = file.read()[-2000:]
            raise Failed(f"{self.name} ended with status {self.process.returncode}:\n{text}")


def wait_for_port(port, limit=60, check=lambda: None, pause=0.02):
    deadline = time.monotonic() + limit
    while True:
        check()
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise Failed(f"nobody listens on port {port}") from None
        time.sleep(pause)


@contextlib.contextmanager
def server(arguments, port, where, name, user=None, stop=signal.SIGTERM):
    """Runs a server until the end of the block, and ends it: politely first."""
    log = os.path.join(where, f"{name}-{port}.log")
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            cwd=where, start_new_session=True, **as_user(user))
    try:
        yield Server(process, port, log, name)
    finally:
        end(process, stop)


def end(process, stop=signal.SIGTERM, patience=15):
    for number, limit in ((stop, patience), (signal.SIGKILL, 10)):
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(limit)
    # Whatever it started itself.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def run(arguments, limit=600, user=None, **options):
    """Runs a program to its end and answers what it printed."""
    arguments = [str(argument) for argument in arguments]
    process = subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True, **as_user(user), **options)
    try:
        output, errors = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"{arguments[0]} took more than {limit} s") from None
    finally:
        end(process)
    if process.returncode != 0:
        raise Failed(f"{' '.join(arguments)} ended with status {process.returncode}:\n{(errors + output)[-2000:]}")
    return output


def as_user(user):
    """Another user, if there is need for one and it can be had."""
    if user is None or os.getuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def program(name, *places):
    """Where a program is: on the path, or in one of the places."""
    for path in (shutil.which(name), *places):
        if path and os.access(path, os.X_OK):
            return path
    raise Failed(f"{name} is not installed")
