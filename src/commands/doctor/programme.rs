//! The programme itself, as the database knows it: clock, chains, calendars, the notice, the mode, and
//! what the auditor finds.

use super::Check;
use crate::acts::setup::anchor_of;
use crate::acts::{notices, policy};
use crate::config::Config;
use crate::engine;
use muster_domain::audit::Frontier;
use muster_domain::draw::{Anchor, Chain, ChainKey};
use muster_domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, UtcMillis};
use muster_ports::{Clock, SystemClock};
use muster_store::entities::draw_chain;
use muster_store::{Store, chains, installation};
use std::collections::BTreeSet;

/// Days ahead that every calendar in use must know.
const HOLIDAY_DAYS: i64 = 90;
/// A clock this far behind what the database has seen was set back.
const CLOCK_BACK_MS: i64 = 5 * MINUTE_MS;

pub(super) async fn clock(store: &Store) -> Check {
    const NAME: &str = "clock";
    match installation::get(store.read()).await {
        Ok(row) => {
            let behind = row.high_water_ms - SystemClock.now().0;
            if behind <= CLOCK_BACK_MS {
                return Check::ok(NAME, "not behind what the database has seen");
            }
            let found = format!("{} minutes behind what the database has seen", behind / MINUTE_MS);
            Check::attention(NAME, found, "set the clock right (NTP); until then nothing is drawn")
        }
        Err(error) => Check::attention(NAME, error.to_string(), "muster migrate"),
    }
}

/// Whether today is covered by a chain of ours whose tip is there and is the right one.
pub(super) async fn chain(store: &Store) -> Check {
    const NAME: &str = "draw-chain";
    let advice = "restore the folder of keys from its backup, or `muster chain restore-tip`";
    let today = SystemClock.now().date_in(&jiff::tz::TimeZone::UTC);
    let rows = match chains::anchored(store.read()).await {
        Ok(rows) => rows,
        Err(error) => return Check::attention(NAME, error.to_string(), advice),
    };
    let ours = |c: &&draw_chain::Model| c.tip == chains::tip::SERVICE;
    for row in rows.iter().filter(ours).filter(|c| chains::state::counts(&c.state)) {
        let Ok(anchor) = anchor_of(row) else { continue };
        if anchor.index(today).is_err() {
            continue;
        }
        let last = anchor.last_date();
        let opened = match store.keys().tip(row.id) {
            Ok(tip) => Chain::open(anchor, ChainKey::from_bytes(*tip)).map_err(|e| e.to_string()),
            Err(error) => Err(error.to_string()),
        };
        return match opened {
            Ok(_) => Check::ok(NAME, format!("covers today, until {last}")),
            Err(detail) => Check::attention(NAME, detail, advice),
        };
    }
    Check::attention(NAME, format!("none covers {today}"), "muster serve logs the next anchor")
}

/// Other holders: whether one of their chains ends soon. (A key that is missing is the auditor's.)
pub(super) async fn holders(store: &Store) -> Check {
    const NAME: &str = "holders";
    let advice =
        "ask the holder for the next chain (muster holder init) and add it: muster chain add";
    let today = SystemClock.now().date_in(&jiff::tz::TimeZone::UTC);
    let rows = match chains::anchored(store.read()).await {
        Ok(rows) => rows,
        Err(error) => return Check::attention(NAME, error.to_string(), "muster migrate"),
    };
    let others =
        |c: &&draw_chain::Model| c.tip == chains::tip::HOLDER && chains::state::counts(&c.state);
    let anchors: Vec<(&str, Anchor)> = rows
        .iter()
        .filter(others)
        .filter_map(|c| Some((c.holder.as_str(), anchor_of(c).ok()?)))
        .collect();
    let ends_soon = anchors.iter().find(|(holder, anchor)| {
        let is_followed = anchors
            .iter()
            .any(|(other, next)| holder == other && next.last_date() > anchor.last_date());
        today >= anchor.next_anchor_due() && !is_followed
    });
    if let Some((holder, anchor)) = ends_soon {
        let found = format!("the chain of {holder} ends with {}", anchor.last_date());
        return Check::attention(NAME, found, advice);
    }
    let names: std::collections::BTreeSet<&str> = anchors.iter().map(|(name, _)| *name).collect();
    match names.is_empty() {
        true => Check::ok(NAME, "none beside the operator"),
        false => Check::ok(NAME, names.into_iter().collect::<Vec<_>>().join(", ")),
    }
}

pub(super) async fn programme(store: &Store) -> Check {
    const NAME: &str = "programme";
    match installation::get(store.read()).await {
        Ok(row) if row.mode == installation::mode::LIVE => {
            match policy::reach(store.read()).await {
                Ok((live, members)) if row.pilot.is_some() => Check::ok(
                    NAME,
                    format!(
                        "live for a pilot group: {live} of {members} people in a policy; \
                     muster resume --everybody takes in all"
                    ),
                ),
                Ok(_) => Check::ok(NAME, "live"),
                Err(error) => Check::attention(NAME, error.to_string(), "muster migrate"),
            }
        }
        Ok(row) if row.mode == installation::mode::SHADOW => {
            Check::ok(NAME, "in shadow: draws and tells nobody; muster resume makes it live")
        }
        Ok(row) => {
            let found = format!("paused: {}", row.mode_reason);
            Check::attention(NAME, found, "muster resume --reason '...'")
        }
        Err(error) => Check::attention(NAME, error.to_string(), "muster migrate"),
    }
}

