//! A wall clock that can be set for one till alone.
//!
//! Invariant: the clock that counts deadlines is not touched; only what the till reads as the time of day moves.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::till::Start;

/// The wall clock of the tills that are started with it.
#[derive(Debug)]
pub(crate) struct WallClock {
    library: PathBuf,
    offset: PathBuf,
    boot: PathBuf,
}

impl WallClock {
    /// A clock that is right. The C compiler that the build needs makes the library that bends it.
    pub(crate) fn new(folder: &Path) -> WallClock {
        let library = folder.join("wall_clock.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shop/wall_clock.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .output()
            .unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        let boot = folder.join("boot_id");
        let clock = WallClock { library, offset: folder.join("wall_clock.offset"), boot };
        clock.off_by(0);
        clock.boots(1);
        clock
    }

    /// Sets it wrong by so many seconds, at once.
    pub(crate) fn off_by(&self, seconds: i64) {
        let next = self.offset.with_extension("next");
        std::fs::write(&next, seconds.to_string()).unwrap();
        std::fs::rename(next, &self.offset).unwrap();
    }

    /// The machine was started for the so many-th time: a till that is started from now on knows no clock of before.
    pub(crate) fn boots(&self, time: u32) {
        std::fs::write(&self.boot, format!("00000000-0000-4000-8000-{time:012x}\n")).unwrap();
    }

    /// How a till is started that reads it.
    pub(crate) fn start(&self) -> Start {
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let env = vec![("LD_PRELOAD", text(&self.library)), ("QUICKPAY_WALL_OFFSET", text(&self.offset))];
        Start { env, ..Start::default() }
    }
}
