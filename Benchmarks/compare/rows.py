"""What is measured, and what is aimed at."""

import contextlib
import os
import sqlite3
import time
import urllib.request

import generators
import servers
from model import Row, Target
from processes import Failed
from redis_client import Client, call_everywhere

INCR = ["INCR", "bench"]
INCR_MANY = ["INCR", "bench:__rand_int__"]
SEQUENCES = 10_000


def microseconds(value):
    return f"{value:.2f} µs"


def milliseconds(value):
    return f"{value:.3f} ms"


def nanoseconds(value):
    return f"{value:.2f} ns"


def use_sequences(server, count):
    """Takes a number from each of so many sequences."""
    call_everywhere(server.port, [("INCR", f"bench:{number:012}") for number in range(count)])


def hot(pipeline, throughput, cpu):
    """One sequence that everybody asks for."""

    @contextlib.contextmanager
    def subjects(bench):
        with contextlib.ExitStack() as stack:
            ordinal = stack.enter_context(servers.ordinal(bench.binaries, bench.where))
            redis = stack.enter_context(servers.redis(bench.where))
            bare = stack.enter_context(servers.bare(bench.binaries, bench.where))

            def load(server, command):
                return lambda: generators.redis_benchmark(server, command, bench.calibration, pipeline)

            yield {
                "ordinal": load(ordinal, INCR),
                "ordinal GET": load(ordinal, ["GET", "bench"]),
                "redis": load(redis, INCR),
                "bare": load(bare, INCR),
            }

    what = f"{pipeline} command{'s' if pipeline > 1 else ''} a packet"
    targets = [
        Target(f"`INCR`, one sequence, {what}: throughput", "ordinal", "rate", throughput, True, "redis"),
        Target("`GET` against Redis's `INCR`, the same: throughput", "ordinal GET", "rate", throughput, True, "redis"),
        Target("`INCR`, the same: server CPU per command", "ordinal", "cpu", cpu, False, "redis", show=microseconds),
        Target("`GET` against Redis's `INCR`, the same: server CPU per command", "ordinal GET", "cpu", cpu, False, "redis",
               show=microseconds),
        Target("`INCR`, the same, against a bare TCP server: throughput", "ordinal", "rate", 0, True, "bare"),
    ]
    if pipeline == 16:
        targets.append(
            Target("one number per command, 16 a packet", "ordinal", "rate", 200_000, True, unit="/s"))
    return Row(f"hot-{pipeline}", subjects, targets)


def many(pipeline, throughput):
    """Many sequences in random order."""

    @contextlib.contextmanager
    def subjects(bench):
        with servers.ordinal(bench.binaries, bench.where) as ordinal, servers.redis(bench.where) as redis:
            for server in (ordinal, redis):
                use_sequences(server, SEQUENCES)

            def load(server):
                return lambda: generators.redis_benchmark(
                    server, INCR_MANY, bench.calibration, pipeline, keys=SEQUENCES)

            yield {"ordinal": load(ordinal), "redis": load(redis)}

    what = f"`INCR`, 10,000 sequences, {pipeline} a packet"
    return Row(f"many-{pipeline}", subjects, [
        Target(f"{what}: throughput", "ordinal", "rate", throughput, True, "redis"),
        Target(f"{what}: server CPU per command", "ordinal", "cpu", float("inf"), False, "redis", show=microseconds),
    ])


def durable(connections, throughput):
    """Redis as durable as it can be: every number flushed to the disk before the reply."""

    @contextlib.contextmanager
    def subjects(bench):
        with contextlib.ExitStack() as stack:
            ordinal = stack.enter_context(servers.ordinal(bench.binaries, bench.where))
            always = stack.enter_context(servers.redis(bench.where, fsync="always"))
            everysec = stack.enter_context(servers.redis(bench.where, fsync="everysec"))

            def load(server):
                return lambda: generators.redis_benchmark(server, INCR, bench.calibration, connections=connections)

            yield {"ordinal": load(ordinal), "always": load(always), "everysec": load(everysec)}

    what = f"{connections} connection{'s' if connections > 1 else ''}"
    return Row(f"durable-{connections}", subjects, [
        Target(f"Redis `appendfsync always`, {what}: throughput", "ordinal", "rate", throughput, True, "always"),
        Target(f"Redis `appendfsync everysec`, {what}: throughput", "ordinal", "rate", 0, True, "everysec"),
    ])


@contextlib.contextmanager
def database_subjects(bench):
    with contextlib.ExitStack() as stack:
        ordinal = stack.enter_context(servers.ordinal(bench.binaries, bench.where))
        mariadb = stack.enter_context(servers.mariadb(bench.where))
        postgresql = stack.enter_context(servers.postgresql(bench.where))

        def tickets(statement):
            return generators.tickets(bench.binaries, mariadb, statement, bench.seconds)

        yield {
            "ordinal": lambda: generators.redis_benchmark(ordinal, INCR, bench.calibration),
            "update": lambda: tickets("UPDATE ticket SET id = LAST_INSERT_ID(id + 1)"),
            "replace": lambda: tickets("REPLACE INTO flickr (stub) VALUES ('a')"),
            "nextval": lambda: generators.pgbench(postgresql, "SELECT nextval('bench')", bench.where, bench.seconds),
        }


