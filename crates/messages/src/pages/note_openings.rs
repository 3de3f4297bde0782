//! Sentences a verifier's note may begin with: what happened, in plain words, and never how somebody seemed.

/// One each for what verifiers write most; `…` stands for what they fill in.
pub const NOTE_OPENINGS: [&str; 8] = [
    "The picture stood still for … seconds while ….",
    "Lips and voice were … seconds apart.",
    "The line broke off at … and was back at ….",
    "Task … was done the other way, as they asked.",
    "Task … could not be done: ….",
    "They asked for more time and had it.",
    "An interpreter or assistant helped, as agreed.",
    "They asked … and I said that I would pass it on.",
];

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
