//! A disk that keeps only what was synced, built from the system calls of a traced till.
//!
//! Invariant: a file's bytes are durable after `fsync` or `fdatasync` of it, a name after `fsync` of its folder, and
//! nothing is durable otherwise; a call that could change a file in a way this model does not know ends the test.
//! Whether the model saw everything is checked against the real files before each cut.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _};
use std::path::{Component, Path, PathBuf};

use nix::libc;

use crate::call::{Call, Memory};
use crate::shop::truth::Seed;
use crate::survivor::{Change, Survival};
use crate::tracer::{KillAt, Verdict, Watcher};

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

#[derive(Debug, Default)]
struct Content {
    durable: Vec<u8>,
    now: Vec<u8>,
    /// With the count of the calls at which each was made.
    pending: Vec<(u64, Change)>,
}

#[derive(Debug, Default)]
struct Names {
    durable: BTreeMap<String, usize>,
    now: BTreeMap<String, usize>,
    pending: Vec<(u64, NameChange)>,
}

#[derive(Debug, Clone)]
enum NameChange {
    Given(String, usize),
    Taken(String),
    Moved(String, String),
}

impl NameChange {
    fn apply(&self, names: &mut BTreeMap<String, usize>) {
        match self {
            NameChange::Given(name, node) => {
                names.insert(name.clone(), *node);
            }
            NameChange::Taken(name) => {
                names.remove(name);
            }
            NameChange::Moved(from, to) => {
                if let Some(node) = names.remove(from) {
                    names.insert(to.clone(), node);
                }
            }
        }
    }
}

#[derive(Debug)]
enum Node {
    File(Content),
    Folder(Names),
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

/// What a cut did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Lost {
    /// Changes of files and names that no sync had made durable.
    pub(crate) unsynced: u64,
    /// Files of which the cut changed anything.
    pub(crate) files: u64,
}

/// The disk below one folder.
#[derive(Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    honesty: Honesty,
    nodes: Vec<Node>,
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

const ROOT: usize = 0;

impl Disk {
    /// An empty disk below `root`, which need not exist.
    pub(crate) fn new(root: &Path, honesty: Honesty) -> Disk {
        assert!(!root.exists());
        Disk {
            root: root.to_path_buf(),
            honesty,
            nodes: vec![Node::Folder(Names::default())],
            opened: BTreeMap::new(),
            doing: BTreeMap::new(),
            calls: 0,
            syncs: 0,
            writes: 0,
            compared: 0,
            cut: KillAt::default(),
        }
    }

    fn folder(&mut self, node: usize) -> &mut Names {
        match &mut self.nodes[node] {
            Node::Folder(names) => names,
            Node::File(_) => panic!("node {node} is no folder"),
        }
    }

    /// The folder and the name of a path below the root; `None` for any other path and for the root itself.
    fn place(&mut self, path: &Path) -> Option<(usize, String)> {
        let mut parts: Vec<String> = Vec::new();
        for part in path.strip_prefix(&self.root).ok()?.components() {
            match part {
                Component::Normal(name) => parts.push(name.to_str().unwrap().to_owned()),
                Component::CurDir => {}
                Component::Prefix(_) | Component::RootDir | Component::ParentDir => panic!("{path:?}"),
            }
        }
        let name = parts.pop()?;
        let mut node = ROOT;
        for part in parts {
            node = *self.folder(node).now.get(&part)?;
        }
        Some((node, name))
    }

    fn node_of(&mut self, path: &Path) -> Option<usize> {
        if path == self.root {
            return Some(ROOT);
        }
        let (folder, name) = self.place(path)?;
        self.folder(folder).now.get(&name).copied()
    }

    fn rename_in(&mut self, folder: usize, change: NameChange) {
        let calls = self.calls;
        let names = self.folder(folder);
        change.apply(&mut names.now);
        names.pending.push((calls, change));
    }

