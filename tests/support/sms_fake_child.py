"""A modem's child that plays a script: it speaks the same lines as the real one, and writes down what it submits.

It imports next to nothing, so that it starts soon.  Its FOLDER is read anew at each request, for tests to change:

- ``script.json``: ``{"open": ANSWER, "ussd": ANSWER, "sends": {NUMBER: [WORD, ...]}, "health": ANSWER}``.  WORD number
  n is for the n-th time a part is sent to that number, the last one for all further times; the number ``*`` stands
  for all.  Words: ``ok``, ``cms N``, ``error NAME``, ``die``, ``silent``, ``garbage``; with ``air `` before it the part
  is submitted first.
- ``sim.json``: the messages on the SIM; ``reports.json``: reports to be told with the next answer.
- ``submitted.jsonl``: each part that went on the air; ``asked.jsonl``: each request, before anything is done.
"""

from __future__ import annotations

import json
import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = sys.argv[-1]
WELL = {
    "imei": "350000000000001",
    "imsi": "510100000000001",
    "operator": "FAKE",
    "registration": "home",
    "signal": 70,
    "sim_used": 0,
    "sim_size": 20,
}


def read(name: str, otherwise: Any) -> Any:
    try:
        with open(f"{FOLDER}/{name}", encoding="utf-8") as file:  # noqa: PTH123 - pathlib would double the start-up time
            return json.load(file)
    except FileNotFoundError:
        return otherwise


def write(name: str, value: Any) -> None:
    fresh = f"{FOLDER}/{name}.{os.getpid()}"
    with open(fresh, "w", encoding="utf-8") as file:  # noqa: PTH123
        json.dump(value, file)
    os.replace(fresh, f"{FOLDER}/{name}")  # noqa: PTH105


def add(name: str, value: Any) -> None:
    fd = os.open(f"{FOLDER}/{name}", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(fd, json.dumps(value).encode() + b"\n")
    os.close(fd)


def count(name: str, number: str) -> int:
    try:
        with open(f"{FOLDER}/{name}", encoding="utf-8") as file:  # noqa: PTH123
            return sum(json.loads(line).get("number") == number for line in file)
    except FileNotFoundError:
        return 0


def opened(script: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    answer = script.get("open", {})
    if answer.get("mute_pin") and request["pin"]:
        time.sleep(3600)
    if answer.get("pin") and request["pin"] != answer["pin"]:
        return {"ok": False, "state": "wrong_pin" if request["pin"] else "pin", "error": "ERR_SECURITYERROR"}
    if answer.get("silent"):
        time.sleep(3600)
    return {"ok": True, **WELL, **answer}


def sent(script: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    number = request["number"]
    words = script.get("sends", {})
    words = words.get(number) or words.get("*") or ["ok"]
    word = words[min(count("asked.jsonl", number), len(words)) - 1]
    if word == "ok" or word.startswith("air "):
        udh = request["udh"] or {}
        add(
            "submitted.jsonl",
            {"number": number, "part": udh.get("part", 1), "ref": udh.get("ref"), "text": request["text"]},
        )
    return spoken(word.removeprefix("air "))


def spoken(word: str) -> dict[str, Any]:
    name, _, value = word.partition(" ")
    if name == "die":
        os._exit(1)
    if name == "silent":
        time.sleep(3600)
    if name == "garbage":
        sys.stdout.write("+CMGS: 12\n")
        sys.stdout.flush()
        time.sleep(3600)
    if name == "cms":
        return {"ok": False, "error": "ERR_UNKNOWN", "code": int(value), "cme": None, "gone": False}
    if name == "error":
        return {"ok": False, "error": value, "code": None, "cme": None, "gone": value == "ERR_TIMEOUT"}
    return {"ok": True, "reference": reference()}


def reference() -> int:
    number = read("reference.json", 0)
    write("reference.json", (number + 1) % 256)
    return int(number)


def listed() -> dict[str, Any]:
    sim = read("sim.json", [])
    return {"ok": True, "messages": sim, "sim_used": len(sim), "sim_size": 20, "more": False}


def deleted(request: dict[str, Any]) -> dict[str, Any]:
    write("sim.json", [message for message in read("sim.json", []) if message["location"] not in request["locations"]])
    return {"ok": True}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    script, do = read("script.json", {}), request["do"]
    if do == "open":
        return opened(script, request)
    if do == "send":
        return sent(script, request)
    if do == "list":
        return listed()
    if do == "delete":
        return deleted(request)
    if do == "ussd":
        return {"ok": True, **script.get("ussd", {"text": "Sisa pulsa Rp 50.000"})}
    return {"ok": True, **WELL, "sim": "ready", **script.get("health", {})}


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        add("asked.jsonl", request)
        said = answer(request)
        reports = read("reports.json", [])
        if reports:
            write("reports.json", [])
        sys.stdout.write(json.dumps({"n": request["n"], "reports": reports, "new_sms": False, **said}) + "\n")
        sys.stdout.flush()
