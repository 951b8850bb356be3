//! One system call of a traced program: its number, its arguments, what they point at.
//!
//! Invariant: only a stopped thread is read. The layout of registers is the one thing here that knows the processor.

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use nix::libc;
use nix::sys::ptrace;
use nix::unistd::Pid;

/// A call at its beginning.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) number: i64,
    pub(crate) args: [u64; 6],
}

impl Call {
    /// The call that a thread is about to make.
    pub(crate) fn entered(thread: Pid) -> Option<Call> {
        let registers = ptrace::getregs(thread).ok()?;
        #[cfg(target_arch = "x86_64")]
        let (number, args) = (
            registers.orig_rax,
            [registers.rdi, registers.rsi, registers.rdx, registers.r10, registers.r8, registers.r9],
        );
        #[cfg(target_arch = "aarch64")]
        let (number, args) = (registers.regs[8], std::array::from_fn(|n| registers.regs[n]));
        Some(Call { number: number as i64, args })
    }

    /// What the call gave, negative for an error; asked at its end.
    pub(crate) fn result(thread: Pid) -> Option<i64> {
        let registers = ptrace::getregs(thread).ok()?;
        #[cfg(target_arch = "x86_64")]
        let result = registers.rax;
        #[cfg(target_arch = "aarch64")]
        let result = registers.regs[0];
        Some(result as i64)
    }

    /// Its name, where a crash at it says something; otherwise its number.
    pub(crate) fn name(&self) -> String {
        let known = NAMES.iter().find(|(number, _)| *number == self.number);
        known.map_or_else(|| format!("call {}", self.number), |(_, name)| (*name).to_owned())
    }
}

const NAMES: &[(i64, &str)] = &[
    (libc::SYS_read, "read"),
    (libc::SYS_write, "write"),
    (libc::SYS_writev, "writev"),
    (libc::SYS_pread64, "pread64"),
    (libc::SYS_pwrite64, "pwrite64"),
    (libc::SYS_openat, "openat"),
    (libc::SYS_close, "close"),
    (libc::SYS_fsync, "fsync"),
    (libc::SYS_fdatasync, "fdatasync"),
    (libc::SYS_sync_file_range, "sync_file_range"),
    (libc::SYS_ftruncate, "ftruncate"),
    (libc::SYS_fallocate, "fallocate"),
    (libc::SYS_flock, "flock"),
    (libc::SYS_fcntl, "fcntl"),
    (libc::SYS_lseek, "lseek"),
    (libc::SYS_statx, "statx"),
    (libc::SYS_getdents64, "getdents64"),
    (libc::SYS_socket, "socket"),
    (libc::SYS_connect, "connect"),
    (libc::SYS_sendto, "sendto"),
    (libc::SYS_recvfrom, "recvfrom"),
    (libc::SYS_shutdown, "shutdown"),
    (libc::SYS_epoll_ctl, "epoll_ctl"),
    (libc::SYS_futex, "futex"),
    (libc::SYS_mmap, "mmap"),
    (libc::SYS_munmap, "munmap"),
    (libc::SYS_mprotect, "mprotect"),
    (libc::SYS_madvise, "madvise"),
    (libc::SYS_brk, "brk"),
    (libc::SYS_clone3, "clone3"),
    (libc::SYS_exit, "exit"),
    (libc::SYS_sched_yield, "sched_yield"),
    (libc::SYS_rt_sigprocmask, "rt_sigprocmask"),
    (libc::SYS_rt_sigaction, "rt_sigaction"),
    (libc::SYS_sigaltstack, "sigaltstack"),
    (libc::SYS_getsockopt, "getsockopt"),
    (libc::SYS_setsockopt, "setsockopt"),
    (libc::SYS_getpeername, "getpeername"),
    (libc::SYS_unlinkat, "unlinkat"),
    (libc::SYS_mkdirat, "mkdirat"),
    (libc::SYS_renameat, "renameat"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_epoll_wait, "epoll_wait"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_poll, "poll"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_rename, "rename"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_unlink, "unlink"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_mkdir, "mkdir"),
    #[cfg(target_arch = "x86_64")]
    (libc::SYS_open, "open"),
];

/// The memory of a traced program, opened before the program closes it to others.
#[derive(Debug)]
pub(crate) struct Memory(File);

impl Memory {
    pub(crate) fn of(process: Pid) -> Memory {
        Memory(File::open(format!("/proc/{process}/mem")).unwrap())
    }

    pub(crate) fn bytes(&self, at: u64, length: u64) -> Vec<u8> {
        let mut bytes = vec![0; length as usize];
        self.0.read_exact_at(&mut bytes, at).unwrap();
        bytes
    }

    /// The buffers of a `writev`.
    pub(crate) fn gathered(&self, at: u64, count: u64) -> Vec<u8> {
        let table = self.bytes(at, count * 16);
        let number = |bytes: &[u8]| u64::from_ne_bytes(bytes.try_into().unwrap());
        table.chunks(16).flat_map(|one| self.bytes(number(&one[..8]), number(&one[8..]))).collect()
    }

    /// A path that ends with a zero byte.
    pub(crate) fn path(&self, at: u64) -> PathBuf {
        let mut text = Vec::new();
        loop {
            let mut piece = [0; 64];
            let read = self.0.read_at(&mut piece, at + text.len() as u64).unwrap();
            assert!(read > 0, "a path without an end");
            let end = piece[..read].iter().position(|byte| *byte == 0);
            text.extend_from_slice(&piece[..end.unwrap_or(read)]);
            if end.is_some() {
                return PathBuf::from(String::from_utf8(text).unwrap());
            }
        }
    }
}
