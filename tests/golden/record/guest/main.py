"""Takes jobs from /work/jobs until one is called "stop": {"module": ..., "only": [names], "seeds": [first, end], "again": true}
plays scenarios of /work/guest/scenarios; what has been recorded is left out unless it is wanted again."""

import importlib
import json
import os
import sys
import time
import traceback

sys.path.insert(0, "/work/guest")
JOBS = "/work/jobs"
RELOADED = ("network", "table", "traffic", "events", "output", "capture", "steps", "commands", "states", "wire", "hops", "stage", "lines", "tcp_states")


def fresh(name):
    module = sys.modules.get(name)
    return importlib.reload(module) if module else importlib.import_module(name)


def play(job):
    for name in RELOADED:
        if os.path.exists(f"/work/guest/{name}.py"):
            fresh(name)
    module = fresh(f"scenarios.{job['module']}")
    only = set(job.get("only", []))
    for scenario in module.scenarios(*([range(*job["seeds"])] if "seeds" in job else [])):
        if only and scenario.name not in only:
            continue
        if not job.get("again") and os.path.exists(f"/work/records/{scenario.kind}/{scenario.name}.json"):
            continue
        start = time.monotonic()
        try:
            module.record(NETWORK, scenario)
            print(f"{scenario.kind}/{scenario.name} {time.monotonic() - start:.1f} s")
        except Exception:
            print(f"FAILED {scenario.kind}/{scenario.name}")
            traceback.print_exc()


NETWORK = importlib.import_module("network").Network()
print("ready")
while not os.path.exists(f"{JOBS}/stop"):
    for name in sorted(os.listdir(JOBS)):
        with open(f"{JOBS}/{name}", encoding="utf-8") as file:
            job = json.load(file)
        os.remove(f"{JOBS}/{name}")
        print(f"job {name}")
        play(job)
        print(f"done {name}")
    time.sleep(0.5)
