//! The end: what was recorded where people met, and plain words where they did not.

use super::{head, own};
use crate::acts::check_in::{self as acts, NOT_NOW, Said};
use crate::acts::receipts;
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Answer, Fail, Web, Zoned, person_name, with_flash};
use axum::extract::State;
use muster_domain::check_in::Outcome;
use muster_domain::id::CheckInId;
use muster_domain::judging::finding::Finding;
use muster_domain::msg;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_messages::language::{say, tr_text};
use muster_messages::mail::WordKind;
use muster_messages::pages::check_in::{Done, Notice, Receipt, StepName, ToldFinding};
use muster_messages::pages::{FlashTone, Row, StateWord, TextArea, Tone};
use muster_messages::t;
use muster_store::entities::{check_in, finding};
use muster_store::{Owner, Place, audit, evidence, objections};

/// How an answer about place is called.
pub(super) fn place_word(status: Option<&str>) -> &'static str {
    match status {
        None => t!("not asked"),
        Some("ok") => t!("shared"),
        Some("declined") => t!("you said no, which is allowed"),
        Some("denied") => t!("your browser did not allow it"),
        Some(_) => t!("your device gave none"),
    }
}

/// `GET .../done`
pub(super) async fn done(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if !acts::is_over(&row)
        && web.context.now() <= row.clocks().grace_end()
        && !has_form(&web, &row).await?
    {
        return Ok(see(&format!("/check-ins/{}", row.id)));
    }
    let outcome = row.outcome.as_deref().and_then(Outcome::from_code);
    if met(&web, &row, outcome).await? {
        held(&web, &me, &row, outcome).await
    } else {
        not_held(&web, &me, &row, outcome).await
    }
}

async fn has_form(web: &Web, row: &check_in::Model) -> Result<bool, Fail> {
    Ok(evidence::form(web.context.store.read(), row.check_in_id()).await?.is_some())
}

async fn met(web: &Web, row: &check_in::Model, outcome: Option<Outcome>) -> Result<bool, Fail> {
    use Outcome::{Escalated, Inconclusive, NeedsReview, Verified};
    Ok(has_form(web, row).await?
        || matches!(outcome, Some(Verified | Inconclusive | NeedsReview | Escalated)))
}

async fn held(web: &Web, me: &SignedIn, row: &check_in::Model, outcome: Option<Outcome>) -> Answer {
    let (db, zoned) = (web.context.store.read(), web.zoned(me));
    let id = row.check_in_id();
    let seen = evidence::attendance(db, id).await?;
    let inside: Vec<UtcMillis> = seen
        .iter()
        .filter(|e| e.who == "employee" && matches!(e.kind.as_str(), "joined" | "left"))
        .map(|e| UtcMillis(e.at_ms))
        .collect();
    let joined = match (inside.iter().min(), inside.iter().max()) {
        (Some(from), Some(to)) => {
            t!("{from} to {to}", from = zoned.clock(*from), to = zoned.clock(*to))
        }
        _ => t!("no sighting").to_owned(),
    };
    let tasks = evidence::challenges(db, id).await?;
    let done = tasks.iter().filter(|t| t.answer.is_some()).count();
    let attested = evidence::attestation(db, id).await?;
    let receipts_kept = evidence::receipts(db, id).await?;
    let troubles = receipts_kept.iter().filter(|r| !r.error.is_empty()).count();
    let mut place = place_word(attested.as_ref().map(|a| a.status.as_str())).to_owned();
    if let Some(attested) = attested.filter(|a| a.record.is_some()) {
        place = match attested.passkey.is_some() {
            true => t!(
                "{place}; signed by your browser and passkey, with how it reached us and its kind of device",
                place
            ),
            false => t!(
                "{place}; signed by your browser, with how it reached us and its kind of device",
                place
            ),
        };
    }
    let checkpoint = audit::checkpoint(db).await?;
    let has_objected = acts::has_objected(db, &me.person, id).await?;
    // Who is told what first in a serious case is security's step, not this page's.
    let shown = outcome.filter(|o| *o != Outcome::Escalated);
    let headline = match outcome {
        None => t!("The talk is over. The result stands here soon."),
        Some(Outcome::Verified) => t!("That was it. Nothing else is needed."),
        Some(Outcome::Inconclusive) => {
            t!("The talk is over. It could not be told for sure, so you get a second one.")
        }
        Some(_) => t!("The talk is over. A person will look at what did not fit."),
    };
    let dispute = TextArea::new("dispute", t!("What is not right, or what should be known?"))
        .hint(t!("Somebody who is neither your manager nor the person you met reads it and answers within five working days."));
    let exact_days = i64::from(web.context.settings.retention.exact_place);
    let mut recorded = vec![
        Row::new(t!("Joined and left"), &joined),
        Row::new(t!("Met by"), &person_name(db, row.verifier_id).await?),
        Row::new(t!("Tasks"), &t!("{done} of {tasks} answered", done, tasks = tasks.len())),
        Row::new(t!("Place"), &place),
        Row::new(t!("Difficulties noted"), &troubles.to_string()),
    ];
    recorded.extend(ordered_with_others(web, row).await?.map(|told| Row::new(t!("Ordered"), told)));
    let page = Done {
        frame: web.frame(&me.visitor, t!("Done"), "/").await,
        check_in: head(web, me, row, StepName::Done).await?,
        outcome: shown.map(StateWord::outcome),
        headline: headline.to_owned(),
        recorded,
        receipt: Receipt {
            number: receipts::number(row),
            at: zoned.moment(web.context.now()),
            checkpoint: checkpoint.map_or_else(|| t!("none yet").to_owned(), |c| c.short()),
        },
        exact_until: zoned.date(UtcMillis(row.start_ms + exact_days * DAY_MS)),
        findings: told(web, row, shown).await?,
        dispute: (outcome.is_some() && !has_objected).then_some(dispute),
        dispute_state: match has_objected {
            true => Some(dispute_state(web, &zoned, row).await?),
            false => None,
        },
    };
    web.page(&page)
}

