#!/bin/sh
# Makes the font files the till draws with: Noto Sans CJK SC, Regular and Bold, cut down to what a shop
# in CN, TW, KR and JP can type, plus Latin; and for receipts in other scripts (the printer driver draws those as
# pictures) Noto Sans for Latin, Greek and Cyrillic, Arabic, Hebrew, Thai and Devanagari, Regular and Bold of each.
# The same input and the same tools give the same bytes.
#
#   ui/fonts/make-fonts.sh [OUT_DIR]        default: the folder of this script
#
# Needs: python3 with venv, and either Debian's packages `fonts-noto-cjk` and `fonts-noto-core` installed, or
# `apt-get` and `dpkg-deb` to fetch and unpack them (no root). fonttools is put into a throw-away virtual environment.
#
# Characters: printable ASCII, Latin-1, Latin Extended-A, punctuation, currency signs, arrows and a few shapes,
# GB 2312, level 1 of Big5, KS X 1001 (2350 Hangul syllables and the Hanja) and JIS X 0208. No hinting (the renderer smooths), no
# vertical layout. Why a subset at all: the whole packages are 91 and 26 MB; the CJK files are about 11, the ten others 1.
set -eu

FONTTOOLS=4.59.0 # another version may order tables differently and so give other bytes
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
out=${1:-$here}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

root=""
if [ ! -e /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc ]; then
    (cd "$work" && apt-get download -q fonts-noto-cjk >&2 && dpkg-deb -x fonts-noto-cjk_*.deb unpacked)
    root=$work/unpacked
fi
noto=$root/usr/share/fonts/opentype/noto
licence=$root/usr/share/doc/fonts-noto-cjk/copyright

coreroot=""
if [ ! -e /usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf ]; then
    (cd "$work" && apt-get download -q fonts-noto-core >&2 && dpkg-deb -x fonts-noto-core_*.deb unpacked-core)
    coreroot=$work/unpacked-core
fi
core=$coreroot/usr/share/fonts/truetype/noto

python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check "fonttools==$FONTTOOLS"

cat >"$work/characters.py" <<'PY'
"""Prints the code points of the subset, one `U+XXXX` a line."""

def charset(codec, rows, columns):
    """Every character that a two-byte set of 94 by 94 cells really has."""
    for row in rows:
        for column in columns:
            try:
                yield from bytes([row, column]).decode(codec)
            except UnicodeDecodeError:
                pass

cells = range(0xA1, 0xFF)
chars = {chr(c) for first, last in [
    (0x20, 0x7E), (0xA0, 0xFF), (0x100, 0x17F),     # ASCII, Latin-1, Latin Extended-A
    (0x2010, 0x2027), (0x2030, 0x205E),             # dashes, quotes, dots, per mille
    (0x20A0, 0x20BF), (0x2190, 0x2199),             # currency signs, arrows
    (0x2460, 0x2473), (0x25A0, 0x25CF),             # circled numbers, shapes
    (0x3000, 0x303F), (0x3041, 0x30FF),             # CJK punctuation, kana
    (0xFF01, 0xFF5E), (0xFFE0, 0xFFE6),             # full-width forms
] for c in range(first, last + 1)}
for codec in ("gb2312", "euc_kr", "euc_jp"):
    chars.update(charset(codec, cells, cells))
chars.update(charset("big5", range(0xA4, 0xC7), [*range(0x40, 0x7F), *cells])) # the 5401 frequent ones
for char in sorted(chars):
    print(f"U+{ord(char):04X}")
PY
"$work/venv/bin/python" "$work/characters.py" >"$work/characters.txt"

# The collections hold ten fonts each; the number is looked up by name, not remembered.
cat >"$work/number.py" <<'PY'
import sys
from fontTools.ttLib import TTCollection
for number, font in enumerate(TTCollection(sys.argv[1], lazy=True).fonts):
    if font["name"].getDebugName(1) == "Noto Sans CJK SC" or font["name"].getDebugName(16) == "Noto Sans CJK SC":
        print(number)
        break
PY

for weight in Regular Bold; do
    number=$("$work/venv/bin/python" "$work/number.py" "$noto/NotoSansCJK-$weight.ttc")
    "$work/venv/bin/pyftsubset" "$noto/NotoSansCJK-$weight.ttc" --font-number="$number" \
        --unicodes-file="$work/characters.txt" --output-file="$out/NotoSansCJKsc-$weight-subset.otf" \
        --layout-features=ccmp,locl,kern,mark,mkmk,liga,ljmo,vjmo,tjmo \
        --no-hinting --drop-tables+=vhea,vmtx,VORG,BASE,DSIG --name-IDs='0,1,2,3,4,5,6,13,14,16,17' \
        --name-languages=0x409 --notdef-outline --no-recalc-timestamp --ignore-missing-unicodes
done

# The scripts that are joined, stacked or read from the right keep every layout feature: without them they are wrong.
# Joiners (200C, 200D) and the dotted circle (25CC) belong to each.
subset() { # FAMILY CODE-POINTS
    for weight in Regular Bold; do
        "$work/venv/bin/pyftsubset" "$core/$1-$weight.ttf" --unicodes="20,A0,200C,200D,25CC,$2" \
            --output-file="$out/$1-$weight-subset.ttf" --layout-features='*' --layout-features-=smcp,c2sc,dnom,numr,frac,sups,subs,sinf,ordn,pnum,onum \
            --no-hinting --drop-tables+=DSIG --name-IDs='0,1,2,3,4,5,6,13,14,16,17' --name-languages=0x409 \
            --notdef-outline --no-recalc-timestamp
    done
}
subset NotoSans 20-7E,A0-24F,300-36F,370-3FF,400-52F,1E00-1FFF,2010-2027,2030-205E,20A0-20BF
subset NotoSansArabic 600-6FF,750-77F,FDF2,FDFC
subset NotoSansHebrew 590-5FF,20AA,FB1D-FB4F
subset NotoSansThai E3F,E00-E7F
subset NotoSansDevanagari 900-97F,20B9,A8E0-A8FF

# The licence travels with the files: the copyright line out of the font itself, the text out of Debian's file.
{
    "$work/venv/bin/python" -c '
import sys
from fontTools.ttLib import TTFont
for file in sys.argv[1:]:
    print(TTFont(file)["name"].getDebugName(0))' "$out/NotoSansCJKsc-Regular-subset.otf" "$out/NotoSans-Regular-subset.ttf"
    echo "The fonts beside this file are subsets of Noto Sans CJK SC, Noto Sans and its Arabic, Hebrew, Thai and Devanagari"
    echo "companions, under the licence that follows."
    echo
    awk '/^(License|Files):/ { on = 0 } on { sub(/^ /, ""); sub(/^\.$/, ""); print } /^License: SIL-1.1$/ { on = 1 }' "$licence"
} >"$out/OFL.txt"
chmod 644 "$out"/*.otf "$out"/*.ttf "$out/OFL.txt"
ls -l "$out"
