"""What python-escpos and receiptline print on our printer model is what they were told to print.

    paper.py MODEL CASES RECEIPTLINE

The model is what turns our own bytes into pictures; here it gets bytes that are not ours. Every row of text, every
barcode and symbol must stand on its paper, the drawer must open when it was asked to, and no command may be unknown.
"""

import re
import socket
import subprocess
import sys
from pathlib import Path

import python_escpos

ROMS = {"big5": "traditional", "ksc5601": "korean", "shiftjis": "japanese"}


class Model:
    def __init__(self, program: str, rom: str):
        self.child = subprocess.Popen(
            [program, "127.0.0.1:0", rom], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.address = ("127.0.0.1", int(self.child.stdout.readline().rsplit(":", 1)[1]))

    def report(self) -> list[str]:
        self.child.stdin.write("report\n")
        self.child.stdin.flush()
        return list(iter(lambda: self.child.stdout.readline().rstrip("\n"), "done"))

    def print(self, job: bytes):
        """Until the model hangs up: then all is carried out."""
        with socket.create_connection(self.address, timeout=30) as line:
            line.sendall(job)
            line.shutdown(socket.SHUT_WR)
            while line.recv(4096):
                pass

    def end(self):
        self.child.stdin.close()
        self.child.wait(10)


def stand(report: list[str]) -> tuple[str, list[str], int, list[str]]:
    """Text without white, codes, drawer, unknown commands."""
    rows = [line.split(" ", 1)[1] for line in report if line.startswith(("| ", "head "))]
    codes = [line.split(" ", 1)[1] for line in report if line.startswith("barcode ")]
    drawer = next(int(line.split()[1]) for line in report if line.startswith("drawer "))
    unknown = [line for line in report if line.startswith("unknown ")]
    return re.sub(r"\s", "", "".join(rows)), codes, drawer, unknown


def wrong_on_paper(kind: str, arguments: list[str], report: list[str]) -> list[str]:
    words, codes, drawer, unknown = stand(report)
    wrong = list(unknown)
    if kind == "lines":
        told = re.sub(r"\s", "", "".join(arguments[2:]))
        wrong += [] if told in words else [f"not on the paper: {told} but {words}"]
    if kind in ("barcode", "qr"):
        wrong += [] if codes == [arguments[-1]] else [f"codes {codes}, not {arguments[-1]}"]
    if kind == "drawer" and drawer != 1:
        wrong.append(f"the drawer opened {drawer} times")
    return wrong


def main() -> int:
    program, cases, receiptline = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    told = dict(line.split("\t") for line in receiptline.read_text().splitlines())
    printed, failures = 0, 0
    for line in cases.read_text().splitlines():
        name, _ours, kind, *arguments = line.split("\t")
        if kind == "repertoire":
            continue
        jobs = {
            "python-escpos": python_escpos.encode(kind, arguments),
            "receiptline": None if told[name] == "-" else bytes.fromhex(told[name]),
        }
        for referee, job in jobs.items():
            if job is None:
                continue
            model = Model(program, ROMS.get(arguments[0], "simplified"))
            if referee == "python-escpos" and arguments[0] == "gb18030":
                job = job[:2] + b"\x1c&" + job[2:]  # it relies on a printer whose switch is on Chinese
            model.print(job)
            wrong = wrong_on_paper(kind, arguments, model.report())
            model.end()
            printed += 1
            failures += bool(wrong)
            for words in wrong:
                print(f"WRONG  {referee}, {name}: {words}")
    print(f"{printed} papers by other encoders on our printer model, {failures} not as they were told")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
