//! Who stands in for a verifier who falls out: the first in the keyed order of the session's own
//! slot who may meet the person and has time. The order was fixed before anybody could fall out,
//! so falling out steers nothing, and whoever replays the draw finds the same person.
//!
//! Only sessions that have been announced count as taken: nothing here depends on a hit to come.

use super::bytes::BoundaryKey;
use super::inputs::{PersonRow, VerifierRow};
use crate::person::DrawToken;
use crate::time::{MINUTE_MS, UtcMillis};
use jiff::civil::Date;
use std::collections::BTreeSet;

words! {
    /// Why whoever was to hold a session does not.
    pub enum HandOverReason {
        /// Said that they cannot.
        SaidSo = "said_so",
        /// Was not in the room shortly after the start, or after having been called.
        NotThere = "not_there",
        /// Was in the room and went before the two had met.
        WentAway = "went_away",
        /// Has left, is absent, or is no verifier any more.
        NotAvailable = "not_available",
        /// Stands in for somebody else at that time.
        Taken = "taken",
        /// Talks to the person, is not sure, and asked for a second opinion.
        SecondOpinion = "second_opinion",
    }
}

words! {
    /// What a verifier gives as reason. It is committed to and read by nobody but themself.
    pub enum CannotReason {
        SomethingCameUp = "something_came_up",
        NotWell = "not_well",
        Technical = "technical",
        /// Knows the person, or there is something between the two.
        KnowsThePerson = "knows_the_person",
        RatherNotSay = "rather_not_say",
    }
}

/// An announced session, for each of the two who are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Busy {
    pub who: DrawToken,
    pub from: UtcMillis,
    /// After the talk; for a verifier after the turnaround, too.
    pub until: UtcMillis,
    /// The local date of the verifier whose cap it counts against; absent for the person met.
    pub counts_for: Option<Date>,
}

/// Everything one choice depends on.
#[derive(Debug, Clone)]
pub struct StandByQuestion<'a> {
    /// Token, exclusions, languages, wish; the rest is not looked at.
    pub person: &'a PersonRow,
    /// The slot of the session: it fixes the order, however late the choice is.
    pub slot: UtcMillis,
    /// From when on the stand-in is needed; not before the slot.
    pub from: UtcMillis,
    pub session_minutes: u16,
    pub turnaround_minutes: u16,
    /// The committed rows of the boundary.
    pub verifiers: &'a [VerifierRow],
    pub busy: &'a [Busy],
    /// Who fell out of this session already, and who cannot be asked for another reason that is
    /// true today and was not when the rows were committed.
    pub barred: &'a BTreeSet<DrawToken>,
}

/// The stand-in, or nobody. The last pair's verifier comes only where there is no other.
pub fn choose_stand_by(q: &StandByQuestion<'_>, key: &BoundaryKey) -> Option<DrawToken> {
    let mut rows: Vec<&VerifierRow> =
        q.verifiers.iter().filter(|row| row.slots.iter().any(|r| r.contains(q.slot))).collect();
    rows.sort_by_cached_key(|row| (key.verifier_order(q.slot, &row.verifier), row.verifier));
    let fits = |row: &&&VerifierRow| is_permitted(q, row) && has_time(q, row);
    let mut fitting = rows.iter().filter(fits).map(|row| row.verifier);
    let first = fitting.next()?;
    match q.person.last_verifier == Some(first) {
        true => fitting.next().or(Some(first)),
        false => Some(first),
    }
}

fn is_permitted(q: &StandByQuestion<'_>, row: &VerifierRow) -> bool {
    let shares_language = q.person.languages.is_empty()
        || row.languages.is_empty()
        || q.person.languages.iter().any(|l| row.languages.contains(l));
    row.verifier != q.person.token
        && !q.person.excluded.contains(&row.verifier)
        && !q.barred.contains(&row.verifier)
        && shares_language
}

