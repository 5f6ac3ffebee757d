"""Ordinal and its peers, each started on a free port with a directory of its own."""

import contextlib
import glob
import os
import pwd
import signal
import subprocess
import time

from processes import Failed, free_port, program, run, server, wait_for_port


@contextlib.contextmanager
def ordinal(binaries, where, *settings, http=False, store=None, wait=True):
    port, http_port = free_port(), free_port()
    # A directory of its own: stores must not meet.
    own = os.path.join(where, f"ordinal-{port}")
    os.makedirs(own)
    arguments = [
        os.path.join(binaries, "ordinal"), "serve", "--store", f"sqlite:{store or own + '/ordinal.db'}",
        "--redis", f"127.0.0.1:{port}", "--http", f"127.0.0.1:{http_port}" if http else "off",
    ]
    # Tests make sequences as fast as they can.
    for setting in ("create_rate=1000000", "log.level=warning", *settings):
        arguments += ["--set", setting]
    with server(arguments, port, own, "ordinal") as running:
        running.http_port = http_port
        if wait:
            running.wait_for_port()
        yield running


@contextlib.contextmanager
def slow_store(binaries, where, milliseconds):
    port = free_port()
    own = os.path.join(where, f"slow-store-{port}")
    os.makedirs(own)
    arguments = [os.path.join(binaries, "SlowStore"), port, milliseconds, own]
    with server(arguments, port, own, "slow-store") as running:
        running.wait_for_port()
        yield running


@contextlib.contextmanager
def redis(where, fsync=None):
    """Without persistence, or with an append-only file that is flushed `everysec` or `always`."""
    port = free_port()
    own = os.path.join(where, f"redis-{port}")
    os.makedirs(own)
    arguments = [
        program("redis-server"), "--bind", "127.0.0.1", "--port", port, "--dir", own, "--save", "",
        "--appendonly", "yes" if fsync else "no",
    ]
    if fsync:
        # The file must not be rewritten while it is measured.
        arguments += ["--appendfsync", fsync, "--auto-aof-rewrite-percentage", "0"]
    with server(arguments, port, own, "redis") as running:
        running.wait_for_port()
        yield running


@contextlib.contextmanager
def bare(binaries, where, kind="BareServer"):
    port = free_port()
    with server([os.path.join(binaries, kind), port], port, where, kind) as running:
        running.wait_for_port()
        yield running


@contextlib.contextmanager
def mariadb(where):
    """MariaDB with its defaults: every commit is flushed to the disk."""
    port = free_port()
    data, socket = os.path.join(where, "mariadb"), os.path.join(where, "m.sock")
    user = ["--user=root"] if os.getuid() == 0 else []
    run([
        program("mariadb-install-db"), "--no-defaults", f"--datadir={data}", "--skip-test-db",
        "--auth-root-authentication-method=normal", *user,
    ])
    arguments = [
        program("mariadbd", "/usr/sbin/mariadbd"), "--no-defaults", f"--datadir={data}", f"--socket={socket}",
        f"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve", f"--pid-file={where}/mariadb.pid", *user,
    ]
    with server(arguments, port, where, "mariadb") as running:
        running.wait_for_port()
        running.socket = socket
        deadline = time.monotonic() + 60
        statements = """
            CREATE DATABASE bench; USE bench;
            CREATE TABLE ticket (id BIGINT UNSIGNED NOT NULL) ENGINE=InnoDB; INSERT INTO ticket VALUES (0);
            CREATE TABLE flickr (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, stub CHAR(1) NOT NULL UNIQUE)
                ENGINE=InnoDB;
        """
        while True:
            try:
                run([program("mariadb"), "--no-defaults", "-uroot", f"--socket={socket}", "-e", statements])
                break
            except Failed:
                running.check()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        yield running


@contextlib.contextmanager
def postgresql(where):
    """PostgreSQL with its defaults: every commit is flushed to the disk."""
    port = free_port()
    bins = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    places = [os.path.join(path, "postgres") for path in reversed(bins)]
    postgres = os.path.realpath(program("postgres", *places))
    # It refuses to run as root.
    user = None
    if os.getuid() == 0:
        user = "postgres" if any(entry.pw_name == "postgres" for entry in pwd.getpwall()) else "nobody"
    data = os.path.join(where, "postgresql")
    os.makedirs(data, mode=0o700)
    if user:
        os.chown(data, pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid)
    initdb = os.path.join(os.path.dirname(postgres), "initdb")
    run([initdb, "-D", data, "-A", "trust", "-U", "bench", "--no-instructions"], user=user, cwd=data)
    arguments = [
        postgres, "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
        "-c", "max_connections=100",
    ]
    # SIGINT is its fast shutdown: clients are not waited for.
    with server(arguments, port, where, "postgresql", user=user, stop=signal.SIGINT) as running:
        running.wait_for_port()
        deadline = time.monotonic() + 60
        while True:
            try:
                run([
                    program("psql"), "-h", "127.0.0.1", "-p", port, "-U", "bench", "-d", "postgres",
                    "-c", "CREATE SEQUENCE IF NOT EXISTS bench",
                ])
                break
            except Failed:
                running.check()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        yield running


def versions():
    """What was compared, in the words of each program."""
    commands = {
        "redis-server": ["redis-server", "--version"],
        "MariaDB": ["mariadbd", "--version"],
        "PostgreSQL": ["postgres", "--version"],
        "wrk": ["wrk", "-v"],
        "Swift": ["swift", "--version"],
    }
    found = {}
    for name, command in commands.items():
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            lines = (result.stdout + result.stderr).strip().splitlines()
            found[name] = lines[0].strip() if lines else "?"
        except (OSError, subprocess.TimeoutExpired):
            found[name] = "not found"
    return found


__all__ = ["bare", "mariadb", "ordinal", "postgresql", "redis", "slow_store", "versions", "wait_for_port"]
