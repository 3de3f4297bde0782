//! What HR's records say of two people: one delivery address, one payroll account. Neither is a place
//! where somebody was seen, and families share both.

use super::reasons::{HR_ALSO, HR_MANY, HR_TWO, Milli, ReasonKind};

/// Shorter than this is a word such as `n/a` and no address or account.
const CHARACTERS_MIN: usize = 5;

/// What is compared of an address, an account or a key of either: letters and digits alone, in lower
/// case, so that spaces, commas and capitals make no difference. `None` where too little is left.
pub(super) fn plain_key(text: &str) -> Option<String> {
    let plain: String =
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    (plain.chars().count() >= CHARACTERS_MIN).then_some(plain)
}

/// The reasons, from how many people have the address and the account that two share. They are one
/// record of one department: the second adds little.
pub(super) fn weights(delivery: Option<usize>, payroll: Option<usize>) -> Vec<(ReasonKind, Milli)> {
    let weight = |people: usize| if people > 2 { HR_MANY } else { HR_TWO };
    let mut reasons: Vec<(ReasonKind, Milli)> =
        [(ReasonKind::DeliveryAddress, delivery), (ReasonKind::PayrollAccount, payroll)]
            .into_iter()
            .filter_map(|(kind, people)| Some((kind, weight(people?))))
            .collect();
    if let [(_, first), (_, second)] = reasons.as_mut_slice() {
        let least = if *first < *second { first } else { second };
        *least = HR_ALSO;
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_makes_no_difference_and_a_word_is_no_address() {
        let plain = |text| plain_key(text);
        assert_eq!(plain("12 Example Rd., Sampleton "), plain("12 example RD Sampleton"));
        assert_eq!(plain("XX00 1234 5678"), Some("xx0012345678".to_owned()));
        assert_ne!(plain("12 Example Rd"), plain("13 Example Rd"));
        assert_eq!(plain("Übungsweg 4"), plain("übungsweg 4"));
        for word in ["", "n/a", "none", "- - -"] {
            assert_eq!(plain(word), None, "{word}");
        }
    }

    #[test]
    fn two_of_one_family_do_not_reach_what_joins() {
        use ReasonKind::{DeliveryAddress, PayrollAccount};
        assert_eq!(weights(Some(2), None), [(DeliveryAddress, 3_000)]);
        assert_eq!(weights(Some(2), Some(2)), [(DeliveryAddress, 3_000), (PayrollAccount, 1_000)]);
        assert_eq!(weights(Some(2), Some(5)), [(DeliveryAddress, 1_000), (PayrollAccount, 6_000)]);
        assert_eq!(weights(None, None), []);
    }
}
