#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""soakwindow.py BIN-FOLDER [JOBS [KILLS]]: many real jobs through the window, as a person submits them (the dialog "Run
command" with "Run it N times"); the application is killed in the middle several times and started again, where the jobs
that waited are resumed in the table. After each start soakhistory.py compares the history with what the jobs themselves
say. Prints figures; exits 1 at the first difference. Needs Xvfb and xdotool.
"""
import ast
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
    print("FAILED:", text)
    sys.exit(1)


def until(seconds, what, condition):
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            fail(f"{what} within {seconds} s")
        time.sleep(0.05)
    return found


def tagged_processes(tag):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if f"BITNET_SUPERVISOR_JOB={tag}.".encode() in file.read():
                    found.append(pid)
        except OSError:
            pass
    return found


class Window:
    """The application on a display of its own."""

    def __init__(self, binaries, folder):
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.command = [os.path.join(binaries, "bitnet-supervisor"), "--data-dir", self.data, "--page", "jobs"]
        reading, writing = os.pipe()
        self.server = subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "1360x860x24", "-nolisten", "tcp"],
                                       pass_fds=[writing], stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as display:
            number = display.readline().strip()
        self.environment = dict(os.environ, DISPLAY=f":{number}", HOME=folder, XDG_RUNTIME_DIR=os.path.join(folder, "runtime"))
        self.environment.pop("QT_QPA_PLATFORM", None)
        os.makedirs(self.environment["XDG_RUNTIME_DIR"], mode=0o700)
        self.application = None

    def xdotool(self, *arguments):
        return subprocess.run(["xdotool", *map(str, arguments)], env=self.environment, capture_output=True, text=True).stdout

    def find(self, name):
        found = self.xdotool("search", "--all", "--onlyvisible", "--pid", self.application.pid, "--name", name).split()
        return found[0] if found else None

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.application = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=log)
        self.window = until(60, "no window", lambda: self.find("BitNet Supervisor"))
        self.xdotool("windowsize", self.window, 1280, 800, "windowmove", self.window, 0, 0, "windowfocus", self.window)

    def submit(self, command, times):
        def dialog():
            self.xdotool("windowfocus", self.window, "key", "--clearmodifiers", "ctrl+r")
            time.sleep(0.5)
            return self.find("^Run command$")
        found = until(30, "no dialog", dialog)
        self.xdotool("windowfocus", found)
        self.xdotool("type", "--delay", 8, command)
        self.xdotool("key", "--clearmodifiers", "alt+i", "ctrl+a")
        self.xdotool("type", "--delay", 20, times)
        self.xdotool("key", "--clearmodifiers", "Return")

    def resume_all(self):
        # Into the table, all of it, and the action's own keys.
        self.xdotool("windowfocus", self.window, "mousemove", 700, 250, "click", 1)
        time.sleep(0.5)
        self.xdotool("key", "--clearmodifiers", "ctrl+a", "ctrl+shift+p")

    def kill(self):
        self.application.send_signal(signal.SIGKILL)
        self.application.wait()

    def close(self):
        if self.application and self.application.poll() is None:
            self.kill()
        self.server.terminate()
        self.server.wait()


def main():
    binaries = os.path.abspath(sys.argv[1])
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    kills = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    checker = os.path.join(os.path.dirname(os.path.abspath(__file__)), "soakhistory.py")
    with tempfile.TemporaryDirectory() as folder:
        ran_file = os.path.join(folder, "ran")
        window = Window(binaries, folder)
        history = os.path.join(window.data, "history.sqlite")

        def query(statement):
            try:
                return sqlite3.connect(f"file:{history}?mode=ro", uri=True, timeout=30).execute(statement).fetchall()
            except sqlite3.OperationalError:
                return None

        def in_state(*states):
            rows = query(f"SELECT count(*) FROM jobs WHERE state IN ({','.join(map(str, states))})")
            return rows[0][0] if rows else 0

        def ran():
            return sum(1 for _ in open(ran_file)) if os.path.exists(ran_file) else 0

        try:
            os.makedirs(window.data)
            with open(os.path.join(window.data, "settings.ini"), "w") as settings:
                settings.write("[settings]\nconcurrency=4\nhistory\\days=0\nhistory\\jobs=0\n")
            began = time.monotonic()
            window.start()
            window.submit(f"""sh -c 'echo "$BITNET_SUPERVISOR_JOB" >> {ran_file}; exit $(($$ % 5 / 4))'""", jobs)
            until(120, "not all jobs are recorded", lambda: in_state(QUEUED, STARTING, RUNNING, FINISHED) == jobs)
            for number in range(kills):
                done = ran()
                goal = done + random.randint((jobs - done) // 8, (jobs - done) // 3)
                until(600, "jobs don't run", lambda: ran() >= goal)
                window.kill()
                tag = query("SELECT tag FROM sessions ORDER BY id DESC LIMIT 1")[0][0]
                until(10, "processes are left", lambda: not tagged_processes(tag))
                window.start()
                waiting = until(60, "nothing came back", lambda: in_state(QUEUED))
                # Every one of them is held under its new number: nothing runs.
                until(60, "the jobs of the killed one are not looked after", lambda: in_state(STARTING, RUNNING) == 0)
                checked = subprocess.run([sys.executable, checker, "--check", window.data, ran_file], capture_output=True, text=True)
                if checked.returncode != 0:
                    fail(checked.stdout + checked.stderr)
                figures = ast.literal_eval(checked.stdout)
                if figures["rows"] != jobs or figures["ran"] + figures["waiting"] > jobs:
                    fail(f"the counts do not add up: {figures}")
                print(f"kill {number + 1}: {figures}", flush=True)
                before = ran()
                until(30, "the table is not there", lambda: window.find("BitNet Supervisor"))
                for _ in range(20):
                    window.resume_all()
                    end = time.monotonic() + 5
                    while ran() == before and time.monotonic() < end:
                        time.sleep(0.02)
                    if ran() > before:
                        break
                else:
                    fail(f"the {waiting} jobs that waited can't be resumed")
            until(900, "the rest does not end", lambda: in_state(FINISHED) == jobs)
            window.kill()
            outcomes = dict(query("SELECT outcome, count(*) FROM jobs GROUP BY outcome"))
            print(f"{jobs} jobs in {time.monotonic() - began:.1f} s, {kills} kills; by outcome: {outcomes}; {ran()} ran.")
            checked = subprocess.run([sys.executable, checker, "--check", window.data, ran_file], capture_output=True, text=True)
            print(checked.stdout.strip())
            sys.exit(checked.returncode)
        finally:
            window.close()


main()
