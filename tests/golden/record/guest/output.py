"""Records in the layout of the folder that they join: one event, one step or one transition a line."""

import json
import os

KERNEL = "6.1.0-56-amd64 (Debian 12, package 6.1.192-2)"


def write(folder, head, list_name, rows):
    """The head, one key a line, then the rows, one a line each."""
    os.makedirs(folder, exist_ok=True)
    lines = [f' "{key}": {json.dumps(value)}' for key, value in {"kernel": KERNEL, "ipvsadm": "1.31", **head}.items()]
    lines.append(f' "{list_name}": [\n' + ",\n".join("  " + _row(row) for row in rows) + "\n ]")
    path = os.path.join(folder, head["scenario"] + ".json")
    with open(path + ".part", "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    os.rename(path + ".part", path)


def _row(row):
    if "client_side" not in row:
        return json.dumps(row)
    head = json.dumps({key: value for key, value in row.items() if key not in ("client_side", "server_side")})[:-1]
    sides = [f'\n   "{side}": [' + ",".join("\n    " + json.dumps(packet) for packet in row[side]) + ("\n   ]" if row[side] else "]")
             for side in ("client_side", "server_side")]
    return head + "," + ",".join(sides) + "}"