/// Breaks do not count here: whoever is called has a break after this session instead.
fn has_time(q: &StandByQuestion<'_>, row: &VerifierRow) -> bool {
    let minutes = i64::from(q.session_minutes) + i64::from(q.turnaround_minutes);
    let until = q.from.plus_ms(minutes.max(1) * MINUTE_MS);
    let own = || q.busy.iter().filter(|b| b.who == row.verifier);
    let held = own().filter(|b| b.counts_for == Some(row.label)).count();
    held < usize::from(row.sessions_max) && own().all(|b| b.until <= q.from || until <= b.from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::fixtures::{LABEL, NINE, key, person, slot, slots, verifier};
    use proptest::prelude::*;

    fn pool(n: u8) -> Vec<VerifierRow> {
        (0..n).map(|i| verifier(i, slots(&[(0, 12)]))).collect()
    }

    fn ask<'a>(
        person: &'a PersonRow,
        verifiers: &'a [VerifierRow],
        busy: &'a [Busy],
        barred: &'a BTreeSet<DrawToken>,
    ) -> StandByQuestion<'a> {
        let (slot, from) = (slot(4), slot(4));
        let (session_minutes, turnaround_minutes) = (5, 5);
        StandByQuestion {
            person,
            slot,
            from,
            session_minutes,
            turnaround_minutes,
            verifiers,
            busy,
            barred,
        }
    }

    fn held(who: DrawToken, from: UtcMillis) -> Busy {
        Busy { who, from, until: from.plus_minutes(10), counts_for: Some(LABEL) }
    }

    #[test]
    fn one_after_the_other_is_asked_in_keyed_order_until_nobody_is_left() {
        let (p, pool) = (person(1, slots(&[(0, 12)])), pool(8));
        let mut barred = BTreeSet::new();
        let mut asked = Vec::new();
        while let Some(next) = choose_stand_by(&ask(&p, &pool, &[], &barred), &key(3)) {
            asked.push(next);
            barred.insert(next);
        }
        let mut expected: Vec<DrawToken> = pool.iter().map(|v| v.verifier).collect();
        expected.sort_by_key(|v| key(3).verifier_order(slot(4), v));
        assert_eq!(asked, expected);
    }

    #[test]
    fn whoever_may_not_meet_the_person_or_does_not_offer_the_slot_is_never_asked() {
        let mut p = person(100, slots(&[(0, 12)]));
        let mut pool = pool(5);
        p.excluded = vec![pool[1].verifier];
        p.languages = vec!["pt".to_owned()];
        pool[2].languages = vec!["de".to_owned()];
        pool[3].slots = slots(&[(5, 12)]);
        pool[4].languages = vec!["pt".to_owned()];
        let barred = BTreeSet::new();
        // Number 0 is the person, 1 is in the line, 2 speaks another language, 3 is off duty.
        assert_eq!(choose_stand_by(&ask(&p, &pool, &[], &barred), &key(1)), Some(pool[4].verifier));
        assert_eq!(choose_stand_by(&ask(&p, &pool[..4], &[], &barred), &key(1)), None);
    }

    #[test]
    fn a_session_of_ones_own_counts_with_its_turnaround_and_against_the_cap() {
        let (p, pool) = (person(1, slots(&[(0, 12)])), pool(1));
        let barred = BTreeSet::new();
        let me = pool[0].verifier;
        let free = |busy: &[Busy]| choose_stand_by(&ask(&p, &pool, busy, &barred), &key(1));
        for (start, is_free) in [(2, true), (3, false), (4, false), (5, false), (6, true)] {
            assert_eq!(free(&[held(me, slot(start))]).is_some(), is_free, "slot {start}");
        }
        // While somebody is met themself they hold nobody's session.
        let met = Busy { who: me, from: slot(4), until: slot(4).plus_minutes(5), counts_for: None };
        assert_eq!(free(&[met]), None);
        let mut full = pool.clone();
        full[0].sessions_max = 1;
        let earlier = [held(me, NINE)];
        assert_eq!(choose_stand_by(&ask(&p, &full, &earlier, &barred), &key(1)), None);
    }

    #[test]
    fn a_late_choice_looks_at_the_time_from_then_on() {
        let (p, pool) = (person(1, slots(&[(0, 12)])), pool(1));
        let barred = BTreeSet::new();
        let busy = [held(pool[0].verifier, slot(6))];
        let mut q = ask(&p, &pool, &busy, &barred);
        assert!(choose_stand_by(&q, &key(1)).is_some());
        q.from = slot(5);
        assert_eq!(choose_stand_by(&q, &key(1)), None);
    }

    #[test]
    fn the_last_pair_meets_again_only_where_there_is_nobody_else() {
        let (mut p, pool) = (person(1, slots(&[(0, 12)])), pool(2));
        let barred = BTreeSet::new();
        let first = choose_stand_by(&ask(&p, &pool, &[], &barred), &key(1)).unwrap();
        p.last_verifier = Some(first);
        let other = choose_stand_by(&ask(&p, &pool, &[], &barred), &key(1)).unwrap();
        assert_ne!(first, other);
        let only = BTreeSet::from([other]);
        assert_eq!(choose_stand_by(&ask(&p, &pool, &[], &only), &key(1)), Some(first));
    }

    proptest! {
        /// A verifier who falls out, or claims to be taken, never changes which of two others
        /// comes first: nobody can be brought in by falling out.
        #[test]
        fn who_falls_out_never_reorders_the_others(
            seed in any::<u8>(),
            out in proptest::collection::btree_set(0_u8..10, 0..9),
            more in 0_u8..10,
        ) {
            let (p, pool) = (person(1, slots(&[(0, 12)])), pool(10));
            let barred = |out: &BTreeSet<u8>| out.iter().map(|n| DrawToken([100 + n; 16])).collect::<BTreeSet<_>>();
            let before = barred(&out);
            let chosen = choose_stand_by(&ask(&p, &pool, &[], &before), &key(seed));
            let mut wider = out.clone();
            wider.insert(more);
            let after = barred(&wider);
            let then = choose_stand_by(&ask(&p, &pool, &[], &after), &key(seed));
            if chosen != Some(DrawToken([100 + more; 16])) {
                prop_assert_eq!(then, chosen);
            }
        }
    }
}