/// Whether the calendars people have speak about the months ahead: after the last date they know,
/// every day looks like a working day.
pub(super) async fn holidays(store: &Store, now: UtcMillis) -> Check {
    const NAME: &str = "holidays";
    let advice = "import a newer calendar: muster holidays import FILE --code CODE; those that ship with the \
                  program come with its next version";
    let loaded = match muster_store::holidays::all(store.read()).await {
        Ok(calendars) => muster_store::people::active(store.read()).await.map(|p| (calendars, p)),
        Err(error) => Err(error),
    };
    let (calendars, people) = match loaded {
        Ok(loaded) => loaded,
        Err(error) => return Check::attention(NAME, error.to_string(), advice),
    };
    let used: BTreeSet<String> = people.into_iter().filter_map(|p| p.holidays).collect();
    let wanted = now.plus_ms(HOLIDAY_DAYS * DAY_MS).date_in(&jiff::tz::TimeZone::UTC);
    let ends = |code: &String| match calendars.speaks_until(code) {
        None => Some(format!("{code} is not there")),
        Some(end) if end < wanted => Some(format!("{code} ends with {end}")),
        Some(_) => None,
    };
    let short: Vec<String> = used.iter().filter_map(ends).collect();
    match short.is_empty() {
        true => Check::ok(
            NAME,
            format!("{} calendar(s) in use know the next {HOLIDAY_DAYS} days", used.len()),
        ),
        false => Check::attention(NAME, short.join(", "), advice),
    }
}

/// How old the readings of people's calendars are.
pub(super) async fn busy_times(store: &Store, max_age_hours: u16, now: UtcMillis) -> Check {
    const NAME: &str = "busy-times";
    let advice = "see the failures with muster draw explain, and check [calendar.free_busy]";
    let since = now.plus_ms(-i64::from(max_age_hours) * HOUR_MS);
    match muster_store::busy::ages(store.read(), since).await {
        Ok(ages) => {
            let oldest = ages
                .oldest
                .map_or("never".to_owned(), |at| format!("{} h ago", now.since(at) / HOUR_MS));
            let found = format!(
                "{} calendar(s); the oldest reading was {oldest}; {} could not be read the last time, {} count no longer",
                ages.people, ages.failing, ages.old
            );
            match ages.old {
                0 => Check::ok(NAME, found),
                _ => Check::attention(NAME, found, advice),
            }
        }
        Err(error) => Check::attention(NAME, error.to_string(), advice),
    }
}

/// Whether the notice has reached everybody: nobody is drawn before.
pub(super) async fn notice(store: &Store) -> Check {
    const NAME: &str = "notice";
    match notices::pending(store.read()).await {
        Ok(pending) if pending.people == 0 => Check::ok(NAME, "has reached everybody in the pool"),
        Ok(pending) if pending.refused == 0 => {
            let found = format!("on its way to {}, who are not drawn before", pending.people);
            Check::ok(NAME, found)
        }
        Ok(pending) => {
            let found = format!(
                "came back from {} addresses; {} people are not drawn",
                pending.refused, pending.people
            );
            let advice = "correct the addresses in the roster, or let the people read it on the page /notice";
            Check::attention(NAME, found, advice)
        }
        Err(error) => Check::attention(NAME, error.to_string(), "muster migrate"),
    }
}

/// The auditor's own pass: obligations without a timer, late or dead work, the log derived anew.
pub(super) async fn auditor(store: &Store) -> Check {
    const NAME: &str = "auditor";
    let advice = "see the page /system; dead work waits there for a decision";
    match engine::auditor::pass(store, &mut Frontier::default()).await {
        Ok(audit) if audit.is_clean() => {
            let entries = audit.entries_derived;
            Check::ok(NAME, format!("nothing is forgotten; {entries} log entries derived anew"))
        }
        Ok(audit) => {
            let lines = audit.complaints.iter().map(ToString::to_string);
            Check::attention(NAME, lines.collect::<Vec<_>>().join("; "), advice)
        }
        Err(error) => Check::attention(NAME, error.to_string(), advice),
    }
}

/// An address only this machine knows is fine until people are told of it.
pub(super) async fn public_url(config: &Config, store: &Store) -> Check {
    const NAME: &str = "public-url";
    let url = &config.server.public_url;
    let mode = installation::get(store.read()).await.map(|row| row.mode).unwrap_or_default();
    if config.server.is_https() || mode == installation::mode::SHADOW {
        return Check::ok(NAME, url);
    }
    let advice = "put a reverse proxy with TLS in front and set server.public_url to https://...; \
                  browsers give camera and place to secure pages only";
    Check::attention(NAME, format!("{url} is known to this machine only"), advice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::Office;
    use crate::commands::doctor::State;

    #[tokio::test]
    async fn a_calendar_in_use_that_ends_within_ninety_days_is_named() {
        let office = Office::acme().await;
        let store = &office.context.store;
        let at = |text: &str| UtcMillis::from(text.parse::<jiff::Timestamp>().unwrap());
        let early = holidays(store, at("2030-10-01T12:00:00Z")).await;
        assert_eq!(early.state, State::Ok, "{}", early.found);
        let late = holidays(store, at("2030-10-03T12:00:00Z")).await;
        assert_eq!(late.state, State::Attention);
        assert!(late.found.contains("ends with 2030-12-31"), "{}", late.found);
    }
}