    fn change(&mut self, node: usize, change: Change) {
        let calls = self.calls;
        let Node::File(content) = &mut self.nodes[node] else { panic!("written to a folder") };
        change.apply(&mut content.now);
        content.pending.push((calls, change));
    }

    /// Where a path argument leads, with the folder that a relative one begins at.
    fn path(&self, folder: u64, at: u64, memory: &Memory) -> PathBuf {
        let path = memory.path(at);
        if path.is_absolute() {
            return path;
        }
        match folder as i32 {
            // The till runs in the folder that holds its data directory.
            libc::AT_FDCWD => self.root.parent().unwrap().join(path),
            fd => match self.opened.get(&fd) {
                Some(opened) => self.path_of(opened.node).join(path),
                None => Path::new("/somewhere/else").join(path),
            },
        }
    }

    fn path_of(&self, wanted: usize) -> PathBuf {
        let mut open = vec![(ROOT, self.root.clone())];
        while let Some((node, path)) = open.pop() {
            if node == wanted {
                return path;
            }
            if let Node::Folder(names) = &self.nodes[node] {
                open.extend(names.now.iter().map(|(name, node)| (*node, path.join(name))));
            }
        }
        panic!("node {wanted} has no path any more")
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
            Doing::Length { fd, length } => self.change(self.opened[&fd].node, Change::Length(length)),
            Doing::Allocate { fd, end } => self.change(self.opened[&fd].node, Change::AtLeast(end)),
            Doing::Seek { fd } => self.opened.get_mut(&fd).unwrap().at = result as usize,
            Doing::Read { fd } => self.opened.get_mut(&fd).unwrap().at += result as usize,
            Doing::Sync { fd, before } => self.synced(fd, before),
            Doing::Doubled { fd } => {
                let opened = self.opened[&fd];
                self.opened.insert(result as i32, opened);
            }
            Doing::MakeFolder { path } => {
                if let Some((folder, name)) = self.place(&path) {
                    self.nodes.push(Node::Folder(Names::default()));
                    let node = self.nodes.len() - 1;
                    self.rename_in(folder, NameChange::Given(name, node));
                }
            }
            Doing::Remove { path } => {
                if let Some((folder, name)) = self.place(&path) {
                    self.rename_in(folder, NameChange::Taken(name));
                }
            }
            Doing::Rename { from, to } => match (self.place(&from), self.place(&to)) {
                (None, None) => {}
                (Some((one, old)), Some((other, new))) if one == other => {
                    self.rename_in(one, NameChange::Moved(old, new));
                }
                _ => panic!("a move from one folder to another is not in the model: {from:?} {to:?}"),
            },
        }
    }

    fn open(&mut self, path: &Path, flags: i32, fd: i32) {
        if !path.starts_with(&self.root) {
            return;
        }
        let node = match self.node_of(path) {
            Some(node) => node,
            None => {
                assert!(flags & libc::O_CREAT != 0, "{path:?} was opened, and the model does not know it");
                let (folder, name) = self.place(path).unwrap();
                self.nodes.push(Node::File(Content::default()));
                let node = self.nodes.len() - 1;
                self.rename_in(folder, NameChange::Given(name, node));
                node
            }
        };
        if flags & libc::O_TRUNC != 0 {
            self.change(node, Change::Length(0));
        }
        self.opened.insert(fd, Opened { node, at: 0, appends: flags & libc::O_APPEND != 0 });
    }

    fn written(&mut self, fd: i32, at: Option<usize>, bytes: &[u8]) {
        self.writes += 1;
        let opened = self.opened[&fd];
        let Node::File(content) = &self.nodes[opened.node] else { panic!("written to a folder") };
        let place = at.unwrap_or(if opened.appends { content.now.len() } else { opened.at });
        self.change(opened.node, Change::Write { at: place, bytes: bytes.to_vec() });
        if at.is_none() {
            self.opened.get_mut(&fd).unwrap().at = place + bytes.len();
        }
    }

    /// What was changed before the sync began is durable now.
    fn synced(&mut self, fd: i32, before: u64) {
        self.syncs += 1;
        let (files, folders) = match self.honesty {
            Honesty::Honest => (true, true),
            Honesty::FilesNeverSynced => (false, true),
            Honesty::FoldersNeverSynced => (true, false),
            Honesty::FilesMostlySynced => (!self.syncs.is_multiple_of(3), true),
        };
        match &mut self.nodes[self.opened[&fd].node] {
            Node::File(content) if files => {
                for (_, change) in content.pending.extract_if(.., |(made, _)| *made <= before) {
                    change.apply(&mut content.durable);
                }
            }
            Node::Folder(names) if folders => {
                for (_, change) in names.pending.extract_if(.., |(made, _)| *made <= before) {
                    change.apply(&mut names.durable);
                }
            }
            Node::File(_) | Node::Folder(_) => {}
        }
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
        let lost = self.forget_the_unsynced(seed);
        self.opened.clear();
        fs::remove_dir_all(&self.root).ok();
        self.write_out(ROOT, &self.root);
        lost
    }

    fn forget_the_unsynced(&mut self, seed: &mut Seed) -> Lost {
        let mut lost = Lost::default();
        for node in &mut self.nodes {
            let survival = Survival::any(seed);
            match node {
                Node::File(content) => {
                    let changes: Vec<Change> = content.pending.drain(..).map(|(_, change)| change).collect();
                    lost.unsynced += changes.len() as u64;
                    for change in survival.of(&changes, seed) {
                        change.apply(&mut content.durable);
                    }
                    lost.files += u64::from(content.durable != content.now);
                    content.now.clone_from(&content.durable);
                }
                Node::Folder(names) => {
                    lost.unsynced += names.pending.len() as u64;
                    let kept = survival.prefix(names.pending.len(), seed);
                    for (_, change) in names.pending.drain(..).take(kept) {
                        change.apply(&mut names.durable);
                    }
                    lost.files += u64::from(names.durable != names.now);
                    names.now.clone_from(&names.durable);
                }
            }
        }
        lost
    }

    fn write_out(&self, node: usize, path: &Path) {
        match &self.nodes[node] {
            Node::Folder(names) => {
                fs::DirBuilder::new().mode(0o700).create(path).unwrap();
                for (name, node) in &names.now {
                    self.write_out(*node, &path.join(name));
                }
            }
            Node::File(content) => {
                let file = fs::File::create(path).unwrap();
                file.set_len(content.now.len() as u64).unwrap();
                for (n, piece) in content.now.chunks(4096).enumerate() {
                    if piece.iter().any(|byte| *byte != 0) {
                        file.write_all_at(piece, n as u64 * 4096).unwrap();
                    }
                }
            }
        }
    }

    /// Every file is as the model says, but for what hung in the air when the power went.
    fn agrees_with_the_files(&mut self, hanging: &[Doing]) {
        let quiet = hanging
            .iter()
            .all(|doing| matches!(doing, Doing::Seek { .. } | Doing::Read { .. } | Doing::Sync { .. }));
        if quiet && self.root.exists() {
            self.agrees(ROOT, &self.root);
            self.compared += 1;
        }
    }

    fn agrees(&self, node: usize, path: &Path) {
        match &self.nodes[node] {
            Node::Folder(names) => {
                let real = fs::read_dir(path).unwrap();
                let real: Vec<String> =
                    real.map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
                let mut real: Vec<&str> = real.iter().map(String::as_str).collect();
                real.sort_unstable();
                assert_eq!(names.now.keys().map(String::as_str).collect::<Vec<_>>(), real, "{path:?}");
                for (name, node) in &names.now {
                    self.agrees(*node, &path.join(name));
                }
            }
            Node::File(content) => {
                assert!(fs::read(path).unwrap() == content.now, "the model has missed a change of {path:?}");
            }
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
