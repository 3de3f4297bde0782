//! The ways beside the straight one: not expected, another time, a no.

use super::{head, own};
use crate::acts::check_in::{self as acts, Said};
use crate::acts::policy;
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Answer, Fail, Web, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::id::{CheckInId, PolicyVersionId};
use muster_messages::language::{Language, within};
use muster_messages::mail::WordKind;
use muster_messages::pages::check_in::{AnotherTime, Decline, Report, ReportSent, StepName};
use muster_messages::pages::{Choices, FlashTone};
use muster_messages::t;
use muster_store::entities::check_in;

/// The label of a chosen word in English, as it is kept; `None` where it is none of the list.
fn label(field: fn() -> Choices, value: &str) -> Option<String> {
    let field = within(Language::English, field);
    field.options.iter().find(|o| o.value == value).map(|o| o.label.clone())
}

/// `GET .../report`
pub(super) async fn report(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    let page = Report {
        frame: web.frame(&me.visitor, t!("Report this check-in"), "/").await,
        check_in: head(&web, &me, &row, StepName::Read).await?,
        why: Report::why_field(),
        details: Report::details_field(),
    };
    web.page(&page)
}

/// `POST .../report`
pub(super) async fn send_report(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    form: Posted,
) -> Answer {
    let row = own(&web, &me, id).await?;
    let details = form.text_within("details", 2000);
    let Some(why) = label(Report::why_field, form.text("why")) else {
        let missing = t!("Choose what looks wrong. Something else is a full answer");
        let frame = web.frame(&me.visitor, t!("Report this check-in"), "/").await;
        let page = Report {
            frame: frame.with_problem("why-1", missing),
            check_in: head(&web, &me, &row, StepName::Read).await?,
            why: Report::why_field().chosen(&[], Some(missing)),
            details: Report::details_field().typed(&details, None),
        };
        return web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let said = Said { kind: WordKind::Report, why: &why, words: &details };
    let number = acts::say(&web.context, &me.person, CheckInId(row.id), &said).await?;
    let frame = web.frame(&me.visitor, t!("Your report"), "/").await;
    // The page itself is the record that this check-in is ours.
    web.page(&ReportSent { frame, number, genuine: true, id: row.id.to_string() })
}

/// `GET .../another-time`
pub(super) async fn another_time(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    another_time_page(&web, &me, &row, None).await
}

async fn another_time_page(
    web: &Web,
    me: &SignedIn,
    row: &check_in::Model,
    wrong: Option<(&Posted, &str)>,
) -> Answer {
    let db = web.context.store.read();
    let in_force = policy::load(db, PolicyVersionId(row.policy_version_id)).await?;
    let left = acts::not_now_left(&web.context, db, &me.person, &in_force.policy).await?;
    let can_move = acts::may_move(row, web.context.now());
    let is_over = acts::is_over(row);
    let mut frame = web.frame(&me.visitor, t!("Ask for another time"), "/").await;
    let (mut reason, mut details) = (AnotherTime::reason_field(), AnotherTime::details_field());
    if let Some((form, sentence)) = wrong {
        frame = frame.with_problem("reason-1", sentence);
        reason = reason.chosen(&[], Some(sentence));
        details = details.typed(form.text("details"), None);
    }
    let page = AnotherTime {
        frame,
        check_in: head(web, me, row, StepName::Read).await?,
        not_now_left: if can_move { u16::from(left) } else { 0 },
        not_now_period: t!("for this check-in in this quarter").to_owned(),
        reason: (!is_over).then_some(reason),
        details,
        refused_because: is_over.then(|| t!("This check-in is over or was called off.").to_owned()),
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    web.page_as(status, &page)
}

/// `POST .../another-time`
pub(super) async fn ask_another_time(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    form: Posted,
) -> Answer {
    let row = own(&web, &me, id).await?;
    let Some(why) = label(AnotherTime::reason_field, form.text("reason")) else {
        let missing = t!("Choose a reason. Another reason is a full answer");
        return another_time_page(&web, &me, &row, Some((&form, missing))).await;
    };
    if acts::is_over(&row) {
        return Err(Fail::Conflict(t!("This check-in is over or was called off.").to_owned()));
    }
    let words = form.text_within("details", 500);
    let said = Said { kind: WordKind::OtherTime, why: &why, words: &words };
    acts::say(&web.context, &me.person, CheckInId(row.id), &said).await?;
    let text =
        t!("HR has your request and your reason. Until they answer, the check-in stands as it is.");
    Ok(with_flash(&web, see("/"), FlashTone::Done, text))
}

/// `POST .../not-now`
pub(super) async fn not_now(State(web): State<Web>, me: SignedIn, id: Id, _: Posted) -> Answer {
    acts::not_now(&web.context, &me.person, CheckInId(id.0)).await?;
    Ok(see(&format!("/check-ins/{}/done", id.0)))
}

/// `GET .../decline`
pub(super) async fn decline(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    if acts::is_over(&row) {
        return Ok(see(&format!("/check-ins/{}/done", row.id)));
    }
    let page = Decline {
        frame: web.frame(&me.visitor, t!("You do not want to take part"), "/").await,
        check_in: head(&web, &me, &row, StepName::Read).await?,
        follows: [
            t!("Your no is recorded as a no, not as a miss."),
            t!("HR hears of it and talks with you. Nothing happens by itself."),
            t!("You get a receipt with the moment of your answer."),
        ]
        .map(str::to_owned)
        .to_vec(),
        because: Decline::because_field(),
    };
    web.page(&page)
}

/// `POST .../decline`
pub(super) async fn do_decline(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    form: Posted,
) -> Answer {
    let because = form.text_within("because", 1000);
    acts::refuse(&web.context, &me.person, CheckInId(id.0), &because).await?;
    Ok(see(&format!("/check-ins/{}/done", id.0)))
}
