"""ESC/POS bytes as a list of commands, by their lengths alone. Knows nothing of our encoder or of our printer model."""

NAMES = {0x1B: "ESC", 0x1C: "FS", 0x1D: "GS"}

# Bytes after the letter, where their number is fixed.
FIXED = {
    "ESC": {"@": 0, "2": 0, "p": 3, "$": 2, "\\": 2, **dict.fromkeys("aEG!JdtRM {-3=", 1)},
    "FS": {"&": 0, ".": 0, "S": 2, **dict.fromkeys("!-CW", 1)},
    "GS": {"L": 2, "W": 2, "$": 2, **dict.fromkeys("!hwHrIaBfb", 1)},
}


def length(data: bytes, at: int) -> int:
    """How many bytes the command takes that begins here with ESC, FS or GS."""
    family, letter = NAMES[data[at]], chr(data[at + 1])
    after = at + 2
    if family == "GS" and letter == "V":
        return 3 if data[after] in (0, 1, 48, 49) else 4
    if family == "GS" and letter == "k":
        if data[after] <= 6:
            return data.index(0, after + 1) + 1 - at
        return 4 + data[after + 1]
    if family == "GS" and letter == "v":
        across = data[after + 2] | data[after + 3] << 8
        rows = data[after + 4] | data[after + 5] << 8
        return 8 + across * rows
    if letter == "(":
        return 5 + (data[after + 1] | data[after + 2] << 8)
    if family == "GS" and letter == "8":
        return 7 + int.from_bytes(data[after + 1 : after + 5], "little")
    return 2 + FIXED[family][letter]


def commands(data: bytes) -> list[str]:
    """The commands in order, such as `ESC a 01`, `LF`, `text ce a2`."""
    found, at = [], 0
    while at < len(data):
        if data[at] in NAMES:
            end = at + length(data, at)
            if end > len(data):
                raise ValueError(f"cut off: {data[at:].hex(' ')}")
            letter = chr(data[at + 1])
            rest = data[at + 2 : end]
            if letter in "v(8":  # named by two letters
                letter, rest = letter + chr(rest[0]), rest[1:]
            if letter == " ":
                letter = "SP"
            found.append(" ".join([NAMES[data[at]], letter, rest.hex(" ")]).strip())
        elif data[at] < 0x20:
            end = at + 1
            found.append("LF" if data[at] == 0x0A else f"control {data[at]:02x}")
        else:
            end = at
            while end < len(data) and data[end] >= 0x20:
                end += 1
            found.append(f"text {data[at:end].hex(' ')}")
        at = end
    return found
