"""Counts instructions and allocations of the steps of the fast path, and compares them with their budgets.

callgrind runs a step N times and 2 N times; the difference, divided by N, is what the step costs. It does not depend on how
fast or how busy the machine is.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

STEPS = {
    "parse": "RESP: parse `GET orders`",
    "write": "RESP: write a number",
    "take": "take a number from a live sequence",
    "look-up": "find a live sequence by its name",
    "handle": "take a number through a handle",
}
#: So many that what threads in the background do is nothing beside it.
COUNT = 200_000
TOLERANCE = 1.05
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}
PAGE = os.path.join(os.path.dirname(__file__), "budgets.json")


def count(program, step, times):
    """Instructions and allocations of a whole run."""
    with tempfile.TemporaryDirectory() as where:
        # valgrind gives up at debug information that is newer than itself; names of functions are all it needs.
        stripped = os.path.join(where, "program")
        subprocess.run(["strip", "--strip-debug", "-o", stripped, program], check=True)
        output = os.path.join(where, "callgrind.out")
        # Names are hashed alike every time.
        environment = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1")
        result = subprocess.run(
            ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", stripped, step, str(times)],
            capture_output=True, text=True, env=environment, timeout=600, check=False)
        if result.returncode != 0 or not os.path.exists(output):
            sys.exit(f"callgrind did not run {step}:\n{result.stderr[-2000:]}")
        with open(output, errors="replace") as file:
            return parse(file)


def parse(lines):
    """The total and the calls of allocators in a file of callgrind."""
    names, callee, instructions, allocations = {}, "", 0, 0
    for line in lines:
        if line.startswith(("fn=", "cfn=")):
            # A name is written once, with a number that stands for it from then on.
            number, name = re.match(r"c?fn=\((\d+)\)(?: (.*))?", line).groups()
            if name:
                names[number] = name
            if line.startswith("c"):
                callee = names.get(number, "")
        elif line.startswith("calls="):
            if callee.split("@")[0].split("'")[0] in ALLOCATORS:
                allocations += int(line[6:].split()[0])
        elif line.startswith(("summary:", "totals:")):
            instructions = max(instructions, int(line.split()[1]))
    return instructions, allocations


def cost(program, step):
    once, twice = count(program, step, COUNT), count(program, step, 2 * COUNT)
    return {
        "instructions": round((twice[0] - once[0]) / COUNT, 1),
        "allocations": max(0, round((twice[1] - once[1]) / COUNT, 2)),
    }


def main():
    parser = argparse.ArgumentParser(prog="scripts/budgets", description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--write", action="store_true", help="what it costs now is the budget from now on")
    options = parser.parse_args()
    with open(PAGE) as file:
        budgets = json.load(file)
    is_over = False
    print(f"{'step':<40} {'instructions':>14} {'budget':>8} {'allocations':>12} {'budget':>8}")
    for step, title in STEPS.items():
        measured = cost(options.program, step)
        if options.write:
            budgets[step] = measured
        budget = budgets.get(step)
        if budget is None:
            sys.exit(f"{step} has no budget: scripts/budgets --write")
        over = (
            measured["instructions"] > budget["instructions"] * TOLERANCE
            # Fewer than one in a hundred are not of the step itself.
            or measured["allocations"] > budget["allocations"] + 0.01)
        is_over = is_over or over
        print(f"{title:<40} {measured['instructions']:>14} {budget['instructions']:>8} {measured['allocations']:>12} "
              f"{budget['allocations']:>8}{'  OVER BUDGET' if over else ''}", flush=True)
    if options.write:
        with open(PAGE, "w") as file:
            json.dump(budgets, file, indent=4)
            file.write("\n")
    return 1 if is_over else 0


if __name__ == "__main__":
    sys.exit(main())
