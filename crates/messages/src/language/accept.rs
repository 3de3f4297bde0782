//! What a browser asks for (RFC 9110, section 12.5.4).

use super::Language;

/// The language of ours that `Accept-Language` ranks highest; none if it names none of them. Read
/// to choose words and for nothing else: it is neither kept nor compared.
pub fn preferred(accept_language: &str) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for range in accept_language.split(',').take(32) {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let primary = tag.split('-').next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight = weight.map_or(1.0, |q| q.parse().unwrap_or(0.0));
        if let Some(language) = Language::from_code(primary)
            && weight > best.map_or(0.0, |(highest, _)| highest)
        {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_rank_wins_and_the_first_of_equals() {
        for (asked, language) in [
            ("de-AT,de;q=0.9,en;q=0.5", Some(Language::German)),
            ("fr, de;q=0.3, en;q=0.4", Some(Language::English)),
            ("en,de", Some(Language::English)),
            ("de;q=0", None),
            ("fr", None),
            ("", None),
            ("de;q=oops", None),
        ] {
            assert_eq!(preferred(asked), language, "{asked}");
        }
    }
}
