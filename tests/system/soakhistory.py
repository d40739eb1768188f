#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""soakhistory.py BIN-FOLDER [JOBS [KILLS]]: many real jobs through bitnetctl, which is killed in the middle several times;
after each round the history is compared with what the jobs themselves say. Prints figures; exits 1 at the first difference.

soakhistory.py --check DATA-FOLDER RAN-FILE: only the comparison, e.g. after the application was killed (and whoever used
the folder has ended). Each job has to append its $BITNET_SUPERVISOR_JOB to RAN-FILE.
"""
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

QUEUED, STARTING, RUNNING, FINISHED = range(4)


def fail(text):
    print("DIFFERENCE:", text)
    sys.exit(1)


def processes_with(tag):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if b"BITNET_SUPERVISOR_JOB=" + tag in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def status_of(pid):
    """Parent and start time; nothing when it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else (int(fields[1]), int(fields[19]))


def kill_and_list_descendants(root):
    """SIGKILL, and what it had started by then: shims, waiting ones too, and jobs."""
    os.kill(root, signal.SIGSTOP)
    all_processes = {int(pid): status for pid in filter(str.isdigit, os.listdir("/proc")) if (status := status_of(pid))}
    parents, descendants = [root], {}
    for parent in parents:
        for pid, (its_parent, started) in all_processes.items():
            if its_parent == parent:
                parents.append(pid)
                descendants[pid] = started
    os.kill(root, signal.SIGKILL)
    return descendants


def check(data, ran_file, recovered):
    """The history against the jobs' own notes. recovered: a program has looked after what the killed one left behind."""
    database = sqlite3.connect(f"file:{data}/history.sqlite?mode=ro", uri=True)
    answer = database.execute("PRAGMA integrity_check").fetchone()[0]
    if answer != "ok":
        fail(f"integrity: {answer}")
    rows = dict(database.execute("SELECT id, state FROM jobs"))
    tags = dict(database.execute("SELECT tag, id FROM sessions"))
    ran = [line.strip() for line in open(ran_file)] if os.path.exists(ran_file) else []
    if len(set(ran)) != len(ran):
        fail("a job ran twice")
    for note in ran:
        tag, job = note.rsplit(".", 1)
        if tag not in tags:
            fail(f"session {tag} is not recorded")
        if int(job) not in rows:
            fail(f"job {job} ran, and has no row")
        if recovered and rows[int(job)] != FINISHED:
            fail(f"job {job} ran, and reads as state {rows[int(job)]}")
    if recovered and any(state in (STARTING, RUNNING) for state in rows.values()):
        fail("a job reads as running")
    orphans = database.execute("SELECT count(*) FROM jobs LEFT JOIN details ON details.id = jobs.id WHERE details.id IS NULL")
    if orphans.fetchone()[0] != 0:
        fail("a job without its details")
    outcomes = dict(database.execute("SELECT outcome, count(*) FROM jobs WHERE state = 3 GROUP BY outcome"))
    return {"rows": len(rows), "ran": len(ran), "interrupted": outcomes.get(7, 0), "succeeded": outcomes.get(0, 0),
            "waiting": sum(state == QUEUED for state in rows.values()), "sessions": len(tags)}


def main():
    if sys.argv[1] == "--check":
        print(check(sys.argv[2], sys.argv[3], True))
        return
    ctl = os.path.join(sys.argv[1], "bitnetctl")
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 8
    with tempfile.TemporaryDirectory() as folder:
        data, ran_file = os.path.join(folder, "data"), os.path.join(folder, "ran")
        scripts = ["exit 0", "exit 3", "echo out; echo err >&2", "sleep 0.01", "setsid sleep 30 & exit 0"]
        done = 0
        began = time.monotonic()
        while True:
            wanted = jobs - done
            lines = "".join(json.dumps({"command": ["/bin/sh", "-c",
                            f'echo "$BITNET_SUPERVISOR_JOB" >> {ran_file}; {scripts[i % len(scripts)]}']}) + "\n"
                            for i in range(wanted))
            program = subprocess.Popen([ctl, "run", "--jobs", "-", "--quiet", "--concurrency", "4", "--data-dir", data],
                                       stdin=subprocess.PIPE)
            program.stdin.write(lines.encode())
            program.stdin.close()
            killed = kills > 0
            if killed:
                kills -= 1
                goal = done + random.randint(wanted // 20 + 1, max(wanted // 8, wanted // 20 + 1))
                while program.poll() is None:
                    if os.path.exists(ran_file) and sum(1 for _ in open(ran_file)) >= goal:
                        break
                    time.sleep(0.005)
                if program.poll() is not None:
                    fail("it ended before it could be killed")
                descendants = kill_and_list_descendants(program.pid)
            program.wait()
            time.sleep(0.5)
            if killed and (left := [pid for pid, started in descendants.items() if (status_of(pid) or (0, 0))[1] == started]):
                fail(f"{len(left)} of {len(descendants)} descendants left")
            tag = sqlite3.connect(f"file:{data}/history.sqlite?mode=ro", uri=True).execute(
                "SELECT tag FROM sessions ORDER BY id DESC LIMIT 1").fetchone()[0]
            if left := processes_with(tag.encode() + b"."):
                fail(f"{len(left)} processes left")
            check(data, ran_file, False)
            # The next program that uses the folder looks after it.
            subprocess.run([ctl, "run", "--quiet", "--data-dir", data, "--", "/bin/true"], check=True)
            figures = check(data, ran_file, True)
            done = figures["ran"]
            print("killed" if killed else "ended ", figures)
            if not killed:
                break
        shown = subprocess.run([ctl, "history", "--json", "--data-dir", data], check=True, capture_output=True)
        if len(shown.stdout.splitlines()) != figures["rows"]:
            fail("bitnetctl history shows another number of jobs")
        print(f"{done} jobs ran in {time.monotonic() - began:.1f} s; every one is recorded.")


main()
