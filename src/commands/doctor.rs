//! `muster doctor`: what is well and what needs attention, each with what to do. It looks and
//! changes nothing. A new check is a function and a line in [`checks`].

use super::print::say;
use super::{Ended, print};
use crate::acts::setup::anchor_of;
use crate::acts::{notices, policy};
use crate::app;
use crate::config::{Config, Faults};
use crate::engine;
use clap::Args;
use muster_domain::audit::Frontier;
use muster_domain::calendar::PLAN_DELAY_MS;
use muster_domain::draw::beacon::round_of;
use muster_domain::draw::{Anchor, BeaconKind, Chain, ChainKey};
use muster_domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, UtcMillis};
use muster_integrations::http::Http;
use muster_packs::{Freshness, PackAge, Packs};
use muster_ports::{Clock, SystemClock};
use muster_store::entities::draw_chain;
use muster_store::{Store, chains, installation};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Free space below which the database may soon be unable to write.
const FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;
/// Days ahead that every calendar in use must know.
const HOLIDAY_DAYS: i64 = 90;
const DNS_ADVICE: &str =
    "enter the name of server.public_url in your DNS, or check /etc/resolv.conf";
/// A clock this far behind what the database has seen was set back.
const CLOCK_BACK_MS: i64 = 5 * MINUTE_MS;

/// Say what is well and what needs attention
///
/// Looks at configuration, keys, database, disk, clock, mail and the public address. Exits with 1
/// if anything needs attention.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster doctor --json")]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Whether something is well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Ok,
    Attention,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Check {
    /// Stable, kebab-case.
    pub name: &'static str,
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do; empty where all is well.
    pub advice: String,
}

impl Check {
    /// All is well.
    pub fn ok(name: &'static str, found: impl Into<String>) -> Check {
        Check { name, state: State::Ok, found: found.into(), advice: String::new() }
    }

    /// Somebody has to act.
    pub fn attention(
        name: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Check {
        Check { name, state: State::Attention, found: found.into(), advice: advice.into() }
    }
}

impl Doctor {
    pub(super) async fn run(self, config: Result<Config, Faults>) -> anyhow::Result<Ended> {
        let found = match config {
            Ok(config) => checks(&config).await,
            Err(faults) => {
                let advice = "mend the keys above; docs/operations.md shows a whole file";
                vec![Check::attention("configuration", faults.to_string().trim_end(), advice)]
            }
        };
        let is_well = found.iter().all(|c| c.state == State::Ok);
        match self.json {
            true => print::json(&found)?,
            false => found.iter().for_each(tell),
        }
        Ok(if is_well { Ended::Done } else { Ended::Attention })
    }
}

pub(super) fn tell(check: &Check) {
    let mark = if check.state == State::Ok { "ok       " } else { "attention" };
    say!("{mark}  {:<14} {}", check.name, check.found);
    if !check.advice.is_empty() {
        say!("{:>26} -> {}", "", check.advice);
    }
}

/// Everything that is looked at, in the order of the report.
pub async fn checks(config: &Config) -> Vec<Check> {
    let mut found = vec![
        Check::ok("configuration", "no fault"),
        keys(config),
        disk(config),
        dns(config).await,
        mail(config).await,
        beacon(config).await,
        packs(config, SystemClock.now()),
    ];
    match app::open_store(config).await {
        Ok(store) => {
            found.push(Check::ok("database", "reachable, schema up to date, keys fit"));
            found.push(clock(&store).await);
            found.push(chain(&store).await);
            found.push(holders(&store).await);
            found.push(programme(&store).await);
            found.push(holidays(&store, SystemClock.now()).await);
            if let Some(calendars) = &config.calendar.free_busy {
                found.push(busy_times(&store, calendars.max_age_hours, SystemClock.now()).await);
            }
            found.push(notice(&store).await);
            found.push(auditor(&store).await);
            found.push(public_url(config, &store).await);
        }
        Err(error) => {
            let sentence = format!("{error:#}");
            found.push(Check::attention("database", sentence, "see the sentence itself"));
        }
    }
    found
}

/// An address only this machine knows is fine until people are told of it.
async fn public_url(config: &Config, store: &Store) -> Check {
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

fn keys(config: &Config) -> Check {
    const NAME: &str = "keys";
    let dir = config.keys_dir();
    if !muster_store::KeyRing::exists(&dir) {
        let found = format!("there are none in {}", dir.display());
        return Check::attention(NAME, found, "muster migrate makes them for a new installation");
    }
    if let Err(error) = muster_store::KeyRing::open(&dir) {
        return Check::attention(
            NAME,
            error.to_string(),
            "restore the folder from your key backup",
        );
    }
    match readable_by_others(&dir) {
        Ok(files) if files.is_empty() => Check::ok(NAME, dir.display().to_string()),
        Ok(files) => {
            let found = format!("others can read {}", files.join(", "));
            Check::attention(NAME, found, format!("chmod 600 {}/*.key", dir.display()))
        }
        Err(error) => Check::attention(NAME, error.to_string(), "give this user the folder"),
    }
}

/// Names of key files that group or world can read.
fn readable_by_others(dir: &std::path::Path) -> std::io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if entry.metadata()?.permissions().mode() & 0o077 != 0 {
                files.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

fn disk(config: &Config) -> Check {
    const NAME: &str = "disk";
    let dir = config.data_dir();
    match rustix::fs::statvfs(dir) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let found = format!("{} MiB free for {}", free / (1024 * 1024), dir.display());
            if free >= FREE_BYTES_MIN {
                return Check::ok(NAME, found);
            }
            Check::attention(NAME, found, "free at least 1 GiB: without space nothing is recorded")
        }
        Err(error) => {
            let found = format!("{} cannot be looked at: {error}", dir.display());
            Check::attention(NAME, found, "muster migrate makes the folder")
        }
    }
}

/// Whether this machine can look names up, and knows the one that people type.
async fn dns(config: &Config) -> Check {
    const NAME: &str = "dns";
    let host = config.server.public_host();
    // Whether something listens there is asked of a browser, not of this machine.
    const ANY_PORT: u16 = 443;
    let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), ANY_PORT)).await;
    match found.map(|mut addresses| addresses.next()) {
        Ok(Some(_)) => Check::ok(NAME, format!("{host} is known")),
        Ok(None) => Check::attention(NAME, format!("{host} has no address"), DNS_ADVICE),
        Err(error) => Check::attention(NAME, format!("{host} is not found: {error}"), DNS_ADVICE),
    }
}

