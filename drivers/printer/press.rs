//! Carries one paper through a port, doing what its [`Job`] says; or looks whether the printer would take one.
//!
//! Invariant: decides nothing; every wait is short, so that a stop is seen.

use std::io;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use quickpay_core::id::JobId;
use quickpay_core::time::Monotonic;

use super::job::{Job, PrintOutcome, Stage, Step, Trouble};
use super::port::{Patience, Port, PrinterKind};
use super::profile::{Answers, PortStatus, Reports};
use crate::stop::Stop;

/// At most so many bytes in one write.
const CHUNK_BYTES: usize = 4096;
/// A multiple of every USB packet: a smaller buffer would refuse a whole one.
const EAR_BYTES: usize = 1024;

/// A printer that was looked at has the way to it kept open so long for its next paper.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(1);

/// A paper with what is needed to print it.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) job: JobId,
    pub(super) bytes: Vec<u8>,
    pub(super) manner: Manner,
}

/// How its printer is spoken with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    pub(super) answers: Answers,
    pub(super) reports: Reports,
    pub(super) port_status: PortStatus,
    /// The longest that a paper may take.
    pub(super) limit: Duration,
}

/// An open way to a printer.
pub(super) type Way = Box<dyn Port>;

/// Prints one paper, on the way that is open to its printer if there is one, or says why not.
pub(super) fn print(
    kind: &PrinterKind,
    open: Option<Way>,
    sheet: Sheet,
    stop: &Stop,
    on_stage: &mut dyn FnMut(Stage),
) -> PrintOutcome {
    let clock = Instant::now();
    let mut port = match open.map_or_else(|| kind.open(sheet.job, stop), Ok) {
        Ok(port) => port,
        Err(error) => return PrintOutcome::NotSent(cannot_open(&error, stop)),
    };
    let believed = sheet.manner.port_status;
    let mut job = match begin(port.as_mut(), sheet, clock) {
        Ok(job) => job,
        Err(trouble) => return PrintOutcome::NotSent(trouble),
    };
    let mut told = None;
    let carried = carry(port.as_mut(), &mut job, believed, clock, stop, &mut |stage| {
        if told != Some(stage) {
            told = Some(stage);
            on_stage(stage);
        }
        ControlFlow::Continue(())
    });
    match carried {
        Carried::Done(outcome) => outcome,
        Carried::Untouched => PrintOutcome::NotSent(Trouble::Stopped),
        Carried::Close(limit) => {
            let closed = port.close(&Patience::new(limit, stop));
            job.closed(closed.err().map(|error| error.to_string()));
            match job.step(time(clock)) {
                Step::Done(outcome) => outcome,
                Step::Write(_) | Step::Listen | Step::Close(_) => PrintOutcome::Unknown(Trouble::Silent),
            }
        }
    }
}

/// Looks whether a printer would take a paper now, as a paper's beginning does, and gives it none. The way that was found
/// is handed back: some printers take no second client for a while.
pub(super) fn look(kind: &PrinterKind, manner: Manner, stop: &Stop) -> Result<Option<Way>, Trouble> {
    let clock = Instant::now();
    let Some(mut port) = kind.open_to_look(stop).map_err(|error| cannot_open(&error, stop))? else {
        return Ok(None);
    };
    let answers = match manner.answers {
        Answers::None => Answers::None,
        Answers::RealTime | Answers::InOrder(_) => Answers::RealTime,
    };
    let believed = manner.port_status;
    let manner = Manner { answers, reports: Reports::OnRequest, ..manner };
    let nothing = Sheet { job: JobId(0), bytes: Vec::new(), manner };
    let mut job = begin(port.as_mut(), nothing, clock)?;
    match carry(port.as_mut(), &mut job, believed, clock, stop, &mut |_| ControlFlow::Break(())) {
        Carried::Untouched | Carried::Close(_) | Carried::Done(PrintOutcome::Printed(_)) => Ok(Some(port)),
        Carried::Done(PrintOutcome::NotSent(trouble) | PrintOutcome::Unknown(trouble)) => Err(trouble),
    }
}

fn cannot_open(error: &io::Error, stop: &Stop) -> Trouble {
    if stop.is_asked() { Trouble::Stopped } else { Trouble::CannotOpen(error.to_string()) }
}

/// Clears the way of what an earlier session left, and asks the port how the printer stands.
fn begin(port: &mut dyn Port, sheet: Sheet, clock: Instant) -> Result<Job, Trouble> {
    let Manner { answers, reports, port_status, limit } = sheet.manner;
    if answers != Answers::None {
        drain(port).map_err(|error| Trouble::Broken(error.to_string()))?;
    }
    let id = confirmation_id(sheet.job);
    let mut job = Job::new(sheet.bytes, answers, reports, id, time(clock), limit);
    look_at_port(port, port_status, &mut job);
    Ok(job)
}

/// How far a paper was carried.
enum Carried {
    Done(PrintOutcome),
    /// The printer would take it; nothing was given.
    Untouched,
    Close(Duration),
}

fn carry(
    port: &mut dyn Port,
    job: &mut Job,
    believed: PortStatus,
    clock: Instant,
    stop: &Stop,
    on_stage: &mut dyn FnMut(Stage) -> ControlFlow<()>,
) -> Carried {
    loop {
        if stop.is_asked() {
            job.stopped();
        }
        if job.stage().is_some_and(|stage| on_stage(stage).is_break()) {
            return Carried::Untouched;
        }
        match job.step(time(clock)) {
            Step::Done(outcome) => return Carried::Done(outcome),
            Step::Close(limit) => return Carried::Close(limit),
            Step::Write(bytes) => {
                let chunk = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
                match port.write_some(chunk) {
                    // It takes nothing now: hear what it says of itself, and ask the port.
                    Ok(0) => {
                        listen(port, job, clock);
                        look_at_port(port, believed, job);
                    }
                    Ok(taken) => job.wrote(taken, time(clock)),
                    Err(error) => {
                        if port.lost_count() {
                            job.wrote_perhaps();
                        }
                        job.broke(error.to_string());
                    }
                }
            }
            Step::Listen => listen(port, job, clock),
        }
    }
}

fn listen(port: &mut dyn Port, job: &mut Job, clock: Instant) {
    let mut words = [0_u8; EAR_BYTES];
    match port.read_some(&mut words) {
        Ok(read) => job.heard(words.get(..read).unwrap_or_default(), time(clock)),
        Err(error) => job.broke(error.to_string()),
    }
}

fn look_at_port(port: &mut dyn Port, believed: PortStatus, job: &mut Job) {
    if believed == PortStatus::Ignored {
        return;
    }
    match port.standing() {
        Ok(standing) => standing.into_iter().for_each(|standing| job.port_stands(standing)),
        Err(error) => job.broke(error.to_string()),
    }
}

/// An unread answer of an earlier session would be taken for ours (hardware notes, fact 4).
fn drain(port: &mut dyn Port) -> io::Result<()> {
    let mut words = [0_u8; EAR_BYTES];
    for _ in 0..16 {
        if port.read_some(&mut words)? == 0 {
            break;
        }
    }
    Ok(())
}

/// Four printable characters that tell this job's confirmation from an older one's.
fn confirmation_id(job: JobId) -> [u8; 4] {
    let [.., a, b, c, d] = format!("{:04X}", job.0 & 0xffff).into_bytes()[..] else { return *b"0000" };
    [a, b, c, d]
}

fn time(clock: Instant) -> Monotonic {
    Monotonic(u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX))
}
