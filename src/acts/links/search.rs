//! Who was seen there? Security asks by address, network, number of a network, device key, local
//! network or date, also with a whole list of indicators. What was asked is committed to in the log
//! before anything is answered. Only tags are compared, so an address that nobody knows cannot be
//! read out of the answers.

use super::view::reader;
use super::{ids, may_open};
use crate::acts::office::managers;
use crate::acts::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::linking::{Indicator, Tag};
use muster_domain::person::Role;
use muster_messages::language::tr;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::observation;
use muster_store::links;
use muster_store::observations::{self, Taggers, Wanted, tags_of};
use sea_orm::ConnectionTrait;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use uuid::Uuid;

/// Indicators of one list.
pub const INDICATORS_MAX: usize = 1_000;
/// Observations looked at for one indicator; more are told, and the newest shown.
const ROWS_MAX: u64 = 20_000;

/// Who was seen by one indicator.
pub struct Sightings {
    /// As it was typed.
    pub typed: String,
    /// What it was taken for; what would be accepted where it was nothing.
    pub read: Result<Indicator, &'static str>,
    pub people: Vec<Seen>,
    /// Whether there is more than was looked at.
    pub is_cut: bool,
}

/// One person at one indicator.
pub struct Seen {
    pub person: Uuid,
    pub days: usize,
    pub first_day: String,
    pub last_day: String,
    /// Classes of the lines.
    pub classes: BTreeSet<String>,
    /// `check_in`, `import`
    pub sources: BTreeSet<String>,
    /// Numbers of the link groups they belong to and the reader may open.
    pub groups: Vec<i64>,
}

/// Looks for every line of a list. Empty lines and those that begin with `#` are none.
///
/// # Errors
/// `Forbidden`; `Invalid`: no line, too many, or none that can be read.
pub async fn search(context: &Context, me: PersonId, list: &str) -> ActResult<Vec<Sightings>> {
    let lines = list.lines().map(str::trim);
    let typed: Vec<&str> = lines.filter(|l| !l.is_empty() && !l.starts_with('#')).collect();
    if typed.is_empty() || typed.len() > INDICATORS_MAX {
        return Err(ActError::invalid(
            "indicators",
            t!("Write 1 to 1,000 lines, one indicator each."),
        ));
    }
    let read: Vec<Result<Indicator, &'static str>> =
        typed.iter().map(|line| line.parse()).collect();
    if let (Some(Err(accepted)), true) = (read.first(), read.iter().all(Result::is_err)) {
        let sentence =
            t!("No line was understood. The first could be {accepted}.", accepted = tr(accepted));
        return Err(ActError::Invalid(vec![("indicators", sentence)]));
    }
    let tx = context.store.begin().await?;
    let (actor, roles) = reader(&*tx, me, Act::SearchLinks).await?;
    Record::new("links-searched")
        .by(Some(actor.pseudonym))
        .fact("indicators", typed.len() as u64)
        .commit("list", typed.join("\n"))
        .write(&tx)
        .await?;
    tx.commit().await?;
    let (db, taggers) = (context.store.read(), context.store.taggers()?);
    let mut all = Vec::new();
    for (line, read) in typed.into_iter().zip(read) {
        let rows = match &read {
            Err(_) => Vec::new(),
            Ok(indicator) => rows_of(db, &taggers, indicator).await?,
        };
        let is_cut = rows.len() as u64 >= ROWS_MAX;
        all.push(Sightings { typed: line.to_owned(), read, people: people_of(rows), is_cut });
    }
    name_groups(context, me, &roles, &mut all).await?;
    Ok(all)
}

/// Says which link groups the people belong to. For them that is a look, as if the group were opened.
async fn name_groups(
    context: &Context,
    me: PersonId,
    roles: &BTreeSet<Role>,
    found: &mut [Sightings],
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let managers = managers(&*tx).await?;
    let mut people: BTreeMap<Uuid, Vec<&mut Seen>> = BTreeMap::new();
    for seen in found.iter_mut().flat_map(|one| &mut one.people) {
        people.entry(seen.person).or_default().push(seen);
    }
    for group in links::standing(&*tx).await? {
        let mut members = links::members(&*tx, group.id).await?;
        if may_open(me, roles, &ids(&members), &managers).is_err() {
            continue;
        }
        members.retain(|member| people.contains_key(&member.person_id));
        links::viewed(&tx, group.id, me, &members).await?;
        for member in &members {
            for seen in people.get_mut(&member.person_id).into_iter().flatten() {
                seen.groups.push(group.no);
            }
        }
    }
    Ok(tx.commit().await?)
}

