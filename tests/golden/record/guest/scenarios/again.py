"""Scenarios of records that exist, taken from the records: the recorder has to write the same picks and counters again."""

import glob
import json

import output
from events import Player, Scenario

RESULTS = ("picked", "error", "reply_from", "conns", "exit", "connections", "t")


def scenarios():
    for path in sorted(glob.glob("/work/again/schedulers/*.json") + glob.glob("/work/again/persistence/*.json")):
        with open(path, encoding="utf-8") as file:
            record = json.load(file)
        yield scenario_of(record)


def scenario_of(record):
    more = {key: record[key] for key in ("persistent", "sysctls", "one_packet") if key in record}
    if "firewall" in record:
        words = record["firewall"].split()
        more["mark"] = (words[words.index("daddr") + 1], int(words[words.index("set") + 1].strip(";")))
    servers = [(s["address"], s["weight"], s["upper"], s["lower"]) for s in record["servers"]]
    return Scenario(record["scenario"], record.get("note"), record["service"], record["scheduler"], servers, [question(e) for e in record["events"]],
                    protocol=record["protocol"], flags=record["flags"], **more)


def question(event):
    asked = {key: value for key, value in event.items() if key not in RESULTS}
    if "templates" in asked:
        if next(iter(asked)) != "templates":
            del asked["templates"]
            asked["look"] = True
    return asked


def record(network, scenario):
    head, events = Player(network, scenario).play()
    output.write(f"/work/records/{scenario.kind}", head, "events", events)
