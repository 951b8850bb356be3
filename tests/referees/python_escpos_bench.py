"""How long python-escpos takes: `python_escpos_bench.py text|raster RECEIPT FONTS`; says what `encode_bench` says.

One printer object is kept, as a program would. Text goes out by its code page, bold and large by its own commands. For
raster, Pillow draws all lines on one picture in two colours (faster than grey here, and sharper on paper) with the same
Noto Sans CJK, and python-escpos sends it. Barcode and QR symbol are the printer's own in both.
"""

import sys
import time
from pathlib import Path

from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont

COLUMNS, WIDTH = 48, 576
BATCHES, BATCH_S = 200, 0.005
SIZES = {"plain": 24, "bold": 24, "large": 48}


class Quiet:
    """Where its words about barcodes go."""

    def write(self, _text):
        pass

    def flush(self):
        pass


def rows(receipt: str):
    return [line.split("\t") for line in receipt.splitlines()]


def laid_out(label: str, value: str, columns: int) -> str:
    return label + " " * (columns - len(label) - len(value)) + value


def begin(device: Dummy):
    device.clear()
    device.hw("INIT")
    device.magic.encoding = None  # it does not know that a reset printer has forgotten its code page


def text_job(device: Dummy, receipt: list[list[str]]) -> bytes:
    begin(device)
    device.charcode("CP858")
    for kind, *rest in receipt:
        if kind in ("text", "pair"):
            style = rest[1] if kind == "text" else rest[0]
            columns = COLUMNS // 2 if style == "large" else COLUMNS
            words = rest[2].center(columns).rstrip() if kind == "text" else laid_out(rest[1], rest[2], columns)
            if style != "plain":
                size = 2 if style == "large" else 1
                device.set(bold=True, custom_size=True, width=size, height=size)
            device.text(words + "\n")
            if style != "plain":
                device.set(bold=False, custom_size=True, width=1, height=1)
        else:
            common(device, kind, rest)
    device.cut(feed=False)
    return device.output


def common(device: Dummy, kind: str, rest: list[str]):
    if kind == "rule":
        device.text("-" * COLUMNS + "\n")
    elif kind == "space":
        device.text("\n")
    elif kind == "barcode":
        device.barcode("{B" + rest[0], "CODE128", height=80, width=2, pos="OFF", function_type="B")
        device.text(rest[0] + "\n")
        device.set(align="left")
    elif kind == "qr":
        device.set(align="center")
        device.qr(rest[0], ec=1, size=6, native=True)
        device.set(align="left")


class Painter:
    def __init__(self, fonts: Path):
        load = lambda weight, size: ImageFont.truetype(str(fonts / f"NotoSansCJKsc-{weight}-subset.otf"), size)
        self.fonts = {"plain": load("Regular", 24), "bold": load("Bold", 24), "large": load("Bold", 48)}

    def picture(self, lines) -> Image.Image:
        height = sum(60 if "large" in line[1:3] else 30 for line in lines)
        image = Image.new("1", (WIDTH, height), 1)
        draw, y = ImageDraw.Draw(image), 0
        for kind, *rest in lines:
            style = rest[1] if kind == "text" else rest[0] if kind == "pair" else "plain"
            font = self.fonts[style]
            if kind == "text":
                draw.text(((WIDTH - font.getlength(rest[2])) / 2, y), rest[2], fill=0, font=font)
            elif kind == "pair":
                draw.text((0, y), rest[1], fill=0, font=font)
                draw.text((WIDTH - font.getlength(rest[2]), y), rest[2], fill=0, font=font)
            elif kind == "rule":
                draw.rectangle((0, y + 14, WIDTH, y + 15), fill=0)
            y += 60 if style == "large" else 30
        return image


def raster_job(device: Dummy, painter: Painter, receipt: list[list[str]]) -> bytes:
    begin(device)
    lines = []
    for row in receipt:
        if row[0] in ("barcode", "qr"):
            if lines:
                device.image(painter.picture(lines))
                lines = []
            common(device, row[0], row[1:])
        else:
            lines.append(row)
    device.image(painter.picture(lines))
    device.cut(feed=False)
    return device.output


def main():
    kind, receipt_file, fonts = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    receipt, out = rows(receipt_file.read_text()), sys.stdout
    sys.stdout = Quiet()
    begun = time.perf_counter()
    device = Dummy(profile="TM-T20II")
    if kind == "text":
        encode = lambda: text_job(device, receipt)
    else:
        painter = Painter(fonts)
        encode = lambda: raster_job(device, painter, receipt)
    first = encode()
    cold = time.perf_counter() - begun
    batches = []
    for _ in range(BATCHES):
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < BATCH_S:
            assert encode() == first
            count += 1
        batches.append((time.perf_counter() - begun) / count)
    each = min(batches)
    if len(sys.argv) > 4:
        Path(sys.argv[4]).write_bytes(first)
    out.write(f"{cold * 1e6:.3f}\t{each * 1e6:.3f}\t{len(first)}\n")


main()
