//! A pack is in force or it is not: whatever is wrong with the new one, the old one stays.

use super::fixtures::{DAY, at, built, city, everything, installer, ip, raw};
use muster_packs::install::{Change, Installer};
use muster_packs::pack::{put_in_force, read_manifest, write_aside};
use muster_packs::{Kind, Manifest, PackError, Packs};
use std::fs;
use std::path::Path;

fn tor(dir: &Path, text: &str) -> Manifest {
    let built = built(Kind::Tor, &[raw("tor.txt", text)]).unwrap();
    write_aside(&dir.join("tor"), &built).unwrap()
}

fn lists(dir: &Path, address: &str) -> bool {
    let facts = Packs::open(dir).look_up(ip(address), at("2026-06-20T00:00:00Z"));
    facts.class.value().is_some_and(|class| class.code() == "tor")
}

#[test]
fn every_refusal_leaves_the_old_pack_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let now = at("2026-06-20T00:00:00Z");
    let folder = dir.path().join("tor");
    put_in_force(&folder, tor(dir.path(), "60.1.1.1\n"), now).unwrap();
    let before = read_manifest(&folder).unwrap().unwrap();

    let new = || tor(dir.path(), "60.1.1.2\n60.1.1.9\n");
    let mut ahead = new();
    ahead.date = DAY.checked_add(jiff::Span::new().days(5)).unwrap();
    let mut other_hash = new();
    other_hash.sha256 = "0".repeat(64);
    let mut other_length = new();
    other_length.bytes += 1;
    let mut other_answers = new();
    other_answers.look_ups[3].answer = None;
    other_answers.look_ups[4].answer = None;
    for (manifest, says) in [
        (ahead, "which lies ahead of today, 2026-06-20"),
        (other_hash, "SHA-256"),
        (other_length, "bytes"),
        (other_answers, "where its manifest knows null"),
    ] {
        new();
        let said = put_in_force(&folder, manifest, now).unwrap_err().to_string();
        assert!(said.contains(says), "{said}");
        assert_eq!(read_manifest(&folder).unwrap().unwrap(), before);
        assert!(lists(dir.path(), "60.1.1.1") && !lists(dir.path(), "60.1.1.2"), "{says}");
    }
    put_in_force(&folder, new(), now).unwrap();
    assert!(lists(dir.path(), "60.1.1.2") && !lists(dir.path(), "60.1.1.1"));
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "the old file is gone: {left:?}");
}

#[test]
fn a_day_in_the_east_is_not_ahead() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = tor(dir.path(), "60.1.1.1\n");
    put_in_force(&dir.path().join("tor"), manifest, at("2026-06-16T12:00:00Z")).unwrap();
}

#[test]
fn damaged_packs_are_named_and_the_others_answer() {
    let dir = tempfile::tempdir().unwrap();
    everything(dir.path());
    let manifest = read_manifest(&dir.path().join("vpn")).unwrap().unwrap();
    let file = dir.path().join("vpn").join(&manifest.file);
    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, bytes).unwrap();
    fs::write(dir.path().join("tor/manifest.json"), "{}").unwrap();
    fs::remove_file(
        dir.path().join("asn").join(read_manifest(&dir.path().join("asn")).unwrap().unwrap().file),
    )
    .unwrap();
    let packs = Packs::open(dir.path());
    let named: Vec<Kind> = packs.faults().keys().copied().collect();
    assert_eq!(named, [Kind::Asn, Kind::Vpn, Kind::Tor]);
    assert!(!packs.is_stale(), "what is damaged is not read again each minute");
    let facts = packs.look_up(ip("60.1.9.9"), at("2026-06-20T00:00:00Z"));
    assert_eq!(facts.country.value().copied(), "NL".parse().ok());
}

#[test]
fn a_pack_travels_to_another_installation() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    city(here.path());
    let from = here.path().join("city");
    let manifest = read_manifest(&from).unwrap().unwrap();
    let dry = Installer { dry_run: true, ..installer(there.path()) };
    assert_eq!(dry.take_pack(&from, manifest.clone()).unwrap().change, Change::WouldInstall);
    assert!(Packs::open(there.path()).manifests().next().is_none(), "a dry run installs nothing");
    let taken = installer(there.path()).take_pack(&from, manifest.clone()).unwrap();
    assert_eq!((taken.change, taken.before), (Change::Installed, None));
    assert_eq!(read_manifest(&there.path().join("city")).unwrap().unwrap(), manifest);
    let again = installer(there.path()).take_pack(&from, manifest.clone()).unwrap();
    assert_eq!((again.change, again.before), (Change::AlreadyThere, Some(DAY)));
    // What was damaged since is taken anew.
    fs::write(there.path().join("city").join(&manifest.file), "rubbish").unwrap();
    let mended = installer(there.path()).take_pack(&from, manifest).unwrap();
    assert_eq!(mended.change, Change::Installed);
}

#[test]
fn a_dry_run_of_raw_data_checks_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let dry = Installer { dry_run: true, ..installer(dir.path()) };
    let built = built(Kind::Tor, &[raw("tor.txt", "60.1.1.1\n")]).unwrap();
    assert_eq!(dry.take_built(built).unwrap().change, Change::WouldInstall);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_manifest_with_fewer_look_ups_or_unknown_words_is_none() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    let folder = dir.path().join("city");
    let good = read_manifest(&folder).unwrap().unwrap();
    let mut few = good.clone();
    few.look_ups.pop();
    let mut text = serde_json::to_value(&good).unwrap();
    text["colour"] = "blue".into();
    for (text, says) in [
        (serde_json::to_value(&few).unwrap(), "19 known look-ups where 20 are wanted"),
        (text, "colour"),
    ] {
        fs::write(folder.join("manifest.json"), text.to_string()).unwrap();
        let error = read_manifest(&folder).unwrap_err();
        assert!(
            matches!(error, PackError::Manifest { .. }) && error.to_string().contains(says),
            "{error}"
        );
    }
}