/// What became of the objection.
async fn dispute_state(web: &Web, zoned: &Zoned, row: &check_in::Model) -> Result<String, Fail> {
    let (store, db) = (&web.context.store, web.context.store.read());
    let Some(kept) = objections::find(db, row.check_in_id()).await? else {
        return Ok(t!("You have objected. Somebody who was not part of it reads it.").to_owned());
    };
    let (_, answer) = objections::texts(store, db, &kept).await?;
    Ok(match answer {
        Some(text) => {
            let by = person_name(db, kept.answered_by).await?;
            t!("You have objected. {by} answers: {text}", by, text)
        }
        None => t!(
            "You have objected. Somebody who was not part of it reads it and answers by {text}.",
            text = zoned.moment(UtcMillis(kept.due_ms)).text
        ),
    })
}

/// Findings as they are told to the person, with their innocent causes.
async fn told(
    web: &Web,
    row: &check_in::Model,
    shown: Option<Outcome>,
) -> Result<Vec<ToldFinding>, Fail> {
    let db = web.context.store.read();
    if shown.is_none() {
        return Ok(Vec::new());
    }
    let mut told = Vec::new();
    for kept in evidence::findings(db, row.check_in_id()).await? {
        let found = opened(web, row, &kept).await?;
        if found.is_active() {
            told.push(ToldFinding {
                sentence: say(&found.sentence_employee),
                benign_causes: found.benign_causes.iter().map(|cause| tr_text(cause)).collect(),
            });
        }
    }
    Ok(told)
}

async fn opened(web: &Web, row: &check_in::Model, kept: &finding::Model) -> Result<Finding, Fail> {
    let place = Place { table: "finding", column: "detail", row: kept.id };
    let owner = Owner::Person(row.person());
    let db = web.context.store.read();
    Ok(web.context.store.unseal(db, owner, place, &kept.detail).await?)
}

