"""Peak memory of the real program: a terminal that prints a sale, and `quickpay receipt` as text and as a picture.

    memory.py QUICKPAY

Once with a printer that gets Chinese as text, once with one that gets it as dots. Peaks are the kernel's (VmHWM and
wait4), of the whole process; nothing is asserted but that the papers came out.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CODES = {"gb18030": "132993614656096754", "generic": "132993614656096755"}  # one code pays once
SHOP = "示范商店（南京西路）"


def peak_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


class Till:
    def __init__(self, quickpay: str, config: Path):
        self.child = subprocess.Popen(
            [quickpay, "run", "--headless", "--config", str(config)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )

    def ask(self, **request):
        self.child.stdin.write(json.dumps(request, ensure_ascii=False) + "\n")
        self.child.stdin.flush()

    def wait_for(self, path: Path, size: int):
        deadline = time.monotonic() + 60
        while not path.exists() or path.stat().st_size < size:
            if time.monotonic() > deadline or self.child.poll() is not None:
                sys.exit("the terminal did not print")
            time.sleep(0.05)
        time.sleep(0.5)  # the rest of the paper


def sandbox(quickpay: str):
    child = subprocess.Popen(
        [quickpay, "sandbox", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for line in child.stdout:
        found = re.search(r"127\.0\.0\.1:\d+", line)
        if found:
            return child, found[0]
    sys.exit("the sandbox did not start")


def command_peak(command: list[str]) -> float:
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} failed")
    return usage.ru_maxrss / 1024


def main():
    quickpay = sys.argv[1]
    gateway, address = sandbox(quickpay)
    try:
        for profile in ("gb18030", "generic"):
            with tempfile.TemporaryDirectory() as folder:
                measure(quickpay, address, profile, Path(folder))
    finally:
        gateway.terminate()
        gateway.wait()


def measure(quickpay: str, address: str, profile: str, folder: Path):
    key, config, paper = folder / "key", folder / "till.toml", folder / "paper.bin"
    key.touch(mode=0o600)
    key.write_text("sk_test_demo")
    config.write_text(
        f'[terminal]\nid = "T1"\nmerchant = "{SHOP}"\ndata_dir = "{folder}/data"\n'
        f'[gateway]\nbase_url = "http://{address}"\nsecret_key_file = "{key}"\n'
        f'[printer]\nkind = "file"\npath = "{paper}"\nprofile = "{profile}"\n'
    )
    till = Till(quickpay, config)
    time.sleep(2)
    before = peak_mib(till.child.pid)
    till.ask(do="enter_amount", amount="88.00")
    till.ask(do="scan", text=CODES[profile])
    till.wait_for(paper, 200)
    after = peak_mib(till.child.pid)
    till.ask(do="quit")
    till.child.stdin.close()
    till.child.wait(30)
    receipt = [quickpay, "receipt", "S0001", "--config", str(config)]
    words = command_peak(receipt)
    picture = command_peak([*receipt, "--png", str(folder / "paper.png")])
    print(
        f"{profile}: terminal before the sale {before:.1f} MiB, after printing {paper.stat().st_size} bytes {after:.1f} MiB; "
        f"`quickpay receipt` {words:.1f} MiB, with --png {picture:.1f} MiB"
    )


main()
