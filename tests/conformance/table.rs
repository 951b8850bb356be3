//! The list of cases, and that each has its test.

use std::process::Command;

fn cases() -> Vec<String> {
    let wechat = (1..=8).map(|n| format!("a{n}")).chain((1..=4).map(|n| format!("b{n}")));
    wechat.chain((1..=30).map(|n| format!("qp_{n:02}"))).collect()
}

#[test]
fn every_case_of_the_table_has_a_test() {
    let listed = Command::new(std::env::current_exe().unwrap())
        .args(["--list", "--format", "terse"])
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let names: Vec<&str> =
        listed.lines().filter_map(|line| line.strip_suffix(": test")?.rsplit("::").next()).collect();
    assert!(names.len() > 40, "{names:?}");
    for case in cases() {
        let has_one = names.iter().any(|name| name.starts_with(&format!("{case}_")));
        assert!(has_one, "{case} has no test");
    }
}
