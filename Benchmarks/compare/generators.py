"""What makes the load. Each answers a dictionary of figures of one run."""

import csv
import io
import json
import math
import os
import re
import time

from processes import Failed, program, run


class Calibration:
    """How fast a subject was last time, so that the next run lasts as long as it is meant to.

    The first run is a short one that nobody counts; it also warms the subject up.
    """

    def __init__(self, seconds):
        self.seconds = seconds
        self.rates = {}

    def count(self, key, run_once, first):
        """How many commands to send; `run_once` sends so many and answers how many per second there were."""
        if key not in self.rates:
            count = first
            while True:
                rate = run_once(count)
                if count / rate >= 0.2:
                    break
                # redis-benchmark counts milliseconds: what takes none of them is infinitely fast.
                count = max(count * 2, int(rate * 0.3) if math.isfinite(rate) else 0)
            self.rates[key] = rate
        return max(first, int(self.rates[key] * self.seconds))


def with_cpu(server, body):
    """Runs `body`, which answers figures with the number of commands, and adds the server's time per command."""
    before = server.cpu_seconds()
    figures = body()
    figures["cpu"] = (server.cpu_seconds() - before) / figures.pop("commands") * 1e6
    return figures


def redis_benchmark(server, command, calibration, pipeline=1, connections=50, keys=None):
    """Throughput by redis-benchmark, with one thread."""

    def once(count):
        arguments = [
            program("redis-benchmark"), "-h", "127.0.0.1", "-p", server.port, "-c", connections, "-P", pipeline,
            "-n", count, "--csv",
        ]
        if keys:
            arguments += ["-r", keys]
        rows = list(csv.reader(io.StringIO(run(arguments + list(command)))))
        if len(rows) < 2 or len(rows[-1]) < 2:
            raise Failed(f"redis-benchmark printed no figures for {server.name}")
        return float(rows[-1][1])

    key = (server.port, tuple(command), pipeline, connections)
    count = calibration.count(key, once, first=connections * pipeline * 20)
    return with_cpu(server, lambda: {"rate": once(count), "commands": count})


def ordinal_bench(binaries, server, command, seconds, rate=None, connections=50, pipeline=1):
    """Latency by our own generator; with a rate in an open loop."""
    arguments = [
        os.path.join(binaries, "ordinal"), "bench", "--port", server.port, "--command", command, "--connections",
        connections, "--pipeline", pipeline, "--seconds", seconds, "--json", "--quiet",
    ]
    if rate:
        arguments += ["--rate", rate]
    result = json.loads(run(arguments))
    latency = result["latency_ms"]
    return {
        "rate": result["rate"], "p50": latency["p50"], "p99": latency["p99"], "p99.9": latency["p99.9"],
        "own delay": result.get("generator_delay_p99_ms", 0),
    }


def wrk(server, port, where, seconds):
    """Throughput of `POST /alloc`, with one thread and 50 connections."""
    script = os.path.join(where, "alloc.lua")
    with open(script, "w") as file:
        file.write(
            'wrk.method = "POST"\nwrk.body = \'{"serviceName":"bench","count":1}\'\n'
            'wrk.headers["Content-Type"] = "application/json"\n')
    address = f"http://127.0.0.1:{port}/alloc"

    def once():
        text = run([program("wrk"), "-t1", "-c50", f"-d{max(1, round(seconds))}s", "-s", script, address])
        rate = re.search(r"Requests/sec:\s*([\d.]+)", text)
        count = re.search(r"(\d+) requests in", text)
        if not rate or not count or "Non-2xx" in text:
            raise Failed(f"wrk on {server.name}:\n{text}")
        return {"rate": float(rate[1]), "commands": int(count[1])}

    return with_cpu(server, once)


def tickets(binaries, server, statement, seconds, connections=50):
    """Statements per second of a ticket table, by a small program in C."""

    def once():
        text = run([
            os.path.join(binaries, "Tickets"), server.socket, "bench", connections, seconds, statement,
        ])
        count, rate = text.split()
        return {"rate": float(rate), "commands": int(count)}

    return with_cpu(server, once)


def pgbench(server, statement, where, seconds, connections=50):
    """Prepared statements per second by pgbench."""
    script = os.path.join(where, "statement.sql")
    with open(script, "w") as file:
        file.write(statement + ";\n")
    os.chmod(script, 0o644)
    text = run([
        program("pgbench"), "-h", "127.0.0.1", "-p", server.port, "-U", "bench", "-n", "-M", "prepared", "-c",
        connections, "-j", "2", "-T", max(1, round(seconds)), "-f", script, "postgres",
    ])
    rate = re.search(r"tps = ([\d.]+)", text)
    if not rate:
        raise Failed(f"pgbench:\n{text}")
    return {"rate": float(rate[1])}


def count_in_process(binaries, what, threads, millions, where):
    """Nanoseconds per number inside a program."""
    database = os.path.join(where, f"in-process-{time.monotonic_ns()}.db")
    text = run([os.path.join(binaries, "CountInProcess"), what, threads, millions, database])
    return {"ns": float(text)}
