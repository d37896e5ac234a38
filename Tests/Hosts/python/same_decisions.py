"""Compares decisions of libtriage, as triage_host.py prints them, with those of `triage classify --json`.

same_decisions.py LIBRARY_LINES PROGRAM_LINES
"""

import json
import struct
import sys


def bits(number):
    return None if number is None else struct.unpack("f", struct.pack("f", number))[0].hex()


ours = [json.loads(line) for line in open(sys.argv[1])]
program = [json.loads(line) for line in open(sys.argv[2])]
assert len(ours) == len(program) > 0, (len(ours), len(program))
for mine, theirs in zip(ours, program):
    expected = {key: theirs[key] for key in ("route", "label", "outcome", "tokens", "truncated")}
    expected |= {key: bits(theirs[key]) for key in ("confidence", "margin", "out_of_scope")}
    expected["model"] = theirs["model"]["identity"]
    assert mine == expected, (mine, expected)
print(f"python: {len(ours)} decisions are those of triage classify, bit for bit")
