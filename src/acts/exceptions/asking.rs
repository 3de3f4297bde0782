//! Asking for an exception: every fault of the form at once, then one row that waits.

use super::{letter, record};
use crate::acts::cases::standing::Viewer;
use crate::acts::context::zone_of;
use crate::acts::notify::{self, About, Notice};
use crate::acts::office::{self, holders_of};
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::judging::Point;
use muster_domain::judging::exception::{AboutPlace, Covered, Only, may_end};
use muster_domain::time::{UtcMillis, start_of_day};
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::entities::{person, rule_exception};
use muster_store::rule_exceptions::{self, Detail, state};
use muster_store::work::Lane;
use muster_store::{Owner, Tx, people};
use uuid::Uuid;

/// The form as typed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<'a> {
    /// Employee id or e-mail address.
    pub person: &'a str,
    /// `rule:ip-hosting`, `family:path`.
    pub covers: &'a str,
    pub reason: &'a str,
    /// The last day, `2027-05-31`.
    pub ends: &'a str,
    /// Number of an autonomous system, or nothing.
    pub asn: &'a str,
    /// ISO 3166-1 alpha-2, or nothing.
    pub country: &'a str,
    /// Only at the person's declared work places, as they stand today.
    pub at_work_places: bool,
}

/// Asks for an exception. It counts once a second person has confirmed it; until then it waits.
///
/// # Errors
/// `Forbidden` for oneself, in one's own line or without a role; `Invalid` with every fault of the form;
/// `Conflict` where there is one already.
pub async fn propose(context: &Context, actor: PersonId, asked: &Asked<'_>) -> ActResult<Uuid> {
    let tx = context.store.begin().await?;
    let mut viewer = Viewer::load(&*tx, actor, []).await?;
    if !viewer.may(Act::ProposeException) {
        let denial = muster_domain::access::Denial::RoleMissing;
        return Err(ActError::forbidden(tr(denial.sentence())));
    }
    let subject = find(&tx, asked.person).await?;
    let read = read(context, &viewer, asked);
    let (subject, read) = match (subject, read) {
        (Some(subject), Ok(read)) => (subject, read),
        (subject, read) => {
            let mut faults = read.err().unwrap_or_default();
            if subject.is_none() {
                let accepted = t!("Nobody on the roster has this employee id or e-mail address.");
                faults.insert(0, ("person", accepted.to_owned()));
            }
            return Err(ActError::Invalid(faults));
        }
    };
    let id = PersonId(subject.id);
    viewer.ask_about(&*tx, [id]).await?;
    viewer
        .may_except(Act::ProposeException, id)
        .map_err(|denial| ActError::forbidden(tr(denial.sentence())))?;
    let standing = rule_exceptions::standing_of(&*tx, id).await?;
    if standing.iter().any(|row| row.covers == read.covers) {
        let sentence = t!("There is one already for this person and this rule. End it first.");
        return Err(ActError::conflict(sentence));
    }
    let detail = Detail { reason: read.reason, only: only(&tx, id, &read.only, asked).await? };
    let row_id = Uuid::from_bytes(context.store.entropy().bytes());
    let column = rule_exceptions::detail_column(row_id);
    let row = rule_exception::Model {
        id: row_id,
        person_id: subject.id,
        covers: read.covers,
        state: state::PENDING.to_owned(),
        detail: tx.seal(Owner::Person(id), column, &detail).await?,
        owner: actor.0,
        proposed_ms: context.now().0,
        confirmed_by: None,
        confirmed_ms: None,
        ends_ms: read.ends.0,
        told_ms: None,
        ended_by: None,
        ended_ms: None,
    };
    muster_store::insert(&tx, row.clone()).await?;
    record(&row, &subject, "exception-proposed")
        .by(Some(viewer.person.pseudonym))
        .commit("reason", detail.reason)
        .write(&tx)
        .await?;
    tell_second(context, &tx, &row, &subject, &viewer).await?;
    tx.commit().await?;
    Ok(row_id)
}

async fn find(tx: &Tx, typed: &str) -> ActResult<Option<person::Model>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let by_id = people::by_employee_id(&**tx, typed).await?;
    match by_id.filter(|p| p.state == "active") {
        Some(found) => Ok(Some(found)),
        None => Ok(people::by_email(&**tx, typed).await?),
    }
}

