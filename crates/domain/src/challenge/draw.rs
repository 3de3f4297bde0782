//! The draw of three challenges: deterministic in its key, so that anybody who holds the revealed
//! key and the list of cards that were open can recompute what was asked.

use super::catalogue::{Catalogue, Template};
use super::{Accommodation, Aid, ChallengeClass};
use crate::sentence::{Filling, Sentence};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use std::collections::BTreeSet;

/// One of each group below.
pub const CHALLENGES_PER_SESSION: usize = 3;

/// Which classes stand for liveness, surroundings, and binding to device or work.
pub const GROUPS: [[ChallengeClass; 2]; CHALLENGES_PER_SESSION] = [
    [ChallengeClass::Face, ChallengeClass::Audio],
    [ChallengeClass::Scene, ChallengeClass::Locality],
    [ChallengeClass::Binding, ChallengeClass::Knowledge],
];

/// The place of a class among the groups.
pub fn group_of(class: ChallengeClass) -> usize {
    GROUPS.iter().position(|group| group.contains(&class)).unwrap_or_default()
}

/// What keeps cards away in one session.
#[derive(Debug, Clone, Default)]
pub struct Occasion {
    pub accommodations: Vec<Accommodation>,
    /// Cards of the person's last five sessions.
    pub recent: BTreeSet<String>,
    /// Cards that were taken out for everybody.
    pub retired: BTreeSet<String>,
    /// Whether a declared place is known, so that the sun there can be told.
    pub knows_place: bool,
}

/// A challenge as it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnChallenge {
    /// The card's id.
    pub template: String,
    pub class: ChallengeClass,
    pub instruction: Sentence,
    pub alternative: Sentence,
    pub seconds: u16,
    /// Empty in what was drawn before cards had it.
    #[serde(default)]
    pub for_verifier: Sentence,
    pub look_for: Sentence,
    #[serde(default)]
    pub aid: Option<Aid>,
    /// What the service says to the verifier beside it; written when the card is shown.
    #[serde(default)]
    pub hint: Option<Sentence>,
    /// Parameter and the value it took, in order of the card.
    pub parameters: Vec<(String, String)>,
}

/// The cards that may be drawn on this occasion, in order of the catalogue.
pub fn open_to<'a>(catalogue: &'a Catalogue, occasion: &Occasion) -> Vec<&'a Template> {
    let is_open = |t: &&Template| {
        t.fits(&occasion.accommodations)
            && !occasion.recent.contains(&t.id)
            && !occasion.retired.contains(&t.id)
            && (occasion.knows_place || t.aid != Some(Aid::Sun))
    };
    catalogue.templates.iter().filter(is_open).collect()
}

/// Draws one face, one scene or locality, one binding or knowledge challenge, in this order.
///
/// Of the open cards only. Where a group has nothing left, another group steps in; so fewer than
/// three come out only if fewer are open. An audio challenge takes the first place where no face
/// challenge is left.
pub fn draw_challenges(key32: &[u8; 32], open: &[&Template]) -> Vec<DrawnChallenge> {
    let mut open = open.to_vec();
    open.sort_by_cached_key(|t| (mac(key32, &["challenge", &t.id]), t.id.clone()));
    let mut drawn = Vec::new();
    for group in GROUPS {
        // Video first: sound alone convinces less, so audio waits until no face task is left.
        let of_class = |class| open.iter().position(|t: &&Template| t.class == class);
        let of_group = || open.iter().position(|t| group.contains(&t.class));
        let place = match group[0] {
            ChallengeClass::Face => of_class(ChallengeClass::Face).or_else(of_group),
            _ => of_group(),
        };
        let Some(place) = place.or((!open.is_empty()).then_some(0)) else { break };
        drawn.push(filled(open.remove(place), key32));
    }
    drawn
}

fn filled(template: &Template, key32: &[u8; 32]) -> DrawnChallenge {
    let (mut parameters, mut fillings) = (Vec::new(), Vec::new());
    for parameter in &template.parameters {
        let bytes = mac(key32, &["parameter", &template.id, &parameter.name]);
        let number = u64::from_be_bytes(bytes[..8].try_into().expect("eight of thirty-two bytes"));
        let value = &parameter.values[(number % parameter.values.len() as u64) as usize];
        let filling = match parameter.is_spoken() {
            true => Filling::Text(value.clone()),
            false => Filling::Word(value.clone().into()),
        };
        parameters.push((parameter.name.clone(), value.clone()));
        fillings.push((parameter.name.clone(), filling));
    }
    let worded = |text: &str| {
        let used = fillings.iter().filter(|(name, _)| text.contains(&format!("{{{name}}}")));
        used.fold(Sentence::keyed(text), |said, (name, filling)| {
            said.with(name.clone(), filling.clone())
        })
    };
    DrawnChallenge {
        template: template.id.clone(),
        class: template.class,
        instruction: worded(&template.instruction),
        alternative: worded(&template.alternative),
        seconds: template.seconds,
        for_verifier: Sentence::keyed(&template.for_verifier),
        look_for: worded(&template.look_for),
        aid: template.aid,
        hint: None,
        parameters,
    }
}

