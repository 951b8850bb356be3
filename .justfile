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

# Rewrites the golden pictures of the screen; a person looks at the difference.
golden:
    UPDATE_GOLDEN=1 cargo test -p quickpay-ui

# Licences, advisories, sources, and which crate may name which library.
deny:
    cargo deny check

# Spelling.
typos:
    typos
