//! The star: the core knows nobody, a ray knows the core and its own library, only the rim knows the rays.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// The crates of the workspace with their direct dependencies for a normal build.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let normal = |dependency: &&Value| dependency["kind"].is_null();
    let names = |package: &Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter().filter(normal);
        dependencies.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
    };
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().map(|package| (package["name"].as_str().unwrap().to_owned(), names(package))).collect()
}

fn ours(dependencies: &BTreeSet<String>) -> BTreeSet<&str> {
    dependencies.iter().map(String::as_str).filter(|name| name.starts_with("quickpay")).collect()
}

#[test]
fn the_core_depends_on_thiserror_and_zeroize_alone() {
    let expected: BTreeSet<String> = ["thiserror", "zeroize"].map(String::from).into();
    assert_eq!(edges()["quickpay-core"], expected);
}

#[test]
fn a_ray_knows_the_core_and_no_other_ray() {
    let edges = edges();
    for ray in ["quickpay-store", "quickpay-gateway", "quickpay-drivers", "quickpay-ui"] {
        assert_eq!(ours(&edges[ray]), BTreeSet::from(["quickpay-core"]), "{ray}");
    }
}

#[test]
fn the_sandbox_shares_no_code_with_what_it_judges() {
    assert_eq!(ours(&edges()["quickpay-sandbox"]), BTreeSet::new());
}

#[test]
fn one_crate_alone_names_each_foreign_library() {
    let owners = [
        ("slint", "quickpay-ui"),
        ("i-slint-backend-winit", "quickpay-ui"),
        ("sled", "quickpay-store"),
        ("reqwest", "quickpay-gateway"),
        ("rustls", "quickpay-gateway"),
        ("serialport", "quickpay-drivers"),
        ("rusb", "quickpay-drivers"),
        ("evdev", "quickpay-drivers"),
        ("argon2", "quickpay"),
        ("hyper", "quickpay-sandbox"),
    ];
    for (library, owner) in owners {
        for (name, dependencies) in edges() {
            assert!(
                name == owner || !dependencies.contains(library),
                "{name} names {library}, which is {owner}'s"
            );
        }
    }
}

#[test]
fn the_top_level_is_the_card() {
    let allowed = [
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "config",
        "drivers",
        "packaging",
        "src",
        "tests",
        "ui",
    ];
    let listed = Command::new("git")
        .args(["ls-files"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .ok()
        .filter(|output| output.status.success());
    let Some(listed) = listed else { return }; // an exported tree without git: nothing to compare with
    let text = String::from_utf8(listed.stdout).unwrap();
    let top: BTreeSet<&str> = text.lines().filter_map(|line| line.split('/').next()).collect();
    let strangers: Vec<_> =
        top.iter().filter(|name| !name.starts_with('.') && !allowed.contains(name)).collect();
    assert!(strangers.is_empty(), "not on the card: {strangers:?}");
}

#[test]
fn no_file_makes_rustup_download_another_toolchain() {
    for name in ["rust-toolchain", "rust-toolchain.toml"] {
        assert!(!std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists(), "{name}");
    }
}

#[test]
fn every_hand_written_crate_forbids_unsafe_code() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in [
        "src/lib.rs",
        "src/main.rs",
        "src/core/lib.rs",
        "src/store/lib.rs",
        "src/gateway/lib.rs",
        "src/sandbox/lib.rs",
        "drivers/lib.rs",
    ] {
        let text = std::fs::read_to_string(root.join(file)).unwrap();
        assert!(text.contains("#![forbid(unsafe_code)]"), "{file}");
    }
}