/// HMAC-SHA256 over the fields, each as u32 big-endian length and bytes (DESIGN section 6).
fn mac(key32: &[u8; 32], fields: &[&str]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key32).expect("any key length is accepted");
    for field in fields {
        mac.update(&(field.len() as u32).to_be_bytes());
        mac.update(field.as_bytes());
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::catalogue;
    use super::*;
    use proptest::prelude::*;

    fn draw(key: &[u8; 32], occasion: &Occasion) -> Vec<DrawnChallenge> {
        draw_challenges(key, &open_to(catalogue(), occasion))
    }

    fn held(accommodations: &[Accommodation]) -> Occasion {
        Occasion {
            accommodations: accommodations.to_vec(),
            knows_place: true,
            ..Occasion::default()
        }
    }

    proptest! {
        #[test]
        fn three_of_three_groups_none_of_the_last_five_sessions_and_the_same_again(
            key in any::<[u8; 32]>(), knows_place in any::<bool>(),
        ) {
            let mut sessions: Vec<Vec<String>> = Vec::new();
            for session in 0..8_u8 {
                let mut key = key;
                key[0] ^= session;
                let recent = sessions.iter().rev().take(5).flatten().cloned().collect();
                let occasion = Occasion { recent, knows_place, ..Occasion::default() };
                let drawn = draw(&key, &occasion);
                prop_assert_eq!(&drawn, &draw(&key, &occasion));
                let groups: Vec<usize> = drawn.iter().map(|d| group_of(d.class)).collect();
                prop_assert_eq!(groups, vec![0, 1, 2]);
                for challenge in &drawn {
                    prop_assert!(!occasion.recent.contains(&challenge.template));
                    let is_phone = challenge.aid == Some(Aid::PhoneCode);
                    let is_filled = is_phone || !challenge.instruction.to_string().contains('{');
                    let has_alternative = !challenge.alternative.to_string().contains('{');
                    prop_assert!(is_filled && has_alternative);
                }
                sessions.push(drawn.into_iter().map(|d| d.template).collect());
            }
        }

        #[test]
        fn nobody_is_asked_what_an_accommodation_excludes_and_everybody_gets_three(
            key in any::<[u8; 32]>(), flags in any::<u16>(), knows_place in any::<bool>(),
        ) {
            let flags: Vec<Accommodation> = Accommodation::ALL
                .iter()
                .enumerate()
                .filter(|(i, _)| flags >> i & 1 == 1)
                .map(|(_, flag)| *flag)
                .collect();
            let drawn = draw(&key, &Occasion { knows_place, ..held(&flags) });
            prop_assert_eq!(drawn.len(), CHALLENGES_PER_SESSION);
            for challenge in drawn {
                let template = catalogue().template(&challenge.template).unwrap();
                prop_assert!(template.not_with.iter().all(|flag| !flags.contains(flag)));
                prop_assert!(template.needs.iter().all(|n| n.absent().is_none_or(|a| !flags.contains(&a))));
                prop_assert!(knows_place || challenge.aid != Some(Aid::Sun));
            }
        }
    }

    #[test]
    fn the_sky_is_asked_about_where_there_is_a_window_and_a_declared_place() {
        let ids = |occasion: &Occasion| -> BTreeSet<String> {
            open_to(catalogue(), occasion).iter().map(|t| t.id.clone()).collect()
        };
        let all = ids(&held(&[]));
        assert!(all.contains("sky-check") && all.contains("light-outside"));
        for without in [held(&[Accommodation::NoWindow]), Occasion::default()] {
            let open = ids(&without);
            assert!(!open.contains("sky-check") && !open.contains("light-outside"), "{without:?}");
        }
        assert!(!ids(&held(&[Accommodation::NoSecondDevice])).contains("phone-code-with-laptop"));
    }

    #[test]
    fn a_retired_card_is_drawn_for_nobody() {
        let retired = BTreeSet::from(["cheeks".to_owned(), "full-profile".to_owned()]);
        let occasion = Occasion { retired: retired.clone(), ..held(&[]) };
        for n in 0..400_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            assert!(draw(&key, &occasion).iter().all(|d| !retired.contains(&d.template)));
        }
    }

    #[test]
    fn over_many_keys_every_template_and_every_value_comes_up() {
        let mut templates = BTreeSet::new();
        let mut values = BTreeSet::new();
        let open = open_to(catalogue(), &held(&[]));
        for n in 0..4_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            for drawn in draw_challenges(&key, &open) {
                values.extend(drawn.parameters.iter().map(|p| (drawn.template.clone(), p.clone())));
                templates.insert(drawn.template);
            }
        }
        for template in &catalogue().templates {
            // Sound waits for people without a face task.
            if template.class == ChallengeClass::Audio {
                continue;
            }
            assert!(templates.contains(&template.id), "{}", template.id);
            for parameter in &template.parameters {
                for value in &parameter.values {
                    let pair = (parameter.name.clone(), value.clone());
                    assert!(values.contains(&(template.id.clone(), pair)), "{value}");
                }
            }
        }
    }

    #[test]
    fn without_a_face_task_sound_steps_in() {
        let flags = [
            Accommodation::NoHandMovement,
            Accommodation::NoHeadMovement,
            Accommodation::NoFacialExpression,
            Accommodation::NoStanding,
            Accommodation::NoBrightLight,
        ];
        assert_eq!(draw(&[7; 32], &held(&flags))[0].class, ChallengeClass::Audio);
    }

    #[test]
    fn what_was_drawn_before_cards_had_aids_still_reads() {
        let old = r#"{"template":"cheeks","class":"face","instruction":"a","alternative":"b",
            "seconds":20,"look_for":"c","parameters":[]}"#;
        let drawn: DrawnChallenge = serde_json::from_str(old).unwrap();
        assert_eq!((drawn.aid, drawn.hint), (None, None));
        assert_eq!(drawn.for_verifier, "");
    }
}
