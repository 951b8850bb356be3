use super::*;

const LIMIT: Duration = Duration::from_secs(60);
const GS_R: Answers = Answers::InOrder(Trailer::GsR);
const GS_PAREN_H: Answers = Answers::InOrder(Trailer::GsParenH);
const QUERY: &[u8] = &[0x10, 0x04, 2];

fn job(answers: Answers) -> Job {
    Job::new(b"paper".to_vec(), answers, *b"0007", Monotonic(0), LIMIT)
}

/// Writes all that the job wants to write, in bites of this size, and gives it back.
fn swallow(job: &mut Job, now: u64, bite: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while let Step::Write(bytes) = job.step(Monotonic(now)) {
        let taken = bytes.len().min(bite);
        all.extend_from_slice(&bytes[..taken]);
        job.wrote(taken, Monotonic(now));
    }
    all
}

fn outcome(job: &mut Job, now: u64) -> PrintOutcome {
    match job.step(Monotonic(now)) {
        Step::Done(outcome) => outcome,
        other @ (Step::Write(_) | Step::Listen | Step::Close(_)) => panic!("{other:?}"),
    }
}

#[test]
fn a_silent_printer_is_believed_when_it_took_every_byte() {
    let mut job = job(Answers::None);
    assert_eq!(swallow(&mut job, 0, 2), b"paper");
    assert_eq!(job.step(Monotonic(1)), Step::Close(LINGER_SENT));
    job.closed(None);
    assert_eq!(outcome(&mut job, 2), PrintOutcome::Printed(Proof::Sent));
}

#[test]
fn a_line_that_does_not_drain_leaves_the_paper_unknown() {
    let mut job = job(Answers::None);
    swallow(&mut job, 0, 99);
    job.closed(Some("reset".to_owned()));
    assert_eq!(outcome(&mut job, 2), PrintOutcome::Unknown(Trouble::Broken("reset".to_owned())));
}

#[test]
fn an_answer_in_order_is_proof() {
    let mut job = job(GS_R);
    assert_eq!(swallow(&mut job, 0, 99), QUERY);
    job.heard(&[0x12]);
    assert_eq!(swallow(&mut job, 1, 3), b"paper\x1dr\x01");
    assert_eq!(job.step(Monotonic(2)), Step::Listen);
    job.heard(&[0x12]); // an answer to DLE EOT proves nothing
    assert_eq!(job.step(Monotonic(3)), Step::Listen);
    job.heard(&[0x00]);
    assert_eq!(job.step(Monotonic(4)), Step::Close(LINGER_PROVEN));
    job.closed(Some("the printer hung up without manners".to_owned()));
    assert_eq!(outcome(&mut job, 5), PrintOutcome::Printed(Proof::Answered));
}

#[test]
fn only_our_own_confirmation_is_proof() {
    let mut job = job(GS_PAREN_H);
    swallow(&mut job, 0, 99);
    job.heard(&[0x12]);
    assert_eq!(swallow(&mut job, 1, 99), b"paper\x1d(H\x06\x00000007");
    job.heard(b"\x37\x220006\x00");
    assert_eq!(job.step(Monotonic(2)), Step::Listen);
    job.heard(b"\x37\x2200");
    job.heard(b"07\x00");
    assert_eq!(job.step(Monotonic(3)), Step::Close(LINGER_PROVEN));
}

#[test]
fn without_paper_nothing_is_sent() {
    for (answer, hindrance) in [(0x32, Hindrance::PaperOut), (0x16, Hindrance::CoverOpen)] {
        let mut job = job(Answers::RealTime);
        swallow(&mut job, 0, 99);
        job.heard(&[answer]);
        assert_eq!(outcome(&mut job, 1), PrintOutcome::NotSent(Trouble::Hindered(hindrance)));
    }
}

#[test]
fn a_silent_printer_is_woken_and_then_given_up() {
    let mut job = job(GS_R);
    swallow(&mut job, 0, 99);
    assert_eq!(job.step(Monotonic(1999)), Step::Listen);
    let woken = swallow(&mut job, 2000, 4096);
    assert_eq!((woken.len(), &woken[WAKE_BYTES..]), (WAKE_BYTES + 3, QUERY));
    assert_eq!(job.step(Monotonic(9999)), Step::Listen);
    assert_eq!(outcome(&mut job, 10_000), PrintOutcome::NotSent(Trouble::Silent));
}

#[test]
fn paper_that_runs_out_on_the_way_interrupts_and_new_paper_goes_on() {
    let mut job = job(GS_R);
    swallow(&mut job, 0, 99);
    job.heard(&[0x12]);
    swallow(&mut job, 0, 99);
    assert_eq!(job.stage(), Some(Stage::Sending));
    assert_eq!(swallow(&mut job, 1000, 99), QUERY);
    job.heard(&[0x32]);
    assert_eq!(job.stage(), Some(Stage::Interrupted(Hindrance::PaperOut)));
    assert_eq!(swallow(&mut job, 2000, 99), QUERY);
    job.heard(&[0x12, 0x00]);
    assert_eq!(job.step(Monotonic(2100)), Step::Close(LINGER_PROVEN));
}

#[test]
fn at_the_end_of_its_time_a_paper_that_left_is_unknown() {
    let mut proving = job(GS_R);
    swallow(&mut proving, 0, 99);
    proving.heard(&[0x12]);
    swallow(&mut proving, 0, 99);
    swallow(&mut proving, 1000, 99);
    proving.heard(&[0x32]);
    assert_eq!(outcome(&mut proving, 60_000), PrintOutcome::Unknown(Trouble::Hindered(Hindrance::PaperOut)));

    let mut stuck = job(Answers::None);
    let _not_taken = stuck.step(Monotonic(0));
    stuck.wrote(0, Monotonic(0));
    assert_eq!(outcome(&mut stuck, 60_000), PrintOutcome::NotSent(Trouble::Stuck));
    let mut half = job(Answers::None);
    half.wrote(1, Monotonic(0));
    assert_eq!(outcome(&mut half, 60_000), PrintOutcome::Unknown(Trouble::Stuck));
}

#[test]
fn a_break_before_the_first_byte_is_not_sent_and_after_it_unknown() {
    let broken = || Trouble::Broken("gone".to_owned());
    let mut before = job(Answers::None);
    before.broke("gone".to_owned());
    assert_eq!(outcome(&mut before, 0), PrintOutcome::NotSent(broken()));
    let mut asking = job(GS_R);
    swallow(&mut asking, 0, 99);
    asking.stopped();
    assert_eq!(outcome(&mut asking, 0), PrintOutcome::NotSent(Trouble::Stopped));
    let mut after = job(Answers::None);
    after.wrote(1, Monotonic(0));
    after.broke("gone".to_owned());
    assert_eq!(outcome(&mut after, 0), PrintOutcome::Unknown(broken()));
}
