//! No dump of the program's memory: a core would hold what the till holds, a code on its way and the key.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;

use serde_json::json;

use crate::count;
use crate::shop::Shop;
use crate::shop::leak;
use crate::till::{KEY, Start};

/// Each would leave a core.
const SIGNALS: [&str; 3] = ["-ABRT", "-QUIT", "-TRAP"];

/// Starts a till that would like to leave a core, as large as it comes, in the shop's folder.
fn with_cores_allowed() -> Start {
    let through = ["sh", "-c", "ulimit -c unlimited 2>/dev/null; exec \"$@\"", "sh"];
    Start { through: through.map(str::to_owned).to_vec(), ..Start::default() }
}

#[test]
fn a_till_that_crashes_with_a_code_in_memory_leaves_no_core() {
    let shop = Shop::open(&crate::shop::SetUp::default());
    for signal in SIGNALS {
        let mut till = shop.start_with(&with_cores_allowed());
        shop.line_down();
        till.is_offline();
        let code = shop.code("anna");
        let sale = till.sell("52.00", &code);
        till.reaches(&sale, "held");
        let limits = std::fs::read_to_string(format!("/proc/{}/limits", till.pid())).unwrap();
        let cores = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(cores.split_whitespace().nth(4), Some("0"), "{cores}");
        let sent = Command::new("kill").args([signal, &till.pid().to_string()]).status().unwrap();
        assert!(sent.success());
        let status = till.ended();
        assert!(!status.core_dumped(), "{status:?}");
        let cores: Vec<_> = std::fs::read_dir(&shop.folder)
            .unwrap()
            .map(|item| item.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("core"))
            .collect();
        assert!(cores.is_empty(), "{cores:?}");
        assert!(leak::files_with(&[code], &shop.folder).is_empty());
        assert!(leak::files_holding(KEY.as_bytes(), &shop.folder).is_empty());
        shop.line_up();
    }
    count::write("core-dumps", &json!({ "crashes": SIGNALS.len(), "dumps": 0, "found": 0 }));
}
