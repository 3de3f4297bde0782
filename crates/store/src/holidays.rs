//! Holiday calendars of the operator's own, laid over those that ship with the program.

use crate::entities::holiday_calendar::{Column, Entity, Model};
use crate::{StoreError, StoreResult, Tx};
use jiff::civil::Date;
use muster_domain::calendar::{HolidayCalendar, HolidayCalendars};
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder};

/// Every calendar of the operator's own, by code.
pub async fn own(db: &impl ConnectionTrait) -> StoreResult<Vec<Model>> {
    Ok(Entity::find().order_by_asc(Column::ImportedMs).order_by_asc(Column::Code).all(db).await?)
}

/// All calendars of this installation, as they are now.
pub async fn all(db: &impl ConnectionTrait) -> StoreResult<HolidayCalendars> {
    let mut calendars = HolidayCalendars::embedded();
    let mut rows = own(db).await?;
    // One that builds on another of the operator's own comes after it, whichever is newer.
    while !rows.is_empty() {
        let waiting = rows.len();
        let mut later = Vec::new();
        for row in rows {
            let is_ready = row.base.as_deref().is_none_or(|base| calendars.get(base).is_some());
            if !is_ready {
                later.push(row);
                continue;
            }
            let days = HolidayCalendar::new(read_days(&row)?);
            calendars
                .add(&row.code, row.base.as_deref(), days)
                .map_err(|e| StoreError::unreadable("holiday calendar", e))?;
        }
        if later.len() == waiting {
            let codes: Vec<&str> = later.iter().map(|row| row.code.as_str()).collect();
            return Err(StoreError::unreadable("base of a holiday calendar", codes.join(", ")));
        }
        rows = later;
    }
    Ok(calendars)
}

/// Keeps a calendar, replacing the one with this code. Answers whether there was one.
pub async fn keep(tx: &Tx, row: Model) -> StoreResult<bool> {
    let is_known = Entity::find_by_id(row.code.clone()).one(&**tx).await?.is_some();
    match is_known {
        true => crate::save(tx, row).await?,
        false => crate::insert(tx, row).await?,
    }
    Ok(is_known)
}

/// Days as they lie in the column.
pub fn write_days(calendar: &HolidayCalendar) -> String {
    let days: Vec<(String, &str)> = calendar.days().map(|(d, n)| (d.to_string(), n)).collect();
    serde_json::to_string(&days).expect("a list of texts is plain data")
}

fn read_days(row: &Model) -> StoreResult<Vec<(Date, String)>> {
    let unreadable = |detail: String| StoreError::unreadable("holiday calendar", detail);
    let days: Vec<(String, String)> =
        serde_json::from_str(&row.days).map_err(|e| unreadable(e.to_string()))?;
    let read = |(date, name): (String, String)| Ok((date.parse()?, name));
    days.into_iter()
        .map(read)
        .collect::<Result<_, jiff::Error>>()
        .map_err(|e| unreadable(e.to_string()))
}
