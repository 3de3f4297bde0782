//! Sentences a verifier's note may begin with: what happened, in plain words, and never how somebody seemed.

use crate::language::tr;
use muster_domain::msg;

/// One each for what verifiers write most; `…` stands for what they fill in.
pub const NOTE_OPENINGS: [&str; 8] = [
    msg!("The picture stood still for … seconds while …."),
    msg!("Lips and voice were … seconds apart."),
    msg!("The line broke off at … and was back at …."),
    msg!("Task … was done the other way, as they asked."),
    msg!("Task … could not be done: …."),
    msg!("They asked for more time and had it."),
    msg!("An interpreter or assistant helped, as agreed."),
    msg!("They asked … and I said that I would pass it on."),
];

/// The same in the language spoken.
pub fn note_openings() -> [&'static str; 8] {
    NOTE_OPENINGS.map(tr)
}

#[cfg(test)]
mod tests {
    use super::NOTE_OPENINGS;

    #[test]
    fn openings_fit_and_say_nothing_of_looks_or_moods() {
        for opening in NOTE_OPENINGS {
            assert!(opening.len() < 80 && opening.ends_with('.'), "{opening}");
            for word in ["seemed", "looked", "nervous", "accent", "accented", "calm", "strange"] {
                assert!(!opening.to_lowercase().contains(word), "{opening}");
            }
        }
    }
}
