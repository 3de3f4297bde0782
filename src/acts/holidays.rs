//! Holiday calendars of the operator's own: read from a file, checked, kept, audited. They count for
//! every date whose inputs are committed afterwards.

use super::office::Asker;
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::calendar::holidays::{check_code, read_csv, read_ics};
use muster_domain::calendar::{HolidayCalendar, SHIPPED_YEARS};
use muster_domain::ics::TEXT_BYTES_MAX;
use muster_domain::id::PersonId;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::holiday_calendar;
use muster_store::{holidays, people};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// What is imported.
#[derive(Debug, Clone)]
pub struct Import<'a> {
    pub code: &'a str,
    /// A calendar whose days come along.
    pub base: Option<&'a str>,
    pub bytes: &'a [u8],
    /// Say what would change and change nothing.
    pub dry_run: bool,
}

/// What came of it, or would.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Imported {
    pub code: String,
    /// Days of the file.
    pub days: usize,
    /// `YYYY-MM-DD Name` of days that the calendar did not have with this name.
    pub added: Vec<String>,
    /// Of days it had and has no more.
    pub removed: Vec<String>,
    /// How many people on the roster have this calendar.
    pub people: usize,
    pub applied: bool,
}

/// Imports a calendar, replacing an earlier one of the same code.
///
/// # Errors
/// `Forbidden`; `Invalid` with every fault of the file, of the code or the base.
pub async fn import(
    context: &Context,
    actor: Option<PersonId>,
    import: &Import<'_>,
) -> ActResult<Imported> {
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ImportRoster).await?;
    check_code(import.code).map_err(|e| ActError::invalid("code", &e.to_string()))?;
    let calendar = read(import.bytes)?;
    let before = holidays::all(&*tx).await?;
    let mut after = before.clone();
    after
        .add(import.code, import.base, calendar.clone())
        .map_err(|e| ActError::invalid("base", &e.to_string()))?;
    let lines = |calendar: Option<&HolidayCalendar>| -> Vec<String> {
        calendar
            .into_iter()
            .flat_map(HolidayCalendar::days)
            .map(|(d, n)| format!("{d} {n}"))
            .collect()
    };
    let (old, new) = (lines(before.get(import.code)), lines(after.get(import.code)));
    let others = |of: &[String], not: &[String]| -> Vec<String> {
        of.iter().filter(|line| !not.contains(line)).cloned().collect()
    };
    let everybody = people::active(&*tx).await?;
    let has_it =
        |p: &&muster_store::entities::person::Model| p.holidays.as_deref() == Some(import.code);
    let mut imported = Imported {
        code: import.code.to_owned(),
        days: calendar.days().count(),
        added: others(&new, &old),
        removed: others(&old, &new),
        people: everybody.iter().filter(has_it).count(),
        applied: false,
    };
    if import.dry_run {
        tx.rollback().await?;
        return Ok(imported);
    }
    let days = holidays::write_days(&calendar);
    let row = holiday_calendar::Model {
        code: import.code.to_owned(),
        base: import.base.map(str::to_owned),
        days: days.clone(),
        imported_by: actor.map(|id| id.0),
        imported_ms: context.now().0,
    };
    let replaces = holidays::keep(&tx, row).await?;
    // A base that builds on this calendar itself shows only now.
    holidays::all(&*tx).await.map_err(|_| {
        ActError::invalid("base", t!("This calendar and its base would build on each other."))
    })?;
    Record::new("holiday-calendar-imported")
        .by(asker.pseudonym())
        .fact("via", asker.via())
        .fact("code", import.code)
        .fact("base", import.base.unwrap_or_default())
        .fact("days", imported.days as i64)
        .fact("days_sha256", hex::encode(Sha256::digest(&days)))
        .fact("replaces", replaces)
        .write(&tx)
        .await?;
    tx.commit().await?;
    imported.applied = true;
    Ok(imported)
}

fn read(bytes: &[u8]) -> ActResult<HolidayCalendar> {
    let invalid = |sentence: &str| ActError::invalid("file", sentence);
    if bytes.len() > TEXT_BYTES_MAX {
        let sentence = t!(
            "The file has {bytes} bytes, more than the {max} that are read. Export fewer years.",
            bytes = bytes.len(),
            max = TEXT_BYTES_MAX
        );
        return Err(invalid(&sentence));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| {
        invalid(t!("The file is not UTF-8 text. Save it as UTF-8 CSV or export it as .ics."))
    })?;
    let is_ics = text.trim_start_matches('\u{feff}').trim_start().starts_with("BEGIN:");
    let read = if is_ics { read_ics(text, SHIPPED_YEARS) } else { read_csv(text) };
    read.map_err(|faults| ActError::Invalid(faults.0.into_iter().map(|f| ("file", f)).collect()))
}
