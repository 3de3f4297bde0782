//! What makes no difference, on random worlds of fixed seeds: order, ids, strangers, languages, the
//! key.

use super::*;
use std::collections::BTreeMap;

/// SplitMix64.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// Forty people who share lines, spots, networks and devices often enough that much of everything
/// happens.
pub(super) fn world(seed: u64) -> Vec<Seen> {
    let dice = &mut Dice(seed);
    let spots = [NORTH, SOUTH, WEST, (NORTH.0 + 0.001, NORTH.1)];
    let mut all = Vec::new();
    for person in 0..40 {
        let home = spots[dice.below(4) as usize];
        let (line, spot) = (dice.below(16), spots[dice.below(4) as usize]);
        let mut life = life(&format!("p{person:02}")).declares(home);
        for _ in 0..dice.below(14) {
            let day = dice.below(200) as i64;
            let line = if dice.chance(80) { line } else { dice.below(16) };
            let class = AccessClass::ALL[dice.below(3) as usize];
            let (has_fix, has_device, has_lan) =
                (dice.chance(60), dice.chance(20), dice.chance(20));
            let (hours, key, net) = (dice.below(12) as i64, dice.below(30), dice.below(20));
            life = life.on([day], |s| {
                let mut s = s.line(&format!("203.0.113.{line}")).class(class).hours_later(hours);
                s = if has_fix { s.spot(spot) } else { s };
                s = if has_device { s.device(&format!("key {key}")) } else { s };
                if has_lan { s.lan(&format!("net {net}")) } else { s }
            });
        }
        all.extend(life.seen);
    }
    all
}

fn shuffled(mut seen: Vec<Seen>, seed: u64) -> Vec<Seen> {
    let dice = &mut Dice(seed);
    for i in (1..seen.len()).rev() {
        seen.swap(i, dice.below(i as u64 + 1) as usize);
    }
    seen
}

pub(super) const SEEDS: std::ops::Range<u64> = 0..60;

#[test]
fn worlds_have_groups_of_all_sizes() {
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut kinds = std::collections::BTreeSet::new();
    for seed in SEEDS {
        for group in linked_rows(&world(seed), &[]).groups {
            *sizes.entry(group.members.len()).or_default() += 1;
            kinds.extend(group.edges.iter().flat_map(|e| e.reasons.iter().map(|r| r.kind)));
        }
    }
    assert!(sizes.len() >= 5 && sizes.values().sum::<usize>() >= 60, "{sizes:?}");
    assert!(kinds.len() >= 7, "{kinds:?}");
}

#[test]
fn the_order_of_rows_and_the_key_make_no_difference() {
    for seed in SEEDS {
        let seen = world(seed);
        let told = linked_rows(&seen, &[]);
        assert_eq!(linked_rows(&shuffled(seen.clone(), seed + 1), &[]), told, "seed {seed}");
        let mut ledger = Ledger::new(&[seed as u8; 32], Sites::default(), |_, _| None);
        seen.iter().for_each(|s| ledger.add(&observation(s)));
        assert_eq!(ledger.link(), told, "seed {seed}");
    }
}

#[test]
fn other_ids_only_rename_the_report() {
    for seed in SEEDS {
        let mut seen = world(seed);
        let mut told = linked_rows(&seen, &[]);
        // turned round, so that the order of ids changes, too; a name in another script
        let other = |id: &str| format!("é-{:02}", 99 - id[1..].parse::<u32>().unwrap());
        seen.iter_mut().for_each(|s| s.id = other(&s.id));
        let mut renamed = linked_rows(&seen, &[]);
        for group in &mut told.groups {
            group.members = group.members.iter().map(|id| other(id)).collect();
            group.members.sort();
            for edge in &mut group.edges {
                let mut ends = [other(&edge.a), other(&edge.b)];
                ends.sort();
                [edge.a, edge.b] = ends;
            }
            group.edges.sort_by(|x, y| (&x.a, &x.b).cmp(&(&y.a, &y.b)));
        }
        for report in [&mut told, &mut renamed] {
            report.groups.sort_by(|a, b| a.members.cmp(&b.members));
        }
        assert_eq!(renamed, told, "seed {seed}");
    }
}

#[test]
fn a_stranger_changes_nothing_but_the_number_of_people() {
    for seed in SEEDS {
        let seen = world(seed);
        let before = linked_rows(&seen, &[]);
        let newest = seen.iter().map(|s| s.at).max().unwrap();
        let stranger = life("stranger").declares(WEST).on([0], |s| Seen {
            at: newest,
            ..s.line("198.51.100.1").spot((10.0, 10.0)).device("own").lan("own net")
        });
        let after = linked_rows(&[seen, stranger.seen].concat(), &[]);
        assert_eq!(
            (after.people, after.observations),
            (before.people + 1, before.observations + 1)
        );
        // rarity grows with N, so groups can grow and never lose anybody
        for group in &before.groups {
            let grown =
                after.groups.iter().find(|g| g.members.contains(&group.members[0])).unwrap();
            assert!(group.members.iter().all(|m| grown.members.contains(m)), "seed {seed}");
            assert!(!grown.members.contains(&"stranger".to_owned()));
        }
        // everything but the weight of a line
        let kept = |report: &LinkReport| -> Vec<String> {
            let edges = report.groups.iter().flat_map(|g| g.edges.clone());
            let rest = |e: &Edge| -> Vec<Reason> {
                let is_line = |k| matches!(k, ReasonKind::Line | ReasonKind::BusinessLine);
                e.reasons.iter().filter(|r| !is_line(r.kind)).copied().collect()
            };
            edges.map(|e| format!("{} {} {:?}", e.a, e.b, rest(&e))).collect()
        };
        let after = kept(&after);
        assert!(kept(&before).iter().all(|edge| after.contains(edge)), "seed {seed}");
    }
}
