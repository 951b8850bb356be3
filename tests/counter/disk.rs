//! Disks that fill up and disks that fail, under the real program. Both need a machine that lets a test do that: root for
//! a small file system of its own, strace for a failing call; elsewhere a test says that it was not made.
#![allow(clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::shop::{SetUp, Shop};
use crate::till::{LIMIT, Till};

/// A file system of its own for the data of a shop.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(folder: &Path, megabytes: u32) -> Option<SmallDisk> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={megabytes}m,mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "quickpay-test"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        let mounted = mounted.is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("not made: this test needs the right to mount a small file system");
        }
        mounted.then(|| SmallDisk(folder.to_path_buf()))
    }

    /// Takes so much room, or all there is.
    fn fill(&self, megabytes: usize) {
        use std::io::Write as _;
        let mut file =
            std::fs::File::options().create(true).append(true).open(self.0.join("something-else")).unwrap();
        let block = vec![0x55; 1024 * 1024];
        for _ in 0..megabytes {
            if file.write_all(&block).is_err() {
                return;
            }
        }
    }

    fn give_back(&self) {
        std::fs::remove_file(self.0.join("something-else")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.0).status().ok();
    }
}

/// Asks for an amount until the till refuses it for this reason; the room left is measured in quiet seconds.
fn is_refused_for(till: &mut Till, reasons: &[&str]) {
    let until = Instant::now() + LIMIT;
    loop {
        let answer = till.enter("5.00");
        if answer["reason"].as_str().is_some_and(|reason| reasons.contains(&reason)) {
            return;
        }
        assert!(Instant::now() < until, "{answer}");
        till.ask(json!({ "do": "clear" }));
        std::thread::sleep(Duration::from_millis(1500));
    }
}

#[test]
fn on_a_disk_that_fills_up_new_sales_stop_and_open_ones_finish() {
    let set_up = SetUp { reverse_not_before_ms: 500, ..SetUp::default() };
    let shop = Shop::open(&set_up);
    let Some(disk) = SmallDisk::mount(&shop.data_dir(), 420) else { return };
    let mut till = shop.start();
    till.is_online();
    let open = till.sell("52.00", &shop.code("carla"));
    till.reaches(&open, "awaiting_payer");
    till.ask(json!({ "do": "put_aside" }));
    disk.fill(110); // below the 256 MB that new sales need
    is_refused_for(&mut till, &["space_low"]);
    disk.fill(1_000); // nothing is left at all
    till.ask(json!({ "do": "resume", "sale": open }));
    till.ask(json!({ "do": "cancel" }));
    till.reaches(&open, "reversed");
    is_refused_for(&mut till, &["space_low", "storage_fault"]);
    till.kill();
    disk.give_back();
    let mut till = shop.start();
    assert_eq!(till.sale(&open)["state"], "reversed", "what was recorded on the full disk is recorded");
    till.is_online();
    let next = till.sell("6.00", &shop.code("anna"));
    till.reaches(&next, "approved");
    till.quit();
}

/// From now on every `fdatasync` of this program fails with EIO; what it asked for is written to the file.
fn break_the_disk_under(till: &Till, log: &Path) -> Option<Child> {
    let strace = Command::new("strace")
        .args(["-f", "-y", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO", "-o"])
        .arg(log)
        .args(["-p", &till.pid().to_string()])
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut strace) = strace else {
        eprintln!("not made: this test needs strace");
        return None;
    };
    std::thread::sleep(Duration::from_secs(2));
    if strace.try_wait().unwrap().is_some() {
        eprintln!("not made: strace may not look into a program here");
        return None;
    }
    Some(strace)
}

#[test]
fn after_one_failed_sync_nothing_more_is_recorded_and_no_sync_is_tried_again() {
    let (shop, mut till) = Shop::with_till();
    let paid = till.sell("52.00", &shop.code("anna"));
    till.reaches(&paid, "approved");
    let log = shop.folder.join("strace.log");
    let Some(mut strace) = break_the_disk_under(&till, &log) else { return };
    for _ in 0..3 {
        let refused = till.ask(json!({ "do": "refund", "sale": paid, "amount": "1.00" }));
        assert_eq!(refused["reason"], "storage_fault", "{refused}");
        let refused = till.enter("7.00");
        assert_eq!(refused["reason"], "storage_fault", "{refused}");
    }
    assert!(shop.gateway.requests("refund").is_empty(), "a refund left that was never recorded");
    std::thread::sleep(Duration::from_secs(3)); // quiet seconds, in which the store would tidy up
    till.kill();
    strace.wait().unwrap();
    let calls = std::fs::read_to_string(&log).unwrap();
    let of_the_journal = calls.lines().filter(|line| line.contains("/journal/")).count();
    assert_eq!(of_the_journal, 1, "{calls}");
    let mut till = shop.start();
    till.is_online();
    let sale = till.sale(&paid); // the append that failed may be on the disk: then the refund goes on
    assert!(["approved", "refund_saved", "refund_sent"].contains(&sale["state"].as_str().unwrap()), "{sale}");
    let next = till.sell("8.00", &shop.code("anna"));
    till.reaches(&next, "approved");
    till.quit();
}
