//! The evidence of one case as its reader may read it: looked at by an act that stands in the log, then
//! written down family by family.

use super::{evidence_map, view};
use crate::acts::cases::standing::{Viewer, cause};
use crate::acts::cases::words::headline;
use crate::acts::evidence_view::{self, Depth, Seen};
use crate::web::session::{Id, SignedIn};
use crate::web::{Answer, Fail, Web, Zoned};
use axum::extract::State;
use muster_domain::access::Act;
use muster_domain::id::{CaseId, PersonId};
use muster_domain::judging::attendance::{AttendanceKind, Party};
use muster_domain::judging::evidence::ClaimStatus;
use muster_domain::judging::exception::may_be_excepted;
use muster_domain::judging::finding::{Disposition, Family, Finding, FindingStatus};
use muster_domain::judging::judge::JudgingInput;
use muster_domain::judging::network::Fact;
use muster_domain::judging::rules;
use muster_domain::time::UtcMillis;
use muster_messages::language::{tr, tr_text};
use muster_messages::pages::evidence::{
    DataAge, EvidenceFamily, EvidenceFinding, EvidenceMoment, EvidencePage,
};
use muster_messages::pages::map::map;
use muster_messages::pages::{StateWord, Tone, severity_text};
use muster_messages::t;

pub(super) async fn page(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let seen = evidence_view::see(&web.context, me.id(), CaseId(id)).await?;
    web.page(&show(&web, &me, &seen).await?)
}

async fn show(web: &Web, me: &SignedIn, seen: &Seen) -> Result<EvidencePage, Fail> {
    let zoned = web.zoned(me);
    let subject = PersonId(seen.case.person_id);
    let viewer = Viewer::load(web.context.store.read(), me.id(), [subject]).await?;
    let may_except = viewer.may_except(Act::ProposeException, subject).is_ok();
    let title = t!("Evidence of case {no}", no = seen.case.no);
    let input = seen.judged.as_ref().map(|(input, _)| input);
    let (features, map_note) = evidence_map::features(seen, input);
    Ok(EvidencePage {
        frame: web.frame(&me.visitor, &title, "/cases").await,
        case_id: seen.case.id.to_string(),
        number: seen.case.no as u64,
        headline: headline(cause(&seen.case), &seen.subject.name),
        when: zoned.beside(UtcMillis(seen.check_in.start_ms), &seen.subject),
        depth: depth(seen.depth).to_owned(),
        map: map("evidence-map", t!("Where the check-in was"), &features),
        map_note,
        families: families(seen, &zoned, may_except),
        moments: moments(seen, &zoned),
        ages: input.map(ages).unwrap_or_default(),
    })
}

fn depth(depth: Depth) -> &'static str {
    match depth {
        Depth::Sentences => {
            t!(
                "You see what rules spoke of, without what they measured. That you looked is in the log, and the person can see it."
            )
        }
        Depth::Values => {
            t!(
                "You see what was measured of place and device; network data is read by security. That you looked is in the log, and the person can see it."
            )
        }
        Depth::Network => {
            t!(
                "You see everything that was measured. That you looked is in the log, and the person can see it."
            )
        }
    }
}

/// In the order of families, each with its gravest finding first.
fn families(seen: &Seen, zoned: &Zoned, may_except: bool) -> Vec<EvidenceFamily> {
    let family = |family: &Family| {
        let of_family = seen.findings.iter().filter(|f| f.family == *family);
        let findings: Vec<EvidenceFinding> =
            of_family.map(|f| finding(f, seen, zoned, may_except)).collect();
        (!findings.is_empty()).then(|| EvidenceFamily {
            name: tr(family.name()).to_owned(),
            why: tr(family.why()).to_owned(),
            findings,
        })
    };
    Family::ALL.iter().filter_map(family).collect()
}

