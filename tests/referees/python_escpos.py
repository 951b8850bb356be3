"""The cases as python-escpos encodes them. `None`: it has no word for that."""

import contextlib
import io

from escpos.printer import Dummy
from PIL import Image

CODE_PAGES = {"ascii": "CP437", "cp858": "CP858", "gb18030": "AUTO"}


def printer() -> Dummy:
    device = Dummy(profile="TM-T20II")
    device.hw("INIT")
    return device


def finished(device: Dummy) -> bytes:
    device.cut(feed=False)
    return device.output


def lines(charset, style, *rows):
    if charset not in CODE_PAGES:
        return None
    device = printer()
    device.charcode(CODE_PAGES[charset])
    if style in ("bold", "large"):
        device.set(bold=True)
    if style == "large":
        device.set(custom_size=True, width=2, height=2)
    for row in rows:
        device.text(row + "\n")
    if style == "large":
        device.set(custom_size=True, width=1, height=1)
    if style in ("bold", "large"):
        device.set(bold=False)
    return finished(device)


def repertoire(charset, _size, characters):
    """Bytes of each character. It takes a text for Chinese if one ideograph is in it, so each comes with one."""
    if charset not in CODE_PAGES:
        return None
    device = Dummy(profile="TM-T20II")
    device.charcode(CODE_PAGES[charset])
    device.clear()

    def alone(character):
        lead = "中" if charset == "gb18030" else "x"
        device.text(lead + character)
        told = device.output[len(lead.encode("gb18030")) :]
        device.clear()
        return told

    return [alone(character) for character in characters]


def barcode(height, module, data):
    device = printer()
    content = "{B" + data.replace("{", "{{")
    with contextlib.redirect_stdout(io.StringIO()):  # it says what it does
        device.barcode(
            content, "CODE128", height=int(height), width=int(module), pos="OFF", function_type="B"
        )
    device.set(align="left")
    return finished(device)


def qr(size, data):
    device = printer()
    device.set(align="center")  # it refuses to centre a symbol that the printer draws
    device.qr(data, ec=1, size=int(size), native=True)
    device.set(align="left")
    return finished(device)


def picture(width, height, *rows):
    image = Image.new("1", (int(width), int(height)), 1)
    for y, row in enumerate(rows):
        for x, bit in enumerate(row):
            if bit == "1":
                image.putpixel((x, y), 0)
    device = printer()
    device.image(image, impl="bitImageRaster")
    return finished(device)


def drawer(pin, on, off):
    device = printer()
    device.cashdraw([27, 112, {"2": 0, "5": 1}[pin], int(on), int(off)])
    return finished(device)


def cut(_feed):
    return finished(printer())


def tear(feed_lines):
    device = printer()
    device.print_and_feed(int(feed_lines))
    return device.output


def encode(kind, arguments):
    """Bytes of a job, a list of bytes for a repertoire, or `None`."""
    return globals()[kind](*arguments)
