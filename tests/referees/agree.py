"""Compares our encoder's jobs with python-escpos' and receiptline's, command by command.

    agree.py CASES RECEIPTLINE DIFFERENCES

CASES comes from `drivers/examples/oracle_cases.rs`, RECEIPTLINE from `receiptline_cases.js`. Every difference must be
listed with its reason in DIFFERENCES; one that is not listed fails, and so does one that is listed and not there. What
a case is about (its subject) may only be excused by its full name and bytes, never by a pattern.
"""

import difflib
import fnmatch
import sys
from collections import Counter
from pathlib import Path

import python_escpos
from commands import commands

# What a kind of case is about: these commands are agreed on, or excused one by one.
SUBJECTS = {
    "lines": ("text ", "LF"),
    "barcode": ("GS k", "GS h", "GS w", "GS H"),
    "qr": ("GS (k",),
    "picture": ("GS v0",),
    "drawer": ("ESC p",),
    "cut": ("GS V",),
    "tear": ("ESC d",),
    "repertoire": ("U+",),
}


class Difference:
    """One line of the list: who, in which cases, on which side, which command, and why."""

    def __init__(self, line: str):
        self.referee, self.case, self.side, self.command, self.reason = line.split("\t")
        self.met = 0

    def excuses(self, referee: str, case: str, side: str, command: str, subject: bool) -> bool:
        if (self.referee, self.side) != (referee, side):
            return False
        if subject:
            return (self.case, self.command) == (case, command)
        return fnmatch.fnmatchcase(case, self.case) and fnmatch.fnmatchcase(command, self.command)


def read_differences(path: Path) -> list[Difference]:
    lines = path.read_text().splitlines()
    return [Difference(line) for line in lines if line and not line.startswith("#")]


def differences(ours: list[str], theirs: list[str]):
    """What only one side sends; a command that both send at another place is a matter of `order`."""
    matcher = difflib.SequenceMatcher(None, ours, theirs, autojunk=False)
    only_ours, only_theirs = [], []
    for operation, a, b, c, d in matcher.get_opcodes():
        if operation != "equal":
            only_ours += ours[a:b]
            only_theirs += theirs[c:d]
    for command in only_ours:
        if command in only_theirs:
            only_theirs.remove(command)
            yield "order", command
        else:
            yield "ours", command
    for command in only_theirs:
        yield "theirs", command


def repertoire(ours: bytes, size: int, characters: str, theirs: list[bytes]):
    """Characters that the two sides have different bytes for. Ours stand in rows between two x."""
    rows = [bytes.fromhex(command[5:])[1:-1] for command in commands(ours) if command.startswith("text ")]
    told = [row[at : at + size] for row in rows for at in range(0, len(row), size)]
    if len(told) != len(characters) or len(theirs) != len(characters):
        raise ValueError(f"{len(characters)} characters, {len(told)} of ours, {len(theirs)} of theirs")
    for character, one, other in zip(characters, told, theirs):
        if one != other:
            yield "differs", f"U+{ord(character):04X} ours {one.hex()} theirs {other.hex()}"


def compared(kind: str, arguments: list[str], ours: bytes, theirs):
    """What differs; `None` from a referee means that it has no such command."""
    if theirs is None:
        return [("cannot", kind)]
    if kind == "repertoire":
        return list(repertoire(ours, int(arguments[1]), arguments[2], theirs))
    return list(differences(commands(ours), commands(theirs)))


def of_receiptline(kind: str, hex_words: str):
    if hex_words == "-":
        return None
    words = [bytes.fromhex(word) for word in hex_words.split(" ")]
    return words if kind == "repertoire" else words[0]


def main() -> int:
    cases_file, receiptline_file, differences_file = map(Path, sys.argv[1:4])
    listed = read_differences(differences_file)
    receiptline = dict(line.split("\t") for line in receiptline_file.read_text().splitlines())
    unlisted, judged = [], Counter()
    for line in cases_file.read_text().splitlines():
        name, ours_hex, kind, *arguments = line.split("\t")
        ours = bytes.fromhex(ours_hex)
        for referee, theirs in {
            "python-escpos": python_escpos.encode(kind, arguments),
            "receiptline": of_receiptline(kind, receiptline[name]),
        }.items():
            if theirs is not None:
                judged[referee, "jobs"] += kind != "repertoire"
                judged[referee, "characters"] += len(theirs) if kind == "repertoire" else 0
                judged[referee, "commands"] += len(commands(ours)) if kind != "repertoire" else 0
            for side, command in compared(kind, arguments, ours, theirs):
                subject = command.startswith(SUBJECTS[kind])
                excuse = next((d for d in listed if d.excuses(referee, name, side, command, subject)), None)
                if excuse:
                    excuse.met += 1
                else:
                    unlisted.append(f"{referee}\t{name}\t{side}\t{command}")
    stale = [d for d in listed if not d.met]
    for referee in ("python-escpos", "receiptline"):
        told = [f"{judged[referee, what]} {what}" for what in ("jobs", "commands", "characters")]
        met = sum(d.met for d in listed if d.referee == referee)
        print(f"{referee}: {', '.join(told)} compared; {met} differences with reasons")
    for difference in unlisted:
        print(f"NOT LISTED  {difference}")
    for d in stale:
        print(f"LISTED, NOT THERE  {d.referee}\t{d.case}\t{d.side}\t{d.command}")
    print(f"{len(unlisted)} differences not listed, {len(stale)} listed ones not there")
    return 1 if unlisted or stale else 0


if __name__ == "__main__":
    sys.exit(main())
