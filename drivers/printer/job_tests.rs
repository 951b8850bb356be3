use super::*;

const LIMIT: Duration = Duration::from_secs(60);
const GS_R: Answers = Answers::InOrder(Trailer::GsR);
const GS_PAREN_H: Answers = Answers::InOrder(Trailer::GsParenH);
const QUERY: &[u8] = &[0x10, 0x04, 2];

fn job(answers: Answers) -> Job {
    Job::new(b"paper".to_vec(), answers, Reports::OnRequest, *b"0007", Monotonic(0), LIMIT)
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
    job.heard(&[0x12], Monotonic(1));
    assert_eq!(swallow(&mut job, 1, 3), b"paper\x1dr\x01");
    assert_eq!(job.step(Monotonic(2)), Step::Listen);
    job.heard(&[0x12], Monotonic(1)); // an answer to DLE EOT proves nothing
    assert_eq!(job.step(Monotonic(3)), Step::Listen);
    job.heard(&[0x00], Monotonic(1));
    assert_eq!(job.step(Monotonic(4)), Step::Close(LINGER_PROVEN));
    job.closed(Some("the printer hung up without manners".to_owned()));
    assert_eq!(outcome(&mut job, 5), PrintOutcome::Printed(Proof::Answered));
}

#[test]
fn only_our_own_confirmation_is_proof() {
    let mut job = job(GS_PAREN_H);
    swallow(&mut job, 0, 99);
    job.heard(&[0x12], Monotonic(1));
    assert_eq!(swallow(&mut job, 1, 99), b"paper\x1d(H\x06\x00000007");
    job.heard(b"\x37\x220006\x00", Monotonic(1));
    assert_eq!(job.step(Monotonic(2)), Step::Listen);
    job.heard(b"\x37\x2200", Monotonic(1));
    job.heard(b"07\x00", Monotonic(1));
    assert_eq!(job.step(Monotonic(3)), Step::Close(LINGER_PROVEN));
}

#[test]
fn without_paper_nothing_is_sent() {
    for (answer, hindrance) in [(0x32, Hindrance::PaperOut), (0x16, Hindrance::CoverOpen)] {
        let mut job = job(Answers::RealTime);
        swallow(&mut job, 0, 99);
        job.heard(&[answer], Monotonic(1));
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
    job.heard(&[0x12], Monotonic(1));
    swallow(&mut job, 0, 99);
    assert_eq!(job.stage(), Some(Stage::Sending));
    assert_eq!(swallow(&mut job, 1000, 99), QUERY);
    job.heard(&[0x32], Monotonic(1));
    assert_eq!(job.stage(), Some(Stage::Interrupted(Hindrance::PaperOut)));
    assert_eq!(swallow(&mut job, 2000, 99), QUERY);
    job.heard(&[0x12, 0x00], Monotonic(1));
    assert_eq!(job.step(Monotonic(2100)), Step::Close(LINGER_PROVEN));
}

#[test]
fn at_the_end_of_its_time_a_paper_that_left_is_unknown() {
    let mut proving = job(GS_R);
    swallow(&mut proving, 0, 99);
    proving.heard(&[0x12], Monotonic(1));
    swallow(&mut proving, 0, 99);
    swallow(&mut proving, 1000, 99);
    proving.heard(&[0x32], Monotonic(1));
    swallow(&mut proving, 60_000, 99); // a person who changes the paper is waited for
    assert_eq!(proving.step(Monotonic(60_500)), Step::Listen);
    assert_eq!(outcome(&mut proving, 300_000), PrintOutcome::Unknown(Trouble::Hindered(Hindrance::PaperOut)));

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

fn reporting() -> Job {
    Job::new(b"paper".to_vec(), GS_PAREN_H, Reports::ByItself, *b"0007", Monotonic(0), LIMIT)
}

#[test]
fn a_printer_that_reports_by_itself_must_report_well_before_anything_is_sent() {
    let mut job = reporting();
    swallow(&mut job, 0, 99);
    job.heard(&[0x12], Monotonic(1));
    assert_eq!(swallow(&mut job, 1, 99), REPORT_CHANGES);
    assert_eq!(job.stage(), None);
    job.heard(&[0x1c, 0, 0x0c, 0], Monotonic(2));
    assert_eq!(outcome(&mut job, 3), PrintOutcome::NotSent(Trouble::Hindered(Hindrance::PaperOut)));
    let mut deaf = reporting();
    swallow(&mut deaf, 0, 99);
    deaf.heard(&[0x12], Monotonic(1));
    swallow(&mut deaf, 1, 99);
    assert_eq!(outcome(&mut deaf, 10_001), PrintOutcome::NotSent(Trouble::Silent));
}

#[test]
fn a_report_in_the_middle_of_a_paper_interrupts_it_and_the_next_one_goes_on() {
    let mut job = reporting();
    swallow(&mut job, 0, 99);
    job.heard(&[0x12], Monotonic(1));
    swallow(&mut job, 1, 99);
    job.heard(&[0x10, 0, 0, 0], Monotonic(2));
    assert_eq!(job.step(Monotonic(2)), Step::Write(b"paper\x1d(H\x06\x00000007"));
    job.wrote(2, Monotonic(2));
    job.heard(&[0x38, 0, 0, 0], Monotonic(3));
    assert_eq!(job.stage(), Some(Stage::Interrupted(Hindrance::CoverOpen)));
    job.heard(&[0x10, 0, 0, 0], Monotonic(4));
    assert_eq!(job.stage(), Some(Stage::Sending));
    swallow(&mut job, 4, 99);
    job.heard(b"\x37\x220007\x00", Monotonic(5));
    assert_eq!(job.step(Monotonic(5)), Step::Close(LINGER_PROVEN));
}

#[test]
fn what_the_port_says_stops_a_paper_before_its_first_byte_and_explains_a_blocked_one() {
    let out = PortStanding::Hindered(Hindrance::PaperOut);
    for answers in [Answers::None, GS_R] {
        let mut job = job(answers);
        job.port_stands(out);
        assert_eq!(outcome(&mut job, 0), PrintOutcome::NotSent(Trouble::Hindered(Hindrance::PaperOut)));
    }
    let mut blocked = job(Answers::None);
    blocked.wrote(2, Monotonic(0));
    blocked.port_stands(out);
    assert_eq!(blocked.stage(), Some(Stage::Interrupted(Hindrance::PaperOut)));
    assert!(matches!(blocked.step(Monotonic(60_000)), Step::Write(_)), "new paper is waited for");
    blocked.port_stands(PortStanding::Well);
    assert_eq!(blocked.stage(), Some(Stage::Sending));
    assert_eq!(swallow(&mut blocked, 60_001, 99), b"per");
}

#[test]
fn a_write_that_broke_without_a_count_leaves_the_paper_unknown() {
    let mut job = job(GS_R);
    swallow(&mut job, 0, 99);
    job.heard(&[0x12], Monotonic(1));
    assert!(matches!(job.step(Monotonic(1)), Step::Write(_)));
    job.wrote_perhaps();
    job.broke("gone".to_owned());
    assert_eq!(outcome(&mut job, 2), PrintOutcome::Unknown(Trouble::Broken("gone".to_owned())));
}
