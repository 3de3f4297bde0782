//! How each card has done, so that worn ones are seen and taken out.

use super::draw::{GROUPS, group_of};
use super::{Catalogue, ChallengeAnswer, ChallengeClass};
use crate::sentence::Sentence;
use crate::{msg, sentence};
use std::collections::{BTreeMap, BTreeSet};

/// Cards of each group that must stay: one that is not of the last five sessions.
pub const KEPT_PER_GROUP: usize = 6;

/// One use of a card in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardUse {
    pub template: String,
    pub is_shown: bool,
    pub answer: Option<ChallengeAnswer>,
    /// From its showing to the verifier's first answer.
    pub seconds: Option<i64>,
}

/// What became of a card's uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardStatistics {
    pub drawn: u32,
    pub shown: u32,
    /// As asked.
    pub done: u32,
    /// By the alternative.
    pub other_way: u32,
    /// For technical reasons.
    pub could_not: u32,
    pub refused: u32,
    pub looks_wrong: u32,
    pub median_seconds: Option<i64>,
}

/// By card.
pub fn of_uses(uses: &[CardUse]) -> BTreeMap<String, CardStatistics> {
    let mut by_card: BTreeMap<String, (CardStatistics, Vec<i64>)> = BTreeMap::new();
    for one in uses {
        let (card, seconds) = by_card.entry(one.template.clone()).or_default();
        card.drawn += 1;
        card.shown += u32::from(one.is_shown);
        let count = match one.answer {
            Some(ChallengeAnswer::Done) => &mut card.done,
            Some(ChallengeAnswer::Accommodated) => &mut card.other_way,
            Some(ChallengeAnswer::Technical) => &mut card.could_not,
            Some(ChallengeAnswer::Refused) => &mut card.refused,
            Some(ChallengeAnswer::ArtefactSeen) => &mut card.looks_wrong,
            None => continue,
        };
        *count += 1;
        seconds.extend(one.seconds);
    }
    let finish = |(name, (mut card, seconds)): (String, (CardStatistics, Vec<i64>))| {
        card.median_seconds = median(seconds);
        (name, card)
    };
    by_card.into_iter().map(finish).collect()
}

/// The middle one; of an even number the mean of both, rounded down.
fn median(mut values: Vec<i64>) -> Option<i64> {
    values.sort_unstable();
    let middle = values.len() / 2;
    match values.len() {
        0 => None,
        n if n % 2 == 1 => Some(values[middle]),
        _ => Some((values[middle - 1] + values[middle]).div_euclid(2)),
    }
}

/// Whether a card may be taken out: enough of its group must stay for a draw that repeats nothing of
/// five sessions.
///
/// # Errors
/// A sentence: why not, and what would help.
pub fn may_retire(
    catalogue: &Catalogue,
    retired: &BTreeSet<String>,
    id: &str,
) -> Result<(), Sentence> {
    let Some(card) = catalogue.template(id) else {
        return Err(msg!("There is no card of this name.").into());
    };
    let group = group_of(card.class);
    let left = catalogue
        .templates
        .iter()
        // Sound only stands in for the face, so it does not count here.
        .filter(|t| group_of(t.class) == group && t.class != ChallengeClass::Audio)
        .filter(|t| t.id != id && !retired.contains(&t.id))
        .count();
    if left >= KEPT_PER_GROUP {
        return Ok(());
    }
    let [a, b] = GROUPS[group];
    Err(sentence!(
        "At least {least} cards of the classes {a} and {b} must stay, or somebody would meet a card \
         of the last five sessions again. Add one of your own or restore another first.",
        least = KEPT_PER_GROUP,
        a = a.code(),
        b = b.code()
    ))
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::catalogue;
    use super::*;

    #[test]
    fn uses_are_counted_by_what_became_of_them() {
        use ChallengeAnswer::{Accommodated, ArtefactSeen, Done, Refused, Technical};
        let one = |answer, seconds| CardUse {
            template: "cheeks".into(),
            is_shown: answer != Some(Refused),
            answer,
            seconds,
        };
        let uses = [
            one(Some(Done), Some(10)),
            one(Some(Done), Some(31)),
            one(Some(Accommodated), Some(20)),
            one(Some(Technical), None),
            one(Some(Refused), Some(4)),
            one(Some(ArtefactSeen), None),
            one(None, Some(99)),
            CardUse { template: "other".into(), ..one(None, None) },
        ];
        let found = of_uses(&uses);
        let expected = CardStatistics {
            drawn: 7,
            shown: 6,
            done: 2,
            other_way: 1,
            could_not: 1,
            refused: 1,
            looks_wrong: 1,
            median_seconds: Some(15),
        };
        assert_eq!(found["cheeks"], expected);
        assert_eq!((found["other"].drawn, found["other"].median_seconds), (1, None));
        assert_eq!(median(vec![9, 1, 5]), Some(5));
    }

    #[test]
    fn enough_of_each_group_stays() {
        for group in 0..GROUPS.len() {
            let mut retired = BTreeSet::new();
            let cards: Vec<&str> = catalogue()
                .templates
                .iter()
                .filter(|t| group_of(t.class) == group && t.class != ChallengeClass::Audio)
                .map(|t| t.id.as_str())
                .collect();
            for id in &cards {
                if may_retire(catalogue(), &retired, id).is_ok() {
                    retired.insert((*id).to_owned());
                }
            }
            assert_eq!(cards.len() - retired.len(), KEPT_PER_GROUP, "group {group}");
            let last = cards.iter().find(|id| !retired.contains(**id)).unwrap();
            assert!(
                may_retire(catalogue(), &retired, last)
                    .unwrap_err()
                    .to_string()
                    .contains("must stay")
            );
        }
        assert!(may_retire(catalogue(), &BTreeSet::new(), "no-such").is_err());
        assert!(may_retire(catalogue(), &BTreeSet::new(), "clap-and-count").is_ok());
    }
}
