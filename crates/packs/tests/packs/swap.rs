//! Packs are swapped while they are used: an answer is of the old packs or of the new ones.

use super::fixtures::{at, city, install, ip, raw};
use muster_packs::{Kind, PackHolder, Packs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Address 60.1.1.1 belongs to number `n` of the organisation named after it.
fn asn(n: u32) -> String {
    (0..500)
        .map(|i| {
            format!(
                "60.{}.{}.0,60.{}.{}.255,{n},Number {n}\n",
                1 + i / 250,
                i % 250,
                1 + i / 250,
                i % 250
            )
        })
        .collect()
}

#[test]
fn look_ups_go_on_while_packs_are_swapped() {
    let dir = tempfile::tempdir().unwrap();
    install(dir.path(), Kind::Asn, &[raw("asn.csv", asn(1))]).unwrap();
    let holder = PackHolder::new(Packs::unread(dir.path()));
    assert!(holder.refresh(), "the first refresh reads");
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let readers: Vec<_> = (0..3)
        .map(|_| {
            let (holder, stop, asked) = (holder.clone(), stop.clone(), asked.clone());
            std::thread::spawn(move || {
                let mut last = 0;
                while !stop.load(Ordering::Relaxed) {
                    let facts = holder.packs().look_up(ip("60.1.1.1"), at("2026-06-20T00:00:00Z"));
                    let (number, name) =
                        (*facts.asn.value().unwrap(), facts.organisation.value().unwrap());
                    assert_eq!(name, &format!("Number {number}"), "one pack, one answer");
                    assert!(number >= last, "never back to an older pack");
                    last = number;
                    asked.fetch_add(1, Ordering::Relaxed);
                }
                last
            })
        })
        .collect();
    for n in 2..=8 {
        let seen = asked.load(Ordering::Relaxed);
        install(dir.path(), Kind::Asn, &[raw("asn.csv", asn(n))]).unwrap();
        assert!(holder.refresh(), "{n}");
        while asked.load(Ordering::Relaxed) < seen + 10 {
            std::thread::yield_now();
        }
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    let facts = holder.packs().look_up(ip("60.1.1.1"), at("2026-06-20T00:00:00Z"));
    assert_eq!(facts.asn.value(), Some(&8));
}

#[test]
fn only_what_changed_is_read_again_and_old_packs_go_with_their_last_reader() {
    let dir = tempfile::tempdir().unwrap();
    city(dir.path());
    install(dir.path(), Kind::Asn, &[raw("asn.csv", asn(1))]).unwrap();
    let holder = PackHolder::new(Packs::open(dir.path()));
    assert!(!holder.refresh(), "nothing changed");
    let old = holder.packs();
    let gone = Arc::downgrade(&old);
    install(dir.path(), Kind::Asn, &[raw("asn.csv", asn(2))]).unwrap();
    assert!(holder.refresh());
    let new = holder.packs();
    // The city pack is the same one in memory: a swap costs the changed packs alone.
    assert!(old.shares(&new, Kind::City) && !old.shares(&new, Kind::Asn));
    drop(old);
    assert!(gone.upgrade().is_none());
    std::fs::remove_dir_all(dir.path().join("asn")).unwrap();
    assert!(holder.refresh(), "a pack that was taken away is no longer asked");
    assert_eq!(holder.packs().manifests().count(), 1);
}
