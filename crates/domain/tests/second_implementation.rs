//! `docs/verify` is a second implementation of the draw, in Python, written from `docs/draw-format.md`
//! alone. Its published vectors come out.

use std::process::Command;

#[test]
fn the_published_vectors_come_out_in_the_second_implementation() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/verify/muster_verify");
    let status = Command::new("python3").args([folder, "--self-test"]).status().expect("python3");
    assert!(status.success(), "a vector differs; see above");
}
