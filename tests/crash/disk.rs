//! A disk that keeps only what was synced, built from the system calls of a traced till.
//!
//! Invariant: a file's bytes are durable after `fsync` or `fdatasync` of it, a name after `fsync` of its folder, and
//! nothing is durable otherwise; a call that could change a file in a way this model does not know ends the test.
//! Whether the model saw everything is checked against the real files before each cut.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nix::libc;

use crate::call::{Call, Memory};
use crate::shop::truth::Seed;
use crate::survivor::Change;
use crate::tracer::{KillAt, Verdict, Watcher};
use crate::tree::{Lost, Tree};

/// Which promises this disk keeps; all but the first are faults that the cuts must find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Honesty {
    Honest,
    /// A sync of a file makes nothing durable.
    FilesNeverSynced,
    /// A sync of a folder makes no name durable.
    FoldersNeverSynced,
    /// Every third sync of a file makes nothing durable.
    FilesMostlySynced,
}

#[derive(Debug, Clone, Copy)]
struct Opened {
    node: usize,
    at: usize,
    appends: bool,
}

/// What a call will do if it succeeds.
#[derive(Debug, Clone)]
enum Doing {
    Open { path: PathBuf, flags: i32 },
    Write { fd: i32, at: Option<usize>, bytes: Vec<u8> },
    Length { fd: i32, length: usize },
    Allocate { fd: i32, end: usize },
    Seek { fd: i32 },
    Read { fd: i32 },
    Sync { fd: i32, before: u64 },
    Doubled { fd: i32 },
    MakeFolder { path: PathBuf },
    Remove { path: PathBuf },
    Rename { from: PathBuf, to: PathBuf },
}

/// The disk below one folder.
#[derive(Debug)]
pub(crate) struct Disk {
    tree: Tree,
    honesty: Honesty,
    opened: BTreeMap<i32, Opened>,
    doing: BTreeMap<i32, Doing>,
    calls: u64,
    pub(crate) syncs: u64,
    pub(crate) writes: u64,
    /// How often the real files were compared with the model.
    pub(crate) compared: u64,
    /// When the power goes.
    pub(crate) cut: KillAt,
}

impl Disk {
    /// An empty disk below `root`, which need not exist.
    pub(crate) fn new(root: &Path, honesty: Honesty) -> Disk {
        assert!(!root.exists());
        Disk {
            tree: Tree::new(root),
            honesty,
            opened: BTreeMap::new(),
            doing: BTreeMap::new(),
            calls: 0,
            syncs: 0,
            writes: 0,
            compared: 0,
            cut: KillAt::default(),
        }
    }

    /// Where a path argument leads, with the folder that a relative one begins at.
    fn path(&self, folder: u64, at: u64, memory: &Memory) -> PathBuf {
        let path = memory.path(at);
        if path.is_absolute() {
            return path;
        }
        match folder as i32 {
            // The till runs in the folder that holds its data directory.
            libc::AT_FDCWD => self.tree.root().parent().unwrap().join(path),
            fd => match self.opened.get(&fd) {
                Some(opened) => self.tree.path_of(opened.node).join(path),
                None => Path::new("/somewhere/else").join(path),
            },
        }
    }

    fn is_ours(&self, fd: u64) -> bool {
        self.opened.contains_key(&(fd as i32))
    }

