"""One receipt of text and one of drawn Chinese through three encoders, side by side in one run.

    speed.py ENCODE_BENCH RECEIPTS FONTS

Each program encodes the same lines from memory to bytes, again and again, as a till would: printer objects, fonts and
glyph stores stay (`each`); `first` has the start of fonts and stores in it. The fastest of many short batches counts, and
of three rounds in turn. For the drawn receipt everybody draws with the same Noto Sans CJK: we by parley and swash,
python-escpos by Pillow, receipt-printer-encoder by Skia. Memory is the peak of the whole process, as the kernel counts it.
Fails when we are not 20 times (text) and 5 times (drawn) as fast as python-escpos.
"""

import os
import subprocess
import sys
from pathlib import Path

ROUNDS = 3
GOALS = {"text": 20, "raster": 5}


def run(command: list[str]) -> tuple[float, float, int, float]:
    """Microseconds of the first and of each later encoding, bytes, peak memory in MiB."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    said = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {child.returncode}")
    first, each, size = said.strip().split("\t")
    return float(first), float(each), int(size), usage.ru_maxrss / 1024


def main() -> int:
    bench, receipts, fonts = sys.argv[1:4]
    here = Path(__file__).parent
    programs = {
        "quickpay": [bench],
        "python-escpos": [sys.executable, str(here / "python_escpos_bench.py")],
        "receipt-printer-encoder": ["node", str(here / "receipt_printer_encoder_bench.js")],
    }
    missed = 0
    for kind, receipt in {"text": "latin.tsv", "raster": "chinese.tsv"}.items():
        arguments = [kind, f"{receipts}/{receipt}", fonts]
        rounds = {name: [] for name in programs}
        for _ in range(ROUNDS):
            for name, command in programs.items():
                rounds[name].append(run(command + arguments))
        best = {name: tuple(min(column) for column in zip(*told)) for name, told in rounds.items()}
        print(f"\n{kind} ({receipt})")
        print(f"  {'':24} {'first µs':>10} {'each µs':>10} {'bytes':>7} {'peak MiB':>9} {'we are faster':>14}")
        ours = best["quickpay"]
        for name, (first, each, size, peak) in best.items():
            ratio = "" if name == "quickpay" else f"{each / ours[1]:.1f} times"
            print(f"  {name:24} {first:>10.1f} {each:>10.2f} {size:>7} {peak:>9.1f} {ratio:>14}")
        reached = best["python-escpos"][1] / ours[1] >= GOALS[kind]
        print(f"  goal: {GOALS[kind]} times python-escpos: {'reached' if reached else 'MISSED'}")
        missed += not reached
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