struct Read {
    covers: String,
    reason: String,
    ends: UtcMillis,
    only: Only,
}

fn read(
    context: &Context,
    viewer: &Viewer,
    asked: &Asked<'_>,
) -> Result<Read, Vec<(&'static str, String)>> {
    let mut faults = Vec::new();
    let mut fault = |field, sentence: &str| faults.push((field, sentence.to_owned()));
    let covers = Covered::parse(asked.covers.trim());
    if covers.is_none() {
        fault("covers", t!("Choose a rule or a family. What a human saw cannot be excepted."));
    }
    let reason = office::reason(asked.reason);
    if reason.is_err() {
        fault("reason", t!("Write a reason of at least three words and at most 500 characters."));
    }
    let ends = last_day(asked.ends, &zone_of(&viewer.person));
    if !ends.is_some_and(|ends| may_end(context.now(), ends)) {
        fault(
            "ends",
            t!("Give the last day, as 2027-05-31: today or later, at most twelve months ahead."),
        );
    }
    let asn = asked.asn.trim().trim_start_matches("AS").trim_start_matches("as");
    let asn = (!asn.is_empty()).then(|| asn.parse::<u32>());
    if matches!(asn, Some(Err(_))) {
        fault("asn", t!("Give the number of a network, as 64500, or leave it empty."));
    }
    let country = asked.country.trim().to_ascii_uppercase();
    let is_code = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    if !country.is_empty() && !is_code {
        fault("country", t!("Give two letters, as PT, or leave it empty."));
    }
    match (covers, reason, ends) {
        (Some(covers), Ok(reason), Some(ends)) if faults.is_empty() => Ok(Read {
            covers: covers.code(),
            reason,
            ends,
            only: Only {
                asn: asn.and_then(Result::ok),
                country: (!country.is_empty()).then_some(country),
                place: None,
            },
        }),
        _ => Err(faults),
    }
}

/// The end of a day in somebody's zone.
fn last_day(text: &str, zone: &jiff::tz::TimeZone) -> Option<UtcMillis> {
    let day: jiff::civil::Date = text.trim().parse().ok()?;
    Some(start_of_day(day.tomorrow().ok()?, zone))
}

/// One for each declared work place, where it is confined to them.
async fn only(tx: &Tx, id: PersonId, only: &Only, asked: &Asked<'_>) -> ActResult<Vec<Only>> {
    if !asked.at_work_places {
        return Ok(match *only == Only::default() {
            true => Vec::new(),
            false => vec![only.clone()],
        });
    }
    let places = people::places(tx.store(), &**tx, id).await?;
    let about = places.iter().filter(|p| !p.row.is_travel).filter_map(|p| {
        let point = Point::from_degrees(p.detail.lat, p.detail.lon)?;
        let radius_metres = (p.detail.radius_km * 1_000.0).round() as u32;
        Some(Only { place: Some(AboutPlace { point, radius_metres }), ..only.clone() })
    });
    let only: Vec<Only> = about.collect();
    if only.is_empty() {
        let sentence = t!("This person has no declared work place, so it would hold nowhere.");
        return Err(ActError::invalid("at_work_places", sentence));
    }
    Ok(only)
}

/// Whoever may confirm it hears that it waits.
async fn tell_second(
    context: &Context,
    tx: &Tx,
    row: &rule_exception::Model,
    subject: &person::Model,
    asker: &Viewer,
) -> ActResult<()> {
    for recipient in holders_of(tx, Act::ConfirmException, &[Some(asker.id())]).await? {
        let about = PersonId(subject.id);
        let viewer = Viewer::load(&**tx, PersonId(recipient.id), [about]).await?;
        if viewer.may_except(Act::ConfirmException, about).is_err() {
            continue;
        }
        let name = &asker.person.name;
        let letter = letter(context, &recipient, row, subject, Some(name), true);
        let notice = Notice {
            about: About::Office(row.id),
            step: "exception-pending",
            is_first: true,
            recipient: &recipient,
            every_channel: false,
            lane: Lane::Digest,
            even_in_shadow: false,
        };
        notify::queue(context, tx, &notice, &letter).await?;
    }
    Ok(())
}
