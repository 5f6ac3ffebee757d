"""The table."""

import datetime
import math
import os
import platform
import re

import servers

#: What stands before a table in a page, and after it.
WHOLE, HEADLINES, END = "<!-- measured by scripts/bench -->", "<!-- headlines of scripts/bench -->", "<!-- end -->"
HEAD = ["| what | measured | against | ratio | spread | target | met |", "|---|--:|--:|--:|--:|--:|---|"]


def number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 100 else f"{value:.2f}"


def table(finished, notes, rounds, seconds, load, where):
    """Markdown: what was measured, and whether it is what was aimed at."""
    lines = HEAD + [line(target, results) for row, results in finished for target in row.targets]
    lines.append("")
    lines.append(
        f"Medians of {rounds} rounds of {seconds:g} s in which the subjects took turns, after one that does not count; the "
        f"spread is that of the rounds. Before it began the machine had a load of {load:.1f}. "
        "`redis-benchmark` with 50 connections and one thread made the load where nothing else is said, on the same "
        "machine: where the generator is the limit, CPU per command says more. The bare TCP server answers a constant to "
        "every `*` on as many event loops.")
    lines += [f"{note[0].upper()}{note[1:]}." for note in notes]
    lines.append("")
    lines += machine(where)
    return "\n".join(lines) + "\n"


def headlines(finished, names):
    """Markdown: the first figure of the rows with these names, and how many of all targets are met."""
    lines = HEAD + [line(row.targets[0], results) for row, results in finished if row.name in names]
    verdicts = [results.verdict(target) for row, results in finished for target in row.targets if has_limit(target)]
    met = sum(verdict is not None and verdict[3] for verdict in verdicts)
    lines += ["", f"Of {len(verdicts)} targets {met} are met."]
    return "\n".join(lines) + "\n"


def has_limit(target):
    return not math.isinf(target.limit) and target.limit > 0


def line(target, results):
    verdict = results.verdict(target)
    if verdict is None:
        return f"| {target.what} | not measured | | | | | |"
    value, lowest, highest, is_met = verdict
    spread = f"{number(lowest)} – {number(highest)}"
    aim, met = "", ""
    if has_limit(target):
        aim = f"{'≥' if target.at_least else '≤'} {target.limit:,.12g}{target.unit}"
        met = "yes" if is_met else "**no**"
    if target.against is None:
        return f"| {target.what} | {number(value)}{target.unit} | | | {spread} | {aim} | {met} |"
    own = target.show(results.median(target.subject, target.figure) * target.factor)
    other = target.show(results.median(target.against, target.figure) * target.factor)
    return f"| {target.what} | {own} | {other} | {value:.2f} | {spread} | {aim} | {met} |"


def machine(where):
    with open("/proc/cpuinfo") as file:
        models = re.findall(r"model name\s*: (.*)", file.read())
    with open("/proc/meminfo") as file:
        memory = int(re.search(r"MemTotal:\s*(\d+)", file.read())[1]) / 2**20
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    lines = [
        f"- {datetime.date.today().isoformat()}, {os.cpu_count()} × {models[0] if models else platform.machine()}, "
        f"{memory:.0f} GB, {system}, Linux {platform.release()}, data on {file_system(where)}",
    ]
    return lines + [f"- {name}: {text}" for name, text in servers.versions().items()]


def file_system(path):
    """The type of the file system: flushing to memory costs nothing."""
    best = ("", "?")
    with open("/proc/mounts") as file:
        for entry in file:
            _, place, kind = entry.split()[:3]
            if os.path.realpath(path).startswith(place.rstrip("/") + "/") and len(place) > len(best[0]):
                best = (place, kind)
    return best[1]


def write(path, tables):
    """Puts the tables where the page has places for them: what stands before a place, to its table."""
    with open(path) as file:
        page = file.read()
    places = [place for place in tables if place in page]
    if not places:
        raise SystemExit(f"{path} has no place for a table: {' or '.join(tables)} … {END}")
    for place in places:
        begin = page.index(place) + len(place)
        end = page.find(END, begin)
        if end < 0:
            raise SystemExit(f"{path}: {place} has no {END}")
        page = f"{page[:begin]}\n{tables[place]}{page[end:]}"
    with open(path, "w") as file:
        file.write(page)
