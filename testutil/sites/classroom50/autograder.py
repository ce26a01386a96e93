#!/usr/bin/env python3
"""Grades a checkout of a student's repository for Classroom 50.

The runner starts it in the checkout. It writes ./result.json and exits with status 0,
whatever the score, and beside it ./release-body.md, which is all that the site shows to
the student. Any other status says that something is wrong with the grader or
the machine, and then there is no result.json.

The workbook is looked for in the folder workbook of the bundle, in the bundle, and in
the folders above this script. Of the checkout, only the exercises are used.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

EXERCISES = "all"  # or "ex8.1", or "ex8.2"
LIMIT = 11 * 60  # seconds: the job ends after 15 minutes, and begins with the set-up
EACH = "200s"  # for each program


class Trouble(Exception):
    """Something is wrong with the grader or the machine."""


def main() -> None:
    checkout = Path.cwd().resolve()
    result = checkout / "result.json"
    body = checkout / "release-body.md"
    remove(result)  # a student may have committed one
    remove(body)
    try:
        grade(find_workbook(checkout), checkout, result)
        check(result)
    except Trouble as trouble:
        remove(result)
        remove(body)
        sys.exit(f"autograder.py: {trouble}")


def find_workbook(checkout: Path) -> Path:
    """Returns the folder of the workbook, which is never that of the student."""
    script = Path(__file__).resolve()
    bundle = Path(os.environ.get("CLASSROOM50_BUNDLE_DIR") or script.parent).resolve()
    for folder in (bundle / "workbook", bundle, *script.parents):
        if folder == checkout or checkout in folder.parents:
            continue
        try:
            text = (folder / "go.mod").read_text(encoding="utf-8")
        except OSError:
            continue
        if "module example.com/workbook\n" in text:
            return folder
    raise Trouble(f"there is no workbook in {bundle}, and none above {script}")


def grade(workbook: Path, checkout: Path, result: Path) -> None:
    """Grades the checkout, and returns when the grader has written the result."""
    command = ["go", "tool", "workbook", "grade", "-submission", checkout]
    command += ["-timeout", EACH, "-format", "classroom50", "-o", result, EXERCISES]
    try:
        grader = subprocess.Popen(command, cwd=workbook, stdin=subprocess.DEVNULL, start_new_session=True)
    except OSError as err:
        raise Trouble(f"start the grader: {err}") from err
    try:
        status = grader.wait(LIMIT)
    except subprocess.TimeoutExpired as err:
        raise Trouble(f"the grader took longer than {LIMIT // 60} minutes") from err
    finally:
        if grader.poll() is None:
            os.killpg(grader.pid, signal.SIGKILL)
            grader.wait()
    if status not in (0, 1):  # all core points were earned, or not
        raise Trouble(f"the grader ended with status {status}")


def check(result: Path) -> None:
    """Checks that there is a test in the result: without one, all would count as passed."""
    try:
        tests = json.loads(result.read_text(encoding="utf-8"))["tests"]
    except (OSError, ValueError, KeyError, TypeError) as err:
        raise Trouble(f"read the result of the grader: {err!r}") from err
    if not isinstance(tests, list) or not tests:
        raise Trouble("there are no tests in the result of the grader")


def remove(path: Path) -> None:
    """Removes whatever is at a path."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