fn finding(found: &Finding, seen: &Seen, zoned: &Zoned, may_except: bool) -> EvidenceFinding {
    let plain = view::finding(found, zoned);
    let quiet = match &found.status {
        FindingStatus::Active => None,
        FindingStatus::Suppressed { reason, expires_at } => {
            Some(t!("Excepted until {date}: {reason}", date = zoned.date(*expires_at), reason))
        }
        FindingStatus::NotMeasurable { reason } => {
            Some(t!("It could not be looked at: {reason}.", reason = tr_text(reason)))
        }
        FindingStatus::Learning { until } => Some(t!(
            "It compares with the person's own past and only learns until {date}.",
            date = zoned.date(*until)
        )),
    };
    let said = match found.disposition {
        Disposition::None => None,
        Disposition::Confirmed => Some(t!("confirmed")),
        Disposition::Explained => Some(t!("explained")),
        Disposition::Wrong => Some(t!("wrong: our data was at fault")),
    };
    let settled_by = rules::rule(&found.rule_id).map_or("", |rule| tr(rule.settled_by));
    let can_except = may_except && found.is_active() && may_be_excepted(found.family);
    EvidenceFinding {
        rule_id: plain.rule_id,
        severity: match quiet {
            None => plain.severity,
            Some(_) => StateWord::new(severity_text(found.severity), Tone::Quiet),
        },
        sentence: plain.sentence,
        benign_causes: plain.benign_causes,
        settled_by: settled_by.to_owned(),
        facts: plain.facts,
        // The reason of an exception tells of somebody's life: not for the line.
        quiet: match seen.depth {
            Depth::Sentences if quiet.is_some() => {
                Some(t!("It was looked at and set aside.").to_owned())
            }
            _ => quiet,
        },
        said: said.map(str::to_owned),
        except_url: can_except.then(|| {
            format!("/exceptions?person={}&covers=rule:{}", seen.subject.employee_id, found.rule_id)
        }),
    }
}

/// What happened when. The line reads what stands in the story anyway.
fn moments(seen: &Seen, zoned: &Zoned) -> Vec<EvidenceMoment> {
    let row = &seen.check_in;
    let mut moments: Vec<(i64, String)> = Vec::new();
    let mut tell = |at: Option<i64>, text: &str| moments.extend(at.map(|at| (at, text.to_owned())));
    tell(Some(row.announce_ms), t!("It was announced."));
    tell(row.read_ms, t!("They read the notice."));
    tell(row.devices_ms, t!("They tried camera and sound."));
    tell(Some(row.start_ms), t!("It was to begin."));
    tell(row.judged_ms, t!("It was judged."));
    if let Some((input, _)) = &seen.judged {
        if let Some(claim) = input.claim.as_ref().filter(|c| c.status != ClaimStatus::NotAsked) {
            let said = match claim.status {
                ClaimStatus::Ok => t!("They shared their place."),
                ClaimStatus::Declined => t!("They would rather not share their place."),
                ClaimStatus::Denied => t!("The browser was not allowed to share the place."),
                ClaimStatus::Unavailable => t!("The device found no place."),
                ClaimStatus::TimedOut => t!("The device found no place in time."),
                ClaimStatus::NotAsked => "",
            };
            tell(Some(claim.observed_at.0), said);
        }
        for sighting in &input.sightings {
            let did = match (sighting.who, sighting.kind) {
                (Party::Employee, AttendanceKind::Joined) => t!("They came into the room."),
                (Party::Employee, AttendanceKind::Left) => t!("They left the room."),
                (Party::Verifier, AttendanceKind::Joined) => t!("The verifier came into the room."),
                (Party::Verifier, AttendanceKind::Left) => t!("The verifier left the room."),
                _ => continue,
            };
            tell(Some(sighting.at.0), did);
        }
        if let Some(form) = &input.form {
            for challenge in &form.challenges {
                tell(Some(challenge.revealed_at.0), t!("A task was shown to both."));
            }
            tell(Some(form.given_at.0), t!("The verifier gave the form."));
        }
    }
    moments.sort();
    moments.dedup();
    let moment =
        |(at, text): (i64, String)| EvidenceMoment { at: zoned.moment(UtcMillis(at)), text };
    moments.into_iter().map(moment).collect()
}

/// How old the data about the address was at the moment of the evidence. Ages only.
fn ages(input: &JudgingInput) -> Vec<DataAge> {
    let Some(network) = &input.surroundings.network else { return Vec::new() };
    vec![
        age(t!("Country of the address"), &network.country),
        age(t!("Place of the address"), &network.point),
        age(t!("Network of the address"), &network.asn),
        age(t!("Kind of line"), &network.class),
    ]
}

fn age<T>(what: &str, fact: &Fact<T>) -> DataAge {
    let age = match fact {
        Fact::Known { age_days: 0, .. } => t!("of the same day, or given").to_owned(),
        Fact::Known { age_days, is_old: false, .. } => t!("{n} days", n = age_days),
        Fact::Known { age_days, is_old: true, .. } => {
            t!("{n} days, so it counted less", n = age_days)
        }
        Fact::Missing(why) => tr(why.reason()).to_owned(),
    };
    DataAge { what: what.to_owned(), age }
}
