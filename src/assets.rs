//! Where the program's own files are: fonts.

use std::path::{Path, PathBuf};

/// Directories that may hold the fonts, in order: the variable `QUICKPAY_FONTS`, beside the program, the system's,
/// the source tree the program was built in.
fn candidates() -> Vec<PathBuf> {
    let named = std::env::var_os("QUICKPAY_FONTS").map(PathBuf::from);
    let beside = std::env::current_exe().ok().and_then(|program| {
        let bin = program.parent()?;
        Some(bin.parent()?.join("share/quickpay/fonts"))
    });
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/fonts");
    [named, beside, Some(PathBuf::from("/usr/share/quickpay/fonts")), Some(source)]
        .into_iter()
        .flatten()
        .collect()
}

/// The directory of the fonts; the last candidate where none exists, so that the error names a real place.
#[must_use]
pub fn fonts() -> PathBuf {
    let all = candidates();
    let found = all.iter().find(|directory| directory.is_dir()).or(all.last());
    found.cloned().unwrap_or_default()
}
