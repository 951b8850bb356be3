//! Carries one paper through a port, doing what its [`Job`] says.
//!
//! Invariant: decides nothing; every wait is short, so that a stop is seen.

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

/// A paper with what is needed to print it.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) job: JobId,
    pub(super) bytes: Vec<u8>,
    pub(super) answers: Answers,
    pub(super) reports: Reports,
    pub(super) port_status: PortStatus,
    pub(super) limit: Duration,
}

/// Prints one paper, or says why not.
pub(super) fn print(
    kind: &PrinterKind,
    sheet: Sheet,
    stop: &Stop,
    on_stage: &mut dyn FnMut(Stage),
) -> PrintOutcome {
    let clock = Instant::now();
    let mut port = match kind.open(sheet.job, stop) {
        Ok(port) => port,
        Err(_) if stop.is_asked() => return PrintOutcome::NotSent(Trouble::Stopped),
        Err(error) => return PrintOutcome::NotSent(Trouble::CannotOpen(error.to_string())),
    };
    let mut told = None;
    if sheet.answers != Answers::None
        && let Err(error) = drain(port.as_mut())
    {
        return PrintOutcome::NotSent(Trouble::Broken(error.to_string()));
    }
    let id = confirmation_id(sheet.job);
    let mut job = Job::new(sheet.bytes, sheet.answers, sheet.reports, id, time(clock), sheet.limit);
    look(port.as_mut(), sheet.port_status, &mut job);
    loop {
        if stop.is_asked() {
            job.stopped();
        }
        let stage = job.stage();
        if stage.is_some() && stage != told {
            told = stage;
            stage.into_iter().for_each(&mut *on_stage);
        }
        match job.step(time(clock)) {
            Step::Done(outcome) => return outcome,
            Step::Close(limit) => {
                let closed = port.close(&Patience::new(limit, stop));
                job.closed(closed.err().map(|error| error.to_string()));
                return match job.step(time(clock)) {
                    Step::Done(outcome) => outcome,
                    Step::Write(_) | Step::Listen | Step::Close(_) => PrintOutcome::Unknown(Trouble::Silent),
                };
            }
            Step::Write(bytes) => {
                let chunk = bytes.get(..CHUNK_BYTES).unwrap_or(bytes);
                match port.write_some(chunk) {
                    // It takes nothing now: hear what it says of itself, and ask the port.
                    Ok(0) => {
                        listen(port.as_mut(), &mut job, clock);
                        look(port.as_mut(), sheet.port_status, &mut job);
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
            Step::Listen => listen(port.as_mut(), &mut job, clock),
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

fn look(port: &mut dyn Port, believed: PortStatus, job: &mut Job) {
    if believed == PortStatus::Ignored {
        return;
    }
    match port.standing() {
        Ok(standing) => standing.into_iter().for_each(|standing| job.port_stands(standing)),
        Err(error) => job.broke(error.to_string()),
    }
}

/// An unread answer of an earlier session would be taken for ours (hardware notes, fact 4).
fn drain(port: &mut dyn Port) -> std::io::Result<()> {
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
