use std::path::Path;

use crate::{printer, scanner};

#[path = "../fuzz/bodies.rs"]
mod bodies;

/// Runs a fuzz target's body on each file of its corpus.
fn replay(target: &str, body: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut files = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        body(&std::fs::read(entry.unwrap().path()).unwrap());
        files += 1;
    }
    assert!(files > 0, "{target} has no corpus");
}

#[test]
fn the_corpus_of_every_fuzz_target_still_holds() {
    replay("framing", bodies::framing);
    replay("wedge", bodies::wedge);
    replay("hid_pos", bodies::hid_pos);
    replay("answers", bodies::answers);
    replay("device_id", bodies::device_id);
    replay("hid_descriptor", bodies::hid_descriptor);
    replay("keystrokes", bodies::keystrokes);
    replay("logo", bodies::logo);
    replay("records", bodies::records);
    replay("receipt", bodies::receipt);
}
