#!/usr/bin/env python3
"""Compares records that were made again with the ones there were: compare.py OLD NEW. Times may differ by one second."""

import glob
import json
import os
import sys


def simple(event):
    event = {key: value for key, value in event.items() if key != "t"}
    event["templates"] = sorted(({**t, "expires": 0} for t in event.get("templates", [])), key=str)
    return event


def main(old, new):
    same = different = 0
    for path in sorted(glob.glob(f"{new}/*/*.json")):
        before = os.path.join(old, os.path.relpath(path, new))
        if not os.path.exists(before):
            continue
        with open(path, encoding="utf-8") as a, open(before, encoding="utf-8") as b:
            now, then = json.load(a), json.load(b)
        pairs = [(x, y) for x, y in zip(map(simple, then["events"]), map(simple, now["events"])) if x != y]
        if not pairs and len(now["events"]) == len(then["events"]) and now["kernel_order"] == then["kernel_order"]:
            same += 1
            continue
        different += 1
        print(f"{path}: {len(pairs)} events differ; first:\n  was {pairs[0][0]}\n  now {pairs[0][1]}" if pairs else f"{path}: another number or order")
    print(f"{same} the same, {different} different")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
