//! Keeps this program's memory off the disk: it holds payment codes on their way, and the gateway's key.
//!
//! Invariant: from the first line of every command on, a crash leaves no core dump, whatever the machine is set to, and
//! no other program of the same user can read this one's memory. Deliberately absent: swap, which is the machine's to
//! turn off or encrypt.

use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};

/// Forbids dumps for good: the limit cannot be raised again without privileges.
///
/// # Errors
/// As the system gave it; dumps may still be made.
pub fn forbid() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // The limit does not bind a collector that the kernel pipes dumps to; this does.
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}
