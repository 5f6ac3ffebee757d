#!/usr/bin/env python3
"""Checks that the dashboard and the rules ask only for metrics that there are.

    check_dashboard.py METRICS.txt [FILE ...]

METRICS.txt is what /metrics answered (# TYPE lines and samples), or a table of names in Markdown. Without FILEs the
dashboard, the rules and their tests beside this script are checked. A name that nothing in METRICS.txt stands for is
printed with its file, and the exit code is 1; it is 2 if a file cannot be read or holds no metric at all.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
FILES = ["grafana/ordinal.json", "prometheus/ordinal.rules.yml", "prometheus/ordinal.rules.test.yml"]

# Prometheus makes these itself.
BUILT_IN = {"up", "ALERTS"}
WORDS = {"and", "or", "unless", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "inf", "nan"}
GROUPINGS = r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
NAME = re.compile(r"(?<![\w:.$])[a-zA-Z_:][a-zA-Z0-9_:]*")


def names_of(promql):
    """The names of metrics in an expression: what is left when all that can be no such name is taken away."""
    text = re.sub(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`', '""', promql)
    text = re.sub(r"#[^\n]*", " ", text)
    text = re.sub(r"\{[^}]*\}", " ", re.sub(r"\$\{[^}]*\}", " ", text))
    text = re.sub(r"\[[^\]]*\]", " ", text)
    text = re.sub(GROUPINGS, " ", text, flags=re.IGNORECASE)
    text = re.sub(r"\boffset\s+-?\w+", " ", text)
    for match in NAME.finditer(text):
        is_function = text[match.end():].lstrip().startswith("(")
        if not is_function and match.group().lower() not in WORDS:
            yield match.group()


def names_of_variable(query):
    """The names of metrics in a template variable: label_values(metric, label), query_result(promql), …"""
    match = re.fullmatch(r"\s*label_values\((.*),\s*\w+\s*\)\s*", query, flags=re.DOTALL)
    if match:
        return names_of(match.group(1))
    match = re.fullmatch(r"\s*query_result\((.*)\)\s*", query, flags=re.DOTALL)
    return names_of(match.group(1)) if match else []


def from_dashboard(node):
    """Every name in a dashboard, wherever its targets and variables are."""
    if isinstance(node, list):
        for item in node:
            yield from from_dashboard(item)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "expr" and isinstance(value, str):
            yield from names_of(value)
        elif key in ("query", "definition") and node.get("type") == "query":
            query = value.get("query", "") if isinstance(value, dict) else value
            yield from names_of_variable(query)
        else:
            yield from from_dashboard(value)


def from_rules(text):
    """Every name in a file of rules or of tests of rules, and the names that the file itself records.

    There is no YAML in the standard library: an expression is what follows expr or series, on its line or, after | or >,
    on the lines below that are indented deeper.
    """
    found, recorded = [], set()
    lines = text.splitlines()
    for number, line in enumerate(lines):
        match = re.match(r"(\s*(?:-\s+)?)(expr|series|record):\s*(.*?)\s*$", line)
        if not match:
            continue
        depth, key, value = len(match.group(1)), match.group(2), match.group(3)
        if re.fullmatch(r"[|>][+-]?", value):
            body = []
            for below in lines[number + 1:]:
                if below.strip() and len(below) - len(below.lstrip()) <= depth:
                    break
                body.append(below)
            value = "\n".join(body)
        elif value[:1] in "'\"" and value[-1:] == value[:1]:
            value = value[1:-1]
        if key == "record":
            recorded.add(value)
        else:
            found.extend(names_of(value))
    return found, recorded


def known_names(text):
    """The names of samples that a metrics text, or a table of names, stands for."""
    names = set()

    def add(name, kind):
        names.update([name + suffix for suffix in ("_bucket", "_sum", "_count")] if kind == "histogram" else [name])

    for line in text.splitlines():
        row = re.match(r"\|\s*([a-zA-Z_:][a-zA-Z0-9_:]*(?:\s*,\s*[a-zA-Z_:][a-zA-Z0-9_:]*)*)\s*\|\s*(\w*)", line)
        if row:
            for name in row.group(1).split(","):
                add(name.strip(), row.group(2))
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(None, 3)
            add(name, kind.strip())
        elif line and not line.startswith(("#", "|")):
            match = re.match(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.*\})?\s+\S+(\s+-?\d+)?$", line)
            if match:
                names.add(match.group(1))
    return names


def main(arguments):
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        known = known_names(pathlib.Path(arguments[0]).read_text(encoding="utf-8"))
        if not known:
            print(f"{arguments[0]}: holds no metrics", file=sys.stderr)
            return 2
        unknown, count = [], 0
        for path in [pathlib.Path(name) for name in arguments[1:]] or [HERE / name for name in FILES]:
            text = path.read_text(encoding="utf-8")
            found, recorded = (from_dashboard(json.loads(text)), set()) if path.suffix == ".json" else from_rules(text)
            found = sorted(set(found))
            if not found:
                print(f"{path}: asks for no metric", file=sys.stderr)
                return 2
            count += len(found)
            unknown += [f"{path}: {name}" for name in found if name not in known | recorded | BUILT_IN]
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if unknown:
        print("\n".join(unknown))
        return 1
    print(f"all {count} names are known")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