def open_loop(bench, server, command, rate):
    figures = generators.ordinal_bench(bench.binaries, server, command, bench.seconds * 2, rate=rate)
    if figures["own delay"] > max(0.5, figures["p99"] / 3):
        bench.note(
            "in some rounds the load generator itself was late by a good part of the latencies: the machine was busy, and "
            "they say little of the servers")
    return figures


@contextlib.contextmanager
def latency_subjects(bench):
    """Both get the same rate: half of what the slower one can do."""
    with servers.ordinal(bench.binaries, bench.where) as ordinal, servers.redis(bench.where) as redis:
        peaks = [
            generators.ordinal_bench(bench.binaries, server, "INCR bench", bench.seconds)["rate"]
            for server in (ordinal, redis)
        ]
        rate = round(min(peaks) / 2)
        bench.note(f"latency is measured at {rate:,} commands per second, half of the lower peak")

        def load(server):
            return lambda: open_loop(bench, server, "INCR bench", rate)

        yield {"ordinal": load(ordinal), "redis": load(redis)}


@contextlib.contextmanager
def slow_store_subjects(bench):
    """10,000 commands a second that take 10 numbers each, so that the generator is not what is measured."""
    with servers.slow_store(bench.binaries, bench.where, 0) as instant, \
            servers.slow_store(bench.binaries, bench.where, 100) as slow:
        def load(server):
            return lambda: open_loop(bench, server, "INCRBY bench 10", 10_000)

        yield {"instant": load(instant), "slow": load(slow)}


@contextlib.contextmanager
def run_subjects(bench):
    with servers.ordinal(bench.binaries, bench.where) as ordinal:
        yield {
            "ordinal": lambda: generators.redis_benchmark(ordinal, ["INCRBY", "bench", "1000"], bench.calibration, 16)
        }


@contextlib.contextmanager
def http_subjects(bench):
    with servers.ordinal(bench.binaries, bench.where, http=True) as ordinal, \
            servers.bare(bench.binaries, bench.where, "BareHTTP") as bare:
        yield {
            "ordinal": lambda: generators.wrk(ordinal, ordinal.http_port, bench.where, bench.seconds),
            "bare": lambda: generators.wrk(bare, bare.port, bench.where, bench.seconds),
        }


@contextlib.contextmanager
def in_process_subjects(bench):
    millions = max(5, round(20 * bench.seconds))

    def count(what, threads):
        return lambda: generators.count_in_process(bench.binaries, what, threads, millions, bench.where)

    threads = max(2, os.cpu_count() or 2)
    yield {
        "atomic": count("atomic", 1), "handle": count("handle", 1), "run": count("run", 1),
        "atomic shared": count("atomic", threads), "handle shared": count("handle", threads),
    }


@contextlib.contextmanager
def memory_subjects(bench):
    count = 100_000

    def measure():
        with servers.ordinal(bench.binaries, bench.where, "sequences.live=200000", http=True) as ordinal:
            time.sleep(0.5)
            resident, anonymous = ordinal.memory()
            use_sequences(ordinal, count)
            time.sleep(0.5)
            full, _ = ordinal.memory()
        return {"resident": resident / 1e6, "anonymous": anonymous / 1e6, "sequence": (full - resident) / count}

    yield {"ordinal": measure}


@contextlib.contextmanager
def start_subjects(bench):
    """A database with a million sequences, made by the program itself and filled by hand."""
    path = os.path.join(bench.where, "million.db")
    with servers.ordinal(bench.binaries, bench.where, store=path) as ordinal, Client(ordinal.port) as client:
        client.call("INCR", "template")
    with contextlib.closing(sqlite3.connect(path)) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(sequences)")]
        changed = {"name": "CAST(printf('bench:%d', n) AS BLOB)", "life": "randomblob(16)"}
        database.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000) "
            f"INSERT INTO sequences ({', '.join(columns)}) "
            f"SELECT {', '.join(changed.get(column, column) for column in columns)} FROM numbers, "
            "(SELECT * FROM sequences WHERE name = CAST('template' AS BLOB))")
        database.execute("UPDATE meta SET sequences = (SELECT count(*) FROM sequences)")
        database.commit()

    def start(store):
        # The time counts from before the program is started, so not with the usual wait for the port.
        before = time.monotonic()
        with servers.ordinal(bench.binaries, bench.where, store=store, wait=False) as ordinal:
            servers.wait_for_port(ordinal.port, 60, ordinal.check, pause=0.001)
            with Client(ordinal.port) as client:
                if client.call("INCR", "bench:500000") < 1:
                    raise Failed("the first number is none")
            return {"ms": (time.monotonic() - before) * 1000}

    yield {"million": lambda: start(path), "empty": lambda: start(None)}


