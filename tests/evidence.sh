#!/usr/bin/env bash
# Proves the money rules at length and writes the record: tests/EVIDENCE.md. Nobody edits that file by hand.
#
#   tests/evidence.sh [LIVES]        1,000,000 simulated lives when not told; about half an hour on two cores
#
# Every number comes out of a run of this script: the simulator prints its tally, and the tests that go through the real
# program write what they counted where QUICKPAY_EVIDENCE says (tests/crash/count.rs), one `key value` a line. When
# anything fails, the script ends there and the record stays as it was.
set -euo pipefail
cd "$(dirname "$0")/.."
lives=${1:-1000000}
jobs=$(nproc)
record=tests/EVIDENCE.md

# What is proven is a commit, not somebody's working copy.
if [ -n "$(git status --porcelain -- . ":!$record")" ]; then
  echo "commit first: the record names the commit that was proven" >&2
  exit 1
fi

QUICKPAY_EVIDENCE=$(mktemp -d)
export QUICKPAY_EVIDENCE CARGO_TERM_COLOR=never LANG=C.UTF-8 RUST_BACKTRACE=0
living=
trap 'kill $living 2>/dev/null || true; rm -rf "$QUICKPAY_EVIDENCE"' EXIT
out=$QUICKPAY_EVIDENCE
began=$(date -u +%s)
say() { printf '== %s (%s s)\n' "$1" "$(($(date -u +%s) - began))" >&2; }

say "$lives simulated lives"
cargo build --profile dist --locked -q -p quickpay-simulation
simulation=${CARGO_TARGET_DIR:-target}/dist/quickpay-simulation
# Beside the rest: the lives need a processor, the real program mostly waits.
"$simulation" --lives "$lives" --first-seed 0 --jobs "$jobs" >"$out/lives.txt" &
living=$!

say "the simulator's mutants"
cargo test --profile dist --locked -q -p quickpay-simulation --test mutants -- --nocapture --test-threads=1 >"$out/mutants.txt"

# What a test program said, before it is thrown away.
failed() { tail -n 60 "$out/$1.txt" >&2; exit 1; }
# A program's tests, and how many of them passed.
passed() { sed -n 's/^test result: ok\. \([0-9]*\) passed.*/\1/p' "$1"; }
say "every case of the conformance table"
cargo test --locked --test conformance >"$out/conformance.txt" || failed conformance
say "kills, power cuts, a line that flaps, secrets"
cargo test --locked --test crash -- --test-threads=$((2 * jobs)) >"$out/crash.txt" || failed crash

say "the last of the lives"
wait "$living"
living=

# `value FILE KEY`: one number that a run wrote down.
value() {
  awk -v key="$2" '$1 == key { print $2; found = 1 } END { if (!found) print "MISSING" }' "$out/$1.txt"
}
# `rest FILE PREFIX`: what a run counted by kind, as one list.
rest() {
  awk -v prefix="$2." 'index($1, prefix) == 1 { printf "%s%s %s", comma, substr($1, length(prefix) + 1), $2; comma = ", " }' \
    "$out/$1.txt" | tr '_' ' '
}

say "the record"
{
  cat <<HEAD
# The evidence

Written by \`tests/evidence.sh\` (\`just evidence\`) and never by hand. It proves one commit; the tests of every day run a
sample of the same.

| | |
|---|---|
| date | $(date -u '+%Y-%m-%d %H:%M UTC') |
| commit | \`$(git rev-parse HEAD)\` |
| machine | $(uname -sm), $jobs cores, $(rustc --version | cut -d' ' -f1-2) |

| what | how much | violations |
|---|---|---|
| simulated lives, seeds 0 to $((lives - 1)) | $lives lives, $(awk '/^faults injected/ { print $3 }' "$out/lives.txt") faults | $(awk '/^violations/ { print $2 }' "$out/lives.txt") |
| simulator's mutants caught | $(grep -c 'Caught:' "$out/mutants.txt") of $(awk '/^running/ { print $2 - 1 }' "$out/mutants.txt") | |
| kill -9 at every system call of a sale | $(value kills-sale kills) kills, $(value kills-sale restarts) recoveries compared | $(value kills-sale violations) |
| the same at every call of a sale that is cancelled | $(value kills-cancel kills) kills, $(value kills-cancel restarts) recoveries compared | $(value kills-cancel violations) |
| the same at every call of a sale that is refunded | $(value kills-refund kills) kills, $(value kills-refund restarts) recoveries compared | $(value kills-refund violations) |
| kill -9 spread over the calls of openings | $(value kills-opening kills) kills | $(value kills-opening violations) |
| kill -9 at random moments | $(value kills-random kills) kills | $(value kills-random violations) |
| power cuts that lose what was not synced | $(value power-cuts cuts) cuts | $(value power-cuts violations) |
| disks that lie about syncs, found out | $(value power-cut-mutants caught) of $(value power-cut-mutants of) | |
| flaps of the line, with sales and kills | $(value flaps flaps) flaps, $(value flaps sales) sales, $(value flaps kills) kills | $(value flaps stuck) stuck |
| crashes with a secret in memory | $(value core-dumps crashes) crashes, $(value core-dumps dumps) dumps | $(value core-dumps found) |
| conformance table, through the real program | $(passed "$out/conformance.txt") tests passed | 0 failed |

## Simulated lives

The real core on a virtual clock, a model gateway, wallets and a printer; the invariants after every step, and in the end
every sale has ended and belief equals truth. Two checks are dear and made at a sample of the steps here, at every step in the
tests of every day: the replay of the whole journal (invariant 4) and the search for payment codes (invariant 10).

\`\`\`text
$(cat "$out/lives.txt")
\`\`\`

## Mutants

Each is a deliberate fault of the design; the first seed at which the simulator catches it, out of 100.

\`\`\`text
$(grep -o '[A-Za-z]*: .*Caught:.*' "$out/mutants.txt" | cut -c1-160)
\`\`\`

## Kills

Each sale runs in the real program under a tracer that ends it with SIGKILL at the beginning of its next system call; the next
start recovers, and its belief is compared with the journal and with the sandbox's charges.

- a whole sale, from the scan to the printed receipt, at every call: $(rest kills-sale at)
- a sale that the customer never confirms, from the scan to the printed slip of its reversal, at every call: $(rest kills-cancel at)
- a sale that is paid and given back whole, at every call: $(rest kills-refund at)
- an opening, on an empty disk and with a sale in doubt: $(rest kills-opening at)

## Power cuts

The tracer keeps a model of the disk: bytes are durable after a sync of their file, names after a sync of their folder. At a cut
the real files become what a drive may have kept: of the unsynced nothing, all, a prefix, some, or torn sectors.

- $(value power-cuts writes) writes and $(value power-cuts syncs) syncs seen; $(value power-cuts unsynced_changes) changes were not durable at their cut; $(value power-cuts files_changed_by_a_cut) files and folders were changed by a cut
- the model was compared with the real files before $(value power-cuts compared_with_the_real_files) cuts and agreed
- $(value power-cuts in_the_opening) cuts came while the till opened; $(value power-cuts charges) charges were made in all
- found out: $(rest power-cut-mutants found)

## The line

$(value flaps flaps) flaps (refused, swallowed, slow, replies lost), $(value flaps sales) sales, $(value flaps kills) kills in between; afterwards the sales were:
$(rest flaps ends)
HEAD
} >"$out/record.md"
if grep -q MISSING "$out/record.md"; then
  echo "a number is missing; the record stays as it was:" >&2
  grep MISSING "$out/record.md" >&2
  exit 1
fi
mv "$out/record.md" "$record"
say "done: $record"