    /// What a call is going to do to this disk.
    fn plan(&mut self, call: &Call, memory: &Memory) -> Option<Doing> {
        let [a, b, c, d, ..] = call.args;
        let cwd = libc::AT_FDCWD as u64;
        #[cfg(target_arch = "x86_64")]
        match call.number {
            libc::SYS_open => return Some(Doing::Open { path: self.path(cwd, a, memory), flags: b as i32 }),
            libc::SYS_mkdir => return Some(Doing::MakeFolder { path: self.path(cwd, a, memory) }),
            libc::SYS_unlink | libc::SYS_rmdir => {
                return Some(Doing::Remove { path: self.path(cwd, a, memory) });
            }
            libc::SYS_rename => {
                let (from, to) = (self.path(cwd, a, memory), self.path(cwd, b, memory));
                return Some(Doing::Rename { from, to });
            }
            libc::SYS_creat | libc::SYS_dup2 | libc::SYS_link | libc::SYS_symlink | libc::SYS_truncate => {
                panic!("{} is not in the model", call.name())
            }
            _ => {}
        }
        let fd = a as i32;
        let doing = match call.number {
            libc::SYS_openat => Doing::Open { path: self.path(a, b, memory), flags: c as i32 },
            libc::SYS_mkdirat => Doing::MakeFolder { path: self.path(a, b, memory) },
            libc::SYS_unlinkat => Doing::Remove { path: self.path(a, b, memory) },
            libc::SYS_renameat | libc::SYS_renameat2 => {
                Doing::Rename { from: self.path(a, b, memory), to: self.path(c, d, memory) }
            }
            libc::SYS_openat2 | libc::SYS_linkat | libc::SYS_symlinkat | libc::SYS_io_uring_setup => {
                panic!("{} is not in the model", call.name())
            }
            libc::SYS_copy_file_range if self.is_ours(c) => panic!("copy_file_range is not in the model"),
            libc::SYS_mmap if self.is_ours(call.args[4]) && c & libc::PROT_WRITE as u64 != 0 => {
                assert!(d & libc::MAP_PRIVATE as u64 != 0, "a shared mapping is not in the model");
                return None;
            }
            _ if !self.is_ours(a) => return None,
            libc::SYS_write => Doing::Write { fd, at: None, bytes: memory.bytes(b, c) },
            libc::SYS_pwrite64 => Doing::Write { fd, at: Some(d as usize), bytes: memory.bytes(b, c) },
            libc::SYS_writev => Doing::Write { fd, at: None, bytes: memory.gathered(b, c) },
            libc::SYS_pwritev
            | libc::SYS_pwritev2
            | libc::SYS_sendfile
            | libc::SYS_splice
            | libc::SYS_dup3 => {
                panic!("{} is not in the model", call.name())
            }
            libc::SYS_ftruncate => Doing::Length { fd, length: b as usize },
            libc::SYS_fallocate => {
                assert_eq!(b, 0, "only the plain fallocate is in the model");
                Doing::Allocate { fd, end: (c + d) as usize }
            }
            libc::SYS_lseek => Doing::Seek { fd },
            libc::SYS_read | libc::SYS_readv => Doing::Read { fd },
            libc::SYS_fsync | libc::SYS_fdatasync => Doing::Sync { fd, before: self.calls },
            libc::SYS_close => {
                self.opened.remove(&fd); // now: another thread may get the number before this call ends
                return None;
            }
            libc::SYS_dup => Doing::Doubled { fd },
            libc::SYS_fcntl if [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC].contains(&(b as i32)) => {
                Doing::Doubled { fd }
            }
            _ => return None,
        };
        Some(doing)
    }

    fn done(&mut self, doing: Doing, result: i64) {
        match doing {
            Doing::Open { path, flags } => self.open(&path, flags, result as i32),
            Doing::Write { fd, at, bytes } => self.written(fd, at, &bytes[..result as usize]),
            Doing::Length { fd, length } => {
                self.tree.change(self.opened[&fd].node, Change::Length(length), self.calls);
            }
            Doing::Allocate { fd, end } => {
                self.tree.change(self.opened[&fd].node, Change::AtLeast(end), self.calls);
            }
            Doing::Seek { fd } => self.opened.get_mut(&fd).unwrap().at = result as usize,
            Doing::Read { fd } => self.opened.get_mut(&fd).unwrap().at += result as usize,
            Doing::Sync { fd, before } => self.synced(fd, before),
            Doing::Doubled { fd } => {
                let opened = self.opened[&fd];
                self.opened.insert(result as i32, opened);
            }
            Doing::MakeFolder { path } => self.tree.make_folder(&path, self.calls),
            Doing::Remove { path } => self.tree.remove(&path, self.calls),
            Doing::Rename { from, to } => self.tree.rename(&from, &to, self.calls),
        }
    }

