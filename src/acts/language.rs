//! Which language somebody reads: what the person chose, else what the roster and the organisation say.

use super::{ActResult, Context};
use muster_domain::id::PersonId;
use muster_messages::language::Language;
use muster_store::entities::person;
use muster_store::people;

/// The language of mails to this person, and of pages unless the browser asks for another.
pub fn of_person(context: &Context, person: &person::Model) -> Language {
    chosen(person).unwrap_or_else(|| usual(context.settings.language, &person.languages))
}

/// What the person chose.
pub fn chosen(person: &person::Model) -> Option<Language> {
    person.chosen_language.as_deref().and_then(Language::from_code)
}

/// The organisation's language, unless the roster says that the person speaks others only and one
/// of them is ours.
fn usual(organisation: Language, spoken: &str) -> Language {
    let mut ours = spoken.split_whitespace().filter_map(Language::from_code);
    match ours.next() {
        Some(first) if first != organisation && !ours.any(|next| next == organisation) => first,
        _ => organisation,
    }
}

/// Keeps what the person chose.
pub async fn choose(context: &Context, person: PersonId, language: Language) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let row = people::lock(&tx, person).await?;
    let chosen_language = Some(language.code().to_owned());
    muster_store::save(&tx, person::Model { chosen_language, ..row }).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_speaks_the_organisations_language_is_written_to_in_it() {
        use Language::{English, German};
        for (organisation, spoken, language) in [
            (English, "", English),
            (English, "en de", English),
            (English, "de en", English),
            (English, "de", German),
            (English, "pt de", German),
            (English, "pt", English),
            (German, "en", English),
            (German, "pt", German),
        ] {
            assert_eq!(usual(organisation, spoken), language, "{organisation:?}, {spoken:?}");
        }
    }
}
