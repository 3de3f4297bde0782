//! Observations that are kept as tags tell the same as those that are read, over a change of keys too.

use super::properties::{SEEDS, world};
use super::*;
use crate::linking::{KeptLedger, KeptObservation, SiteTags, Tagger};

/// What the service does: `epoch` says under which keys a moment is tagged, that of the number and the
/// next. The keys of all epochs are the callers'; those before the last but one are gone.
fn kept(seen: &[Seen], sites: &[Site], epoch: impl Fn(&Seen) -> u8) -> LinkReport {
    let mut ledger = KeptLedger::default();
    let tagger = |n: u8| Tagger::new(&[n + 1; 32]);
    let mut last = 0;
    let mut homes = Vec::new();
    for one in seen {
        homes.extend(one.declared.map(|place| (&one.id, place)));
        let observation = observation(one);
        let epoch = epoch(one);
        last = last.max(epoch);
        ledger.add(&KeptObservation {
            person: &one.id,
            at: one.at,
            class: one.address.and_then(|a| class_of(a, one.class, None)),
            is_ipv6: one.address.is_some_and(|a| a.is_ipv6()),
            tags: tagger(epoch).tags(&observation),
            next: tagger(epoch + 1).tags(&observation),
            declared: one.declared.as_slice(),
        });
    }
    let taggers = [tagger(last), tagger(last + 1)];
    for (person, place) in homes {
        ledger.declare(person, taggers.iter().flat_map(|tagger| tagger.squares(place)));
    }
    ledger.link(&SiteTags::of(sites, &taggers))
}

fn half(seen: &Seen) -> u8 {
    u8::from(seen.at.since(START) > 100 * DAY_MS)
}

#[test]
fn tags_tell_what_the_values_tell() {
    for seed in SEEDS {
        let seen = world(seed);
        let told = linked_rows(&seen, &[]);
        assert_eq!(kept(&seen, &[], |_| 0), told, "seed {seed}");
        assert_eq!(kept(&seen, &[], half), told, "seed {seed}, over a change of keys");
    }
}

#[test]
fn a_site_that_is_named_later_is_subtracted_from_what_is_kept() {
    let network = |text: &str| text.parse::<Network>().unwrap();
    let site = |kind, networks| Site {
        site_id: "s".into(),
        kind,
        area: None,
        networks,
        delivery: Vec::new(),
    };
    for seed in SEEDS {
        let seen = world(seed);
        for sites in [
            vec![site(SiteKind::Office, vec![network("203.0.113.0/29")])],
            vec![site(SiteKind::CoWorking, vec![network("203.0.112.0/23")])],
            vec![site(
                SiteKind::CorporateEgress,
                vec![network("203.0.113.4"), network("203.0.113.8/30")],
            )],
        ] {
            let told = linked_rows(&seen, &sites);
            assert_eq!(kept(&seen, &sites, |_| 0), told, "seed {seed}");
            assert_eq!(kept(&seen, &sites, half), told, "seed {seed}, over a change of keys");
        }
    }
}

#[test]
fn a_circle_takes_the_spot_and_the_line_of_that_day() {
    let farm = |id: &str, home| {
        life(id).declares(home).on([0, 30, 60], |s| s.line("203.0.113.5").spot(NORTH))
    };
    let lives = [farm("a", SOUTH), farm("b", WEST)];
    let seen: Vec<Seen> =
        [lives.to_vec(), bystanders(100)].concat().into_iter().flat_map(|l| l.seen).collect();
    assert_eq!(kept(&seen, &[], half).groups.len(), 1);
    let area = place(NORTH.0, NORTH.1).map(|centre| (centre, 50.0));
    let loft = Site {
        site_id: "loft".into(),
        kind: SiteKind::CoWorking,
        area,
        networks: Vec::new(),
        delivery: Vec::new(),
    };
    assert_eq!(kept(&seen, &[loft], half).groups, []);
}