async fn mail(config: &Config) -> Check {
    const NAME: &str = "mail";
    let Some(smtp) = &config.smtp else {
        let advice = "add the section [smtp]; docs/operations.md shows it";
        return Check::attention(NAME, "there is no mail server", advice);
    };
    let server = format!("{} port {}", smtp.host, smtp.port());
    let port = Http::new(Arc::new(SystemClock)).map_err(anyhow::Error::from);
    let port = port.and_then(|http| app::mail(config, &http));
    let answer = match port {
        Ok(Some(port)) => port.check().await.map_err(anyhow::Error::from),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match answer {
        Ok(()) => Check::ok(NAME, format!("{server} answers")),
        Err(error) => {
            let advice = "check host, port, security and sign_in of [smtp], and the firewall";
            Check::attention(NAME, format!("{server}: {error:#}"), advice)
        }
    }
}

async fn clock(store: &Store) -> Check {
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
async fn chain(store: &Store) -> Check {
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

/// Whether the calendars people have speak about the months ahead: after the last date they know,
/// every day looks like a working day.
pub(crate) async fn holidays(store: &Store, now: UtcMillis) -> Check {
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
async fn busy_times(store: &Store, max_age_hours: u16, now: UtcMillis) -> Check {
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

/// Other holders: whether one of their chains ends soon. (A key that is missing is the auditor's.)
async fn holders(store: &Store) -> Check {
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

/// How old the data packs are, and whether they can be read.
fn packs(config: &Config, now: UtcMillis) -> Check {
    const NAME: &str = "data-packs";
    const ADVICE: &str = "take newer ones: muster data update, or --from DIR with data of your own";
    let packs = Packs::open(&config.packs_dir());
    let installed = packs.freshness(now);
    let told = |pack: &PackAge<'_>| {
        let (kind, date, age) = (pack.manifest.kind, pack.manifest.date, pack.age_days);
        match pack.freshness {
            Freshness::Fresh => format!("{kind} of {date}"),
            Freshness::Old => format!("{kind} of {date} is old ({age} days)"),
            Freshness::Void => format!("{kind} of {date} counts no longer ({age} days)"),
        }
    };
    let damaged =
        packs.faults().iter().map(|(kind, fault)| format!("{kind} cannot be used: {fault}"));
    let found: Vec<String> = installed.iter().map(told).chain(damaged).collect();
    let is_well =
        packs.faults().is_empty() && installed.iter().all(|p| p.freshness == Freshness::Fresh);
    match (found.is_empty(), is_well) {
        (true, _) => Check::ok(
            NAME,
            "none: nothing is told of internet addresses; muster data update takes some",
        ),
        (_, true) => Check::ok(NAME, found.join(", ")),
        (_, false) => Check::attention(NAME, found.join(", "), ADVICE),
    }
}

/// Whether the beacon answers with the round of a moment ago.
async fn beacon(config: &Config) -> Check {
    const NAME: &str = "beacon";
    let port = match Http::new(Arc::new(SystemClock)) {
        Ok(http) => app::beacon(config, &http),
        Err(error) => return Check::attention(NAME, error.to_string(), "see the sentence itself"),
    };
    let Some(port) = port else {
        return Check::ok(
            NAME,
            "none: every day is a single lock, and whoever holds all tips can look ahead",
        );
    };
    if port.kind() == BeaconKind::Test {
        let advice = "set beacon.kind to \"drand\" with relays in beacon.urls";
        return Check::attention(NAME, "the test beacon protects nothing", advice);
    }
    // The formula adds two minutes; ten seconds ago every relay has it.
    let then = SystemClock.now().plus_ms(-PLAN_DELAY_MS - 10_000);
    match port.round(round_of(then)).await {
        Ok(answer) => Check::ok(NAME, format!("{} answers, round {}", port.kind(), answer.round)),
        Err(error) => {
            let advice =
                "check beacon.urls and the firewall; days without a round are single locks";
            Check::attention(NAME, format!("no relay has its round: {error}"), advice)
        }
    }
}

/// The auditor's own pass: obligations without a timer, late or dead work, the log derived anew.
async fn auditor(store: &Store) -> Check {
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

/// Whether the notice has reached everybody: nobody is drawn before.
async fn notice(store: &Store) -> Check {
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

async fn programme(store: &Store) -> Check {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acts::test_support::Office;

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