async fn rows_of(
    db: &impl ConnectionTrait,
    taggers: &Taggers,
    indicator: &Indicator,
) -> ActResult<Vec<observation::Model>> {
    use muster_domain::linking::NetworkTags;
    let both = |make: &dyn Fn(&muster_domain::linking::Tagger) -> Vec<Tag>| {
        [make(&taggers.now), make(&taggers.next)].concat()
    };
    let wanted = match indicator {
        Indicator::Address(address) => Wanted::Lines(both(&|t| vec![t.line(*address)])),
        Indicator::Network(network) => match taggers.now.network(*network) {
            NetworkTags::Lines(_) => Wanted::Lines(both(&|t| t.network(*network).into_tags())),
            NetworkTags::Prefixes(_) => {
                Wanted::Prefixes(both(&|t| t.network(*network).into_tags()))
            }
        },
        Indicator::Device(key) => Wanted::Devices(both(&|t| vec![t.device(key)])),
        Indicator::Lan(id) => Wanted::Lans(both(&|t| vec![t.lan(id)])),
        Indicator::Asn(asn) => Wanted::Asn(*asn),
        Indicator::Day(day) => Wanted::Day(day.to_string()),
    };
    let rows = observations::find(db, &wanted, ROWS_MAX).await?;
    // What was seen under a key that is gone is found by the tags of what was seen after it.
    let Some(older) = with_older_tags(&wanted, &rows) else { return Ok(rows) };
    Ok(observations::find(db, &older, ROWS_MAX).await?)
}

/// The tag that was asked for, of all that a row has.
type Pick = fn(&muster_domain::linking::Tags) -> Option<Tag>;

/// The same look with all tags that the rows have for the values; `None` where there are no others.
fn with_older_tags(wanted: &Wanted, rows: &[observation::Model]) -> Option<Wanted> {
    let (known, pick): (&Vec<Tag>, Pick) = match wanted {
        Wanted::Lines(tags) => (tags, |tags| tags.line),
        Wanted::Prefixes(tags) => (tags, |tags| tags.prefix),
        Wanted::Devices(tags) => (tags, |tags| tags.device),
        Wanted::Lans(tags) => (tags, |tags| tags.lan),
        Wanted::Asn(_) | Wanted::Day(_) => return None,
    };
    let mut tags: HashSet<Tag> = known.iter().copied().collect();
    let before = tags.len();
    for row in rows {
        let (now, next) = tags_of(row);
        tags.extend([pick(&now), pick(&next)].into_iter().flatten());
    }
    let all = || tags.iter().copied().collect();
    (tags.len() > before).then(|| match wanted {
        Wanted::Lines(_) => Wanted::Lines(all()),
        Wanted::Prefixes(_) => Wanted::Prefixes(all()),
        Wanted::Devices(_) => Wanted::Devices(all()),
        _ => Wanted::Lans(all()),
    })
}

fn people_of(rows: Vec<observation::Model>) -> Vec<Seen> {
    let mut days: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    let mut words: BTreeMap<Uuid, [BTreeSet<String>; 2]> = BTreeMap::new();
    for row in rows {
        days.entry(row.person_id).or_default().insert(row.day);
        let [classes, sources] = words.entry(row.person_id).or_default();
        classes.extend(row.class);
        sources.insert(row.source);
    }
    let seen = days.into_iter().filter_map(|(person, days)| {
        let [classes, sources] = words.remove(&person).unwrap_or_default();
        let (first, last) = (days.first()?.clone(), days.last()?.clone());
        let days = days.len();
        let groups = Vec::new();
        Some(Seen { person, days, first_day: first, last_day: last, classes, sources, groups })
    });
    let mut seen: Vec<Seen> = seen.collect();
    seen.sort_by(|a, b| b.days.cmp(&a.days).then(a.person.cmp(&b.person)));
    seen
}