    fn open(&mut self, path: &Path, flags: i32, fd: i32) {
        if !path.starts_with(self.tree.root()) {
            return;
        }
        let node = match self.tree.node_of(path) {
            Some(node) => node,
            None => {
                assert!(flags & libc::O_CREAT != 0, "{path:?} was opened, and the model does not know it");
                self.tree.make_file(path, self.calls)
            }
        };
        if flags & libc::O_TRUNC != 0 {
            self.tree.change(node, Change::Length(0), self.calls);
        }
        self.opened.insert(fd, Opened { node, at: 0, appends: flags & libc::O_APPEND != 0 });
    }

    fn written(&mut self, fd: i32, at: Option<usize>, bytes: &[u8]) {
        self.writes += 1;
        let opened = self.opened[&fd];
        let end = || self.tree.length(opened.node);
        let place = at.unwrap_or_else(|| if opened.appends { end() } else { opened.at });
        self.tree.change(opened.node, Change::Write { at: place, bytes: bytes.to_vec() }, self.calls);
        if at.is_none() {
            self.opened.get_mut(&fd).unwrap().at = place + bytes.len();
        }
    }

    /// What was changed before the sync began is durable now.
    fn synced(&mut self, fd: i32, before: u64) {
        self.syncs += 1;
        let does = match self.honesty {
            Honesty::Honest => (true, true),
            Honesty::FilesNeverSynced => (false, true),
            Honesty::FoldersNeverSynced => (true, false),
            Honesty::FilesMostlySynced => (!self.syncs.is_multiple_of(3), true),
        };
        self.tree.sync(self.opened[&fd].node, before, does);
    }

    /// The power is gone: the real files become what has survived.
    pub(crate) fn power_cut(&mut self, seed: &mut Seed) -> Lost {
        let hanging: Vec<Doing> = std::mem::take(&mut self.doing).into_values().collect();
        self.agrees_with_the_files(&hanging);
        for doing in hanging {
            // It may have been carried out, or in part; what survives of it is drawn like everything unsynced.
            let (fd, result) = match &doing {
                Doing::Write { fd, bytes, .. } => (*fd, bytes.len() as i64),
                Doing::Length { fd, .. } | Doing::Allocate { fd, .. } => (*fd, 0),
                Doing::Open { .. }
                | Doing::MakeFolder { .. }
                | Doing::Remove { .. }
                | Doing::Rename { .. } => continue,
                Doing::Seek { .. } | Doing::Read { .. } | Doing::Sync { .. } | Doing::Doubled { .. } => {
                    continue;
                }
            };
            if self.opened.contains_key(&fd) {
                self.done(doing, result);
            }
        }
        let lost = self.tree.forget_the_unsynced(seed);
        self.opened.clear();
        self.tree.write_out();
        lost
    }

    /// Every file is as the model says, but for what hung in the air when the power went.
    fn agrees_with_the_files(&mut self, hanging: &[Doing]) {
        let quiet = hanging
            .iter()
            .all(|doing| matches!(doing, Doing::Seek { .. } | Doing::Read { .. } | Doing::Sync { .. }));
        if quiet && self.tree.root().exists() {
            self.tree.agrees_with_the_files();
            self.compared += 1;
        }
    }
}

impl Watcher for Disk {
    fn begins(&mut self, thread: i32, call: &Call, memory: &Memory) -> Verdict {
        if self.cut.begins(thread, call, memory) == Verdict::Kill {
            return Verdict::Kill;
        }
        self.calls += 1;
        if let Some(doing) = self.plan(call, memory) {
            self.doing.insert(thread, doing);
        }
        Verdict::GoOn
    }

    fn ends(&mut self, thread: i32, result: i64) {
        if let Some(doing) = self.doing.remove(&thread)
            && result >= 0
        {
            self.calls += 1;
            self.done(doing, result);
        }
    }
}
