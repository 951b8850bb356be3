//! A till for one scenario: its own folder and name, the shared gateway, the devices that the scenario names.

use std::path::PathBuf;
use std::process::Command;

use super::counter::Bench;
use super::outcome::{Outcome, Trying as _};
use super::till::{LIMIT, Mark, PROGRAM, Till};

/// The guest's disk is its memory.
const DISK: &str = "/var/lib";

/// Lines that a western printer draws: a paper of some ten thousand bytes, which no printer takes at once.
const FOOTER: &str =
    r#"["谢谢惠顾，欢迎再次光临", "请保留小票，凭此退换货", "本店支持微信支付", "客服电话见门店海报"]"#;

/// Clears away what the tills of earlier scenarios left.
pub(crate) fn clear_disk() {
    let folders = std::fs::read_dir(DISK).into_iter().flatten().filter_map(Result::ok);
    folders.for_each(|folder| drop(std::fs::remove_dir_all(folder.path())));
}

/// A folder with a configuration; tills are started in it.
#[derive(Debug)]
pub(crate) struct Shop(PathBuf);

impl Shop {
    /// Tables are written as in the configuration; an empty scanner or printer is none.
    pub(crate) fn new(bench: &mut Bench, scanners: &str, printer: &str) -> Outcome<Shop> {
        let number = bench.next_number();
        let folder = PathBuf::from(format!("{DISK}/till-{number}"));
        std::fs::create_dir_all(&folder).trying(folder.display())?;
        let printer = if printer.is_empty() { "kind = \"none\"" } else { printer };
        let configuration = format!(
            "[terminal]\nid = \"R{number}\"\nmerchant = \"Rig Shop\"\ndata_dir = {:?}\n\n\
             [gateway]\nbase_url = \"http://{}\"\n\n[payment]\nsubmit_deadline_ms = 45000\n\n\
             [printer]\n{printer}\n\n[receipt]\nfooter = {FOOTER}\n\n{scanners}",
            folder.join("data"),
            bench.gateway.address,
        );
        std::fs::write(folder.join("terminal.toml"), configuration).trying("terminal.toml")?;
        Ok(Shop(folder))
    }

    /// How often the journal says that a paper was begun.
    pub(crate) fn begun(&self) -> Outcome<usize> {
        let shown = Command::new(PROGRAM)
            .args(["journal", "show", "--config"])
            .arg(self.0.join("terminal.toml"))
            .output()
            .trying("quickpay journal show")?;
        let words = String::from_utf8_lossy(&shown.stdout).into_owned();
        Ok(words.lines().filter(|line| line.ends_with(" printing")).count())
    }

    /// Starts the till and waits until it is online.
    pub(crate) fn start(&self) -> Outcome<Till> {
        self.start_as(None)
    }

    /// The same as a user who is not root: its number and its group.
    pub(crate) fn start_as(&self, user: Option<(u32, u32)>) -> Outcome<Till> {
        if let Some((user, group)) = user {
            std::os::unix::fs::chown(&self.0, Some(user), Some(group)).trying("chown")?;
        }
        let till = Till::start(&self.0, user)?;
        let online =
            |heard: &super::till::Heard| heard.event.get("online").is_some_and(|online| online == true);
        till.event(Mark::START, "view online", LIMIT, online)?;
        Ok(till)
    }
}