async fn not_held(
    web: &Web,
    me: &SignedIn,
    row: &check_in::Model,
    outcome: Option<Outcome>,
) -> Answer {
    let (zoned, id) = (web.zoned(me), row.id.to_string());
    let start = zoned.moment(UtcMillis(row.start_ms));
    let frame = web.frame(&me.visitor, t!("Your check-in"), "/").await;
    let is_moved = row.cancel_reason.as_deref() == Some(NOT_NOW);
    let mut page = match outcome {
        _ if is_moved => Notice::cancelled(
            frame,
            &id,
            start,
            row.start_ms,
            t!("You asked for another time, without a reason, as your policy allows."),
        ),
        _ if row.refused_ms.is_some() => Notice::cancelled(
            frame,
            &id,
            start,
            row.start_ms,
            t!("You said that you do not take part."),
        ),
        Some(Outcome::Missed) => Notice::missed(
            frame,
            &id,
            start,
            row.start_ms,
            t!(
                "Tell us below what happened, if you like. Where a second chance is due, its invitation comes by mail."
            ),
            Notice::explain_field(),
        ),
        Some(Outcome::Excused) => Notice::excused(
            frame,
            &id,
            start,
            row.start_ms,
            t!("An absence or a good reason was known."),
        ),
        Some(Outcome::Void) => Notice::void(frame, &id, start, row.start_ms, &void_reason(row)),
        _ if row.cancelled_ms.is_some() => {
            Notice::cancelled(frame, &id, start, row.start_ms, t!("We called it off."))
        }
        _ => Notice::void(
            frame,
            &id,
            start,
            row.start_ms,
            t!("It is being worked out what happened."),
        ),
    };
    if let Some(told) = ordered_with_others(web, row).await? {
        page.what_it_means =
            t!("{what_it_means} It was ordered {told}", told, what_it_means = page.what_it_means);
    }
    if is_moved {
        page.heading = t!("Another time is drawn").to_owned();
        page.what_it_means = t!("Nothing is missed. It is never held against you.").to_owned();
        page.what_now =
            t!("Wait for the new invitation, today where that is possible, else on your next working day.")
                .to_owned();
    } else if row.refused_ms.is_some() {
        page.heading = t!("Your no is recorded").to_owned();
        page.state = StateWord::outcome(Outcome::Refused);
        page.what_it_means =
            t!("No program decides about you. HR hears of it and talks with you.").to_owned();
        page.what_now = t!("Nothing. If you change your mind, tell HR.").to_owned();
        page.has_receipt = true;
    } else if outcome.is_none() && row.cancelled_ms.is_none() {
        page.heading = t!("The time to join has passed").to_owned();
        page.state = StateWord::new(t!("being worked out"), Tone::Waiting);
        page.what_it_means =
            t!("Before it counts as anything, the service asks whether it was its own fault.")
                .to_owned();
        page.what_now =
            t!("Look again in a few minutes. Keep the receipt if you tried to join.").to_owned();
    }
    web.page(&page)
}

fn void_reason(row: &check_in::Model) -> String {
    match row.fault.as_deref() {
        Some("verifier") => t!("The person who was to meet you did not come."),
        Some("provider") => t!("The provider of the room or the mail had trouble."),
        Some("network") => t!("The connection did not work, for reasons beyond you."),
        _ => t!("Our service had trouble."),
    }
    .to_owned()
}

/// `POST .../dispute`
pub(super) async fn dispute(State(web): State<Web>, me: SignedIn, id: Id, form: Posted) -> Answer {
    let row = own(&web, &me, id).await?;
    let done = format!("/check-ins/{}/done", row.id);
    let words = form.text_within("dispute", 2000);
    if words.is_empty() {
        return Ok(with_flash(
            &web,
            see(&done),
            FlashTone::Attention,
            t!("Write what is not right, then send it."),
        ));
    }
    if row.outcome.is_none() {
        return Err(Fail::Conflict(t!("There is no outcome to object to yet.").to_owned()));
    }
    if !acts::has_objected(web.context.store.read(), &me.person, row.check_in_id()).await? {
        let said = Said {
            kind: WordKind::Objection,
            why: msg!("The outcome is not right"),
            words: &words,
        };
        acts::say(&web.context, &me.person, CheckInId(row.id), &said).await?;
    }
    Ok(with_flash(&web, see(&done), FlashTone::Done, t!("Your objection is sent.")))
}

/// `POST .../explain`
pub(super) async fn explain(State(web): State<Web>, me: SignedIn, id: Id, form: Posted) -> Answer {
    let row = own(&web, &me, id).await?;
    let done = format!("/check-ins/{}/done", row.id);
    let words = form.text_within("explain", 2000);
    if words.is_empty() {
        return Ok(with_flash(
            &web,
            see(&done),
            FlashTone::Attention,
            t!("Write what happened, then send it."),
        ));
    }
    let said = Said { kind: WordKind::Explanation, why: msg!("What happened"), words: &words };
    acts::say(&web.context, &me.person, CheckInId(row.id), &said).await?;
    Ok(with_flash(
        &web,
        see(&done),
        FlashTone::Done,
        t!("Thank you. Whoever looks at this reads it first."),
    ))
}

/// That it was held at one time with sessions of others; told when it is over.
async fn ordered_with_others(
    web: &Web,
    row: &check_in::Model,
) -> Result<Option<&'static str>, Fail> {
    let part =
        muster_store::overlaps::of_check_in(web.context.store.read(), row.check_in_id()).await?;
    Ok(part.filter(|part| part.disclosed_ms.is_some()).map(|_| {
        t!("by two people of security, for one time with somebody else's check-in. It decides nothing; \
         HR or security answer your questions.")
    }))
}
