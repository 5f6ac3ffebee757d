"""Measures Ordinal beside its peers. `scripts/bench` builds what is needed and calls this."""

import argparse
import dataclasses
import json
import os
import signal
import sys
import time

import generators
import report
from model import Results
from processes import Failed, directory
from rows import HEADLINES, ROWS


@dataclasses.dataclass
class Bench:
    """What all rows share."""

    #: Where the programs are that were built for this.
    binaries: str
    #: Where servers put their files.
    where: str
    #: How long one run lasts.
    seconds: float
    calibration: generators.Calibration
    notes: list = dataclasses.field(default_factory=list)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)


class Progress:
    """One line that is written over on a terminal, one line for each run elsewhere."""

    def __init__(self, runs):
        self.runs, self.done, self.start = runs, 0, time.monotonic()
        self.is_terminal = sys.stderr.isatty()

    def tell(self, text, finished=0):
        self.done += finished
        left = ""
        if self.done:
            seconds = (time.monotonic() - self.start) / self.done * (self.runs - self.done)
            left = f", {seconds / 60:.0f} min left"
        line = f"[{self.done / self.runs:.0%}{left}] {text}"
        print(f"\r{line}\033[K" if self.is_terminal else line, end="" if self.is_terminal else "\n", file=sys.stderr,
              flush=True)

    def end(self):
        if self.is_terminal:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def figures_text(figures):
    return ", ".join(f"{name} {report.number(value)}" for name, value in figures.items())


def rounds_of(row, rounds):
    """Some rows need no more than a few."""
    return min(rounds, row.rounds or rounds)


def measure(row, bench, rounds, progress):
    results = Results()
    progress.tell(f"{row.name}: starting")
    with row.subjects(bench) as subjects:
        for number in range(0 if row.warms_up else 1, rounds + 1):
            for name, subject in subjects.items():
                figures = subject()
                if number > 0:
                    results.add(name, figures)
                progress.tell(f"{row.name}, round {number}: {name}: {figures_text(figures)}", 1 / len(subjects))
    return results


def stop(*_):
    # Once is enough: what is running is being ended.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main():
    names = [row.name for row in ROWS]
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--binaries", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true", help="a short look: 2 rounds of 1 second")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=names, help=f"only these: {' '.join(names)}")
    parser.add_argument("--rounds", type=int, help="how many rounds (5)")
    parser.add_argument("--seconds", type=float, help="how long one run lasts (3)")
    parser.add_argument("--write", nargs="+", metavar="PAGE", default=[], help="put the table into these pages")
    parser.add_argument("--json", metavar="FILE", help="write every figure of every round")
    options = parser.parse_args()
    rounds = options.rounds or (2 if options.quick else 5)
    seconds = options.seconds or (1 if options.quick else 3)
    if rounds < 1 or not 0.2 <= seconds <= 600:
        parser.error("there must be a round, and a run must last from 0.2 to 600 seconds")
    rows = [row for row in ROWS if not options.only or row.name in options.only]

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    load = os.getloadavg()[0]
    progress = Progress(sum(rounds_of(row, rounds) + row.warms_up for row in rows))
    finished, failures = [], []
    with directory() as where:
        bench = Bench(options.binaries, where, seconds, generators.Calibration(seconds))
        for row in rows:
            count = rounds_of(row, rounds)
            before = progress.done
            try:
                finished.append((row, measure(row, bench, count, progress)))
            except (Failed, OSError, RuntimeError) as error:
                failures.append(f"{row.name}: {error}")
                finished.append((row, Results()))
                progress.tell(f"{row.name} FAILED: {error}")
            # What was not measured is not to come either.
            progress.done = before + count + row.warms_up
        progress.end()
        text = report.table(finished, bench.notes, rounds, seconds, load, where)
    print(text)
    for page in options.write:
        report.write(page, {report.WHOLE: text, report.HEADLINES: report.headlines(finished, HEADLINES)})
    if options.json:
        with open(options.json, "w") as file:
            json.dump(
                {row.name: {" ".join(key): values for key, values in results.figures.items()}
                 for row, results in finished}, file, indent=1)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print("\nended", file=sys.stderr)
        sys.exit(130)
