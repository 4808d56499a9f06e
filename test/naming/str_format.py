"""What CPython makes of format strings.

Reads from the file named first a JSON list of [template, values], a value being [type, text or parts]; writes to the
file named second a list of [text], or of [null, reason] where CPython refuses.
"""
import datetime
import json
import sys

READ = {"str": str, "int": int, "float": float, "date": lambda parts: datetime.datetime(*parts)}


def outcome(template, values):
    try:
        return [template.format(**{name: READ[kind](value) for name, (kind, value) in values.items()})]
    except Exception as reason:
        return [None, f"{type(reason).__name__}: {reason}"]


with open(sys.argv[1], encoding="utf-8") as cases, open(sys.argv[2], "w", encoding="utf-8") as outcomes:
    json.dump([outcome(*case) for case in json.load(cases)], outcomes)
