# The whole check: what CI runs.
check:
    .ci/run

# Quick: types and lints of one crate, such as `just one quickpay-core`.
one crate:
    cargo clippy -p {{crate}} --all-targets -- -D warnings
    cargo test -p {{crate}}

# The shop in one process.
demo:
    cargo run --release -- demo

# A million simulated lives with lost replies, power cuts and impatient cashiers; exits with 1 on a violation.
lives n="1000000":
    cargo run --profile dist -p quickpay-simulation -- --lives {{n}} --first-seed 0

# Proves the money rules at length (lives, mutants, kills, power cuts) and writes tests/EVIDENCE.md.
evidence n="1000000":
    tests/evidence.sh {{n}}

# Starts after 1,000 and after 1,000,000 past sales, side by side: time to `ready`, memory, the ratio. Writes 5 GB.
start-up sales="1000,1000000":
    SALES={{sales}} cargo test --release --test long_history -- --ignored --nocapture short_and_a_long

# A start whose states another version wrote, after a million past sales: time to `ready` and memory. Writes 5 GB.
start-up-of-another-version sales="1000000":
    SALES={{sales}} cargo test --release --test long_history -- --ignored --nocapture no_state_is_measured

# Rewrites the golden pictures of the screen; a person looks at the difference.
golden:
    UPDATE_GOLDEN=1 cargo test -p quickpay-ui

# Other people's programs judge our receipts: `just referees bytes` for one part.
referees *parts:
    tests/referees/run {{parts}}

# Fuzzes one of framing, wedge, keystrokes, records, hid_pos, hid_descriptor, answers, device_id, logo, receipt (needs
# cargo-fuzz).
fuzz target seconds="600":
    cd drivers && RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} -- -max_total_time={{seconds}} -malloc_limit_mb=16

# Licences, advisories, sources, and which crate may name which library.
deny:
    cargo deny check

# Spelling.
typos:
    typos

# The drivers against real kernel devices in a virtual machine: all of it, `--core`, or scenarios by name.
rig *what:
    tests/vm/run {{what}}
