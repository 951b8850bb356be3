//! Files and folders as they are, and as far as they are durable.
//!
//! Invariant: a change is durable when a sync of its file or folder began after it; of the others a cut keeps what
//! [`Survival`] says. Deliberately absent: system calls (`disk.rs`).

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _};
use std::path::{Component, Path, PathBuf};

use crate::shop::truth::Seed;
use crate::survivor::{Change, Survival};

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

/// A file or a folder, by its number in the tree.
#[derive(Debug)]
enum Node {
    File(Content),
    Folder(Names),
}

/// What a cut did.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Lost {
    /// Changes of files and names that no sync had made durable.
    pub(crate) unsynced: u64,
    /// Files of which the cut changed anything.
    pub(crate) files: u64,
}

/// All that lies below one folder.
#[derive(Debug)]
pub(crate) struct Tree {
    root: PathBuf,
    nodes: Vec<Node>,
}

/// The number of the folder itself.
const ROOT: usize = 0;

impl Tree {
    pub(crate) fn new(root: &Path) -> Tree {
        Tree { root: root.to_path_buf(), nodes: vec![Node::Folder(Names::default())] }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
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

    pub(crate) fn node_of(&mut self, path: &Path) -> Option<usize> {
        if path == self.root {
            return Some(ROOT);
        }
        let (folder, name) = self.place(path)?;
        self.folder(folder).now.get(&name).copied()
    }

    pub(crate) fn make_file(&mut self, path: &Path, now: u64) -> usize {
        let (folder, name) = self.place(path).unwrap();
        self.nodes.push(Node::File(Content::default()));
        let node = self.nodes.len() - 1;
        self.rename_in(folder, NameChange::Given(name, node), now);
        node
    }

    /// A folder anywhere else is none of ours.
    pub(crate) fn make_folder(&mut self, path: &Path, now: u64) {
        if let Some((folder, name)) = self.place(path) {
            self.nodes.push(Node::Folder(Names::default()));
            let node = self.nodes.len() - 1;
            self.rename_in(folder, NameChange::Given(name, node), now);
        }
    }

    pub(crate) fn remove(&mut self, path: &Path, now: u64) {
        if let Some((folder, name)) = self.place(path) {
            self.rename_in(folder, NameChange::Taken(name), now);
        }
    }

    pub(crate) fn rename(&mut self, from: &Path, to: &Path, now: u64) {
        match (self.place(from), self.place(to)) {
            (None, None) => {}
            (Some((one, old)), Some((other, new))) if one == other => {
                self.rename_in(one, NameChange::Moved(old, new), now);
            }
            _ => panic!("a move from one folder to another is not in the model: {from:?} {to:?}"),
        }
    }

    fn rename_in(&mut self, folder: usize, change: NameChange, now: u64) {
        let names = self.folder(folder);
        change.apply(&mut names.now);
        names.pending.push((now, change));
    }

    /// Changes a file; `now` is the count of calls so far.
    pub(crate) fn change(&mut self, node: usize, change: Change, now: u64) {
        let Node::File(content) = &mut self.nodes[node] else { panic!("written to a folder") };
        change.apply(&mut content.now);
        content.pending.push((now, change));
    }

    pub(crate) fn length(&self, node: usize) -> usize {
        let Node::File(content) = &self.nodes[node] else { panic!("a folder has no length") };
        content.now.len()
    }

    /// Makes durable what was changed before a sync began; `files` and `folders` say whether such a sync does anything.
    pub(crate) fn sync(&mut self, node: usize, before: u64, (files, folders): (bool, bool)) {
        match &mut self.nodes[node] {
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

    pub(crate) fn path_of(&self, wanted: usize) -> PathBuf {
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

    /// Of what was not durable a cut keeps what `seed` draws.
    pub(crate) fn forget_the_unsynced(&mut self, seed: &mut Seed) -> Lost {
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

    /// Puts the real files in place of whatever is there.
    pub(crate) fn write_out(&self) {
        fs::remove_dir_all(&self.root).ok();
        self.write_node(ROOT, &self.root);
    }

    /// Every real file is as the tree says.
    pub(crate) fn agrees_with_the_files(&self) {
        self.agrees(ROOT, &self.root);
    }

    fn write_node(&self, node: usize, path: &Path) {
        match &self.nodes[node] {
            Node::Folder(names) => {
                fs::DirBuilder::new().mode(0o700).create(path).unwrap();
                for (name, node) in &names.now {
                    self.write_node(*node, &path.join(name));
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
