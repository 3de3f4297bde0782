//! The draw of three challenges: deterministic in its key, so that anybody who holds the revealed
//! key can recompute what was asked.

use super::catalogue::{Catalogue, Template, catalogue};
use super::{Accommodation, ChallengeClass};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// One of each group below.
pub const CHALLENGES_PER_SESSION: usize = 3;

/// Which classes stand for liveness, surroundings, and binding to device or work.
const GROUPS: [[ChallengeClass; 2]; CHALLENGES_PER_SESSION] = [
    [ChallengeClass::Face, ChallengeClass::Audio],
    [ChallengeClass::Scene, ChallengeClass::Locality],
    [ChallengeClass::Binding, ChallengeClass::Knowledge],
];

/// A challenge as it is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrawnChallenge {
    /// The template's id.
    pub template: String,
    pub class: ChallengeClass,
    pub instruction: String,
    pub alternative: String,
    pub seconds: u16,
    pub look_for: String,
    /// Parameter and the value it took, in order of the template.
    pub parameters: Vec<(String, String)>,
}

/// Draws from the built-in catalogue. See `draw_from`.
pub fn draw_challenges(
    key32: &[u8; 32],
    accommodations: &[Accommodation],
    recent_templates: &[String],
) -> Vec<DrawnChallenge> {
    draw_from(catalogue(), key32, accommodations, recent_templates)
}

/// Draws one face, one scene or locality, one binding or knowledge challenge, in this order.
///
/// Never one an accommodation excludes and never one of `recent_templates` (the last five
/// sessions'). Where a group has nothing left, another group steps in; so fewer than three come
/// out only if the whole catalogue has fewer. An audio challenge takes the first place where no
/// face challenge is left.
pub fn draw_from(
    catalogue: &Catalogue,
    key32: &[u8; 32],
    accommodations: &[Accommodation],
    recent_templates: &[String],
) -> Vec<DrawnChallenge> {
    let excluded = |t: &Template| t.not_with.iter().any(|flag| accommodations.contains(flag));
    let mut open: Vec<&Template> = catalogue
        .templates
        .iter()
        .filter(|t| !excluded(t) && !recent_templates.contains(&t.id))
        .collect();
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
    let mut drawn = DrawnChallenge {
        template: template.id.clone(),
        class: template.class,
        instruction: template.instruction.clone(),
        alternative: template.alternative.clone(),
        seconds: template.seconds,
        look_for: template.look_for.clone(),
        parameters: Vec::new(),
    };
    for parameter in &template.parameters {
        let bytes = mac(key32, &["parameter", &template.id, &parameter.name]);
        let number = u64::from_be_bytes(bytes[..8].try_into().expect("eight of thirty-two bytes"));
        let value = &parameter.values[(number % parameter.values.len() as u64) as usize];
        let place = format!("{{{}}}", parameter.name);
        for text in [&mut drawn.instruction, &mut drawn.alternative, &mut drawn.look_for] {
            *text = text.replace(&place, value);
        }
        drawn.parameters.push((parameter.name.clone(), value.clone()));
    }
    drawn
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
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn group_of(class: ChallengeClass) -> usize {
        GROUPS.iter().position(|g| g.contains(&class)).unwrap()
    }

    proptest! {
        #[test]
        fn three_of_three_groups_none_repeated_and_the_same_again(
            key in any::<[u8; 32]>(),
        ) {
            let mut recent: Vec<String> = Vec::new();
            for session in 0..5_u8 {
                let mut key = key;
                key[0] ^= session;
                let drawn = draw_challenges(&key, &[], &recent);
                prop_assert_eq!(&drawn, &draw_challenges(&key, &[], &recent));
                let groups: Vec<usize> = drawn.iter().map(|d| group_of(d.class)).collect();
                prop_assert_eq!(groups, vec![0, 1, 2]);
                for challenge in &drawn {
                    prop_assert!(!recent.contains(&challenge.template));
                    let unfilled = challenge.instruction.contains('{') || challenge.alternative.contains('{');
                    prop_assert!(!unfilled);
                }
                recent.extend(drawn.into_iter().map(|d| d.template));
            }
        }

        #[test]
        fn nobody_is_asked_what_an_accommodation_excludes_and_everybody_gets_three(
            key in any::<[u8; 32]>(), flags in any::<u16>(),
        ) {
            let held: Vec<Accommodation> = Accommodation::ALL
                .iter()
                .enumerate()
                .filter(|(i, _)| flags >> i & 1 == 1)
                .map(|(_, flag)| *flag)
                .collect();
            let drawn = draw_challenges(&key, &held, &[]);
            prop_assert_eq!(drawn.len(), CHALLENGES_PER_SESSION);
            for challenge in drawn {
                let template = catalogue().template(&challenge.template).unwrap();
                prop_assert!(template.not_with.iter().all(|flag| !held.contains(flag)));
            }
        }
    }

    #[test]
    fn over_many_keys_every_template_and_every_value_comes_up() {
        let mut templates = BTreeSet::new();
        let mut values = BTreeSet::new();
        for n in 0..4_000_u32 {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&n.to_be_bytes());
            for drawn in draw_challenges(&key, &[], &[]) {
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
        let held = [
            Accommodation::NoHandMovement,
            Accommodation::NoHeadMovement,
            Accommodation::NoFacialExpression,
            Accommodation::NoStanding,
            Accommodation::NoBrightLight,
        ];
        let drawn = draw_challenges(&[7; 32], &held, &[]);
        assert_eq!(drawn[0].class, ChallengeClass::Audio);
    }
}