@contextlib.contextmanager
def store_call_subjects(bench):
    with servers.ordinal(bench.binaries, bench.where, http=True) as ordinal:

        def calls():
            with urllib.request.urlopen(f"http://127.0.0.1:{ordinal.http_port}/metrics", timeout=30) as response:
                lines = response.read().decode().splitlines()
            return sum(
                float(line.rpartition(" ")[2]) for line in lines if line.startswith("ordinal_store_calls_total{"))

        def number():
            with Client(ordinal.port) as client:
                return client.call("INCR", "bench")

        def load():
            before = calls(), number()
            figures = generators.redis_benchmark(ordinal, INCR, bench.calibration, 64)
            return {"calls": (calls() - before[0]) / (number() - before[1]) * 1e6, "rate": figures["rate"]}

        yield {"ordinal": load}


def loops(pipeline):
    @contextlib.contextmanager
    def subjects(bench):
        with servers.ordinal(bench.binaries, bench.where, "event_loops=1") as one, \
                servers.ordinal(bench.binaries, bench.where, "event_loops=2") as two:

            def load(server):
                return lambda: generators.redis_benchmark(server, INCR, bench.calibration, pipeline)

            yield {"one": load(one), "two": load(two)}

    return Row(f"loops-{pipeline}", subjects, [
        Target(f"two event loops against one, {pipeline} a packet: throughput", "two", "rate", 1, True, "one")
    ])


ROWS = [
    hot(1, 1.0, 1.05), hot(16, 1.0, 0.9), hot(64, 1.7, 0.6),
    many(1, 1.0), many(16, 0.95), many(64, 1.4),
    Row("latency", latency_subjects, [
        Target("p99 at half the peak rate", "ordinal", "p99", 1.2, False, "redis", show=milliseconds),
        Target("p99.9 at half the peak rate", "ordinal", "p99.9", 1.2, False, "redis", show=milliseconds),
    ]),
    Row("slow-store", slow_store_subjects, [
        Target("p99.9 at 100,000 numbers/s, a store with 100 ms a call against an instant one", "slow", "p99.9", 1.2,
               False, "instant", show=milliseconds),
    ]),
    durable(50, 1.1), durable(10, 3), durable(1, 2),
    Row("databases", database_subjects, [
        Target("MariaDB `UPDATE … LAST_INSERT_ID(id + 1)`, 50 connections", "ordinal", "rate", 10, True, "update"),
        Target("MariaDB `REPLACE INTO`, 50 connections", "ordinal", "rate", 10, True, "replace"),
        Target("PostgreSQL `nextval`, 50 connections", "ordinal", "rate", 3, True, "nextval"),
    ]),
    Row("runs", run_subjects, [
        Target("`INCRBY` 1,000: numbers per second", "ordinal", "rate", 50_000_000, True, unit="/s", factor=1000),
    ]),
    Row("http", http_subjects, [
        Target("HTTP `/alloc` against a bare Hummingbird route", "ordinal", "rate", 0.9, True, "bare"),
    ]),
    Row("in-process", in_process_subjects, [
        Target("in process, through a handle, one thread, against an atomic increment", "handle", "ns", 2.5, False,
               "atomic", show=nanoseconds),
        Target("in process, counting through a run, against the same", "run", "ns", 0.5, False, "atomic",
               show=nanoseconds),
        Target("in process, through a handle, every core at once, against an atomic increment by as many",
               "handle shared", "ns", float("inf"), False, "atomic shared", show=nanoseconds),
    ], warms_up=False),
    Row("memory", memory_subjects, [
        Target("memory, idle: resident", "ordinal", "resident", 45, False, unit=" MB"),
        Target("memory, idle: anonymous", "ordinal", "anonymous", 12, False, unit=" MB"),
        Target("memory: one live sequence", "ordinal", "sequence", 400, False, unit=" bytes"),
    ], rounds=3, warms_up=False),
    Row("start", start_subjects, [
        Target("start to first number, a million sequences stored", "million", "ms", 100, False, unit=" ms"),
        Target("the same, nothing stored", "empty", "ms", float("inf"), False, unit=" ms"),
    ]),
    Row("store-calls", store_call_subjects, [
        Target("store calls per million numbers at full rate", "ordinal", "calls", 10, False, unit=""),
    ], rounds=3),
    loops(16), loops(64),
]

#: Those whose first figure stands in the short table.
HEADLINES = {
    "hot-1", "hot-16", "hot-64", "many-16", "latency", "durable-50", "databases", "http", "in-process", "memory", "start",
}
