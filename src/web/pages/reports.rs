//! Reports of other systems that wait for a session, for security: the list, one report, and taking one
//! back that was sent by mistake.

use crate::acts::ActError;
use crate::acts::external_findings::waiting::{self, Waiting};
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, Zoned, person_name, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::time::UtcMillis;
use muster_messages::language::tr;
use muster_messages::pages::reports::{ReportLine, ReportList, ReportPage, Withdrawal, effect};
use muster_messages::pages::{FlashTone, Row, StateWord, Tone, severity_text};
use muster_messages::t;
use uuid::Uuid;

const PATH: &str = "/external-findings";

pub(super) fn routes() -> Vec<Route> {
    let security = Access::Act(Act::HandleReports);
    vec![
        Route::get(PATH, security, list),
        Route::get("/external-findings/{id}", security, report),
        Route::post("/external-findings/{id}/withdraw", security, ask),
        Route::post("/external-findings/{id}/agree", security, agree),
        Route::post("/external-findings/{id}/keep", security, keep),
    ]
}

async fn list(State(web): State<Web>, me: SignedIn) -> Answer {
    let zoned = web.zoned(&me);
    let (mut waiting, mut withdrawn) = (Vec::new(), Vec::new());
    for one in waiting::list(&web.context, me.id()).await? {
        let line = line(&zoned, &one);
        match one.row.withdrawn_ms {
            None => waiting.push(line),
            Some(_) => withdrawn.push(line),
        }
    }
    web.page(&ReportList {
        frame: web.frame(&me.visitor, t!("Reports of other systems"), "/links").await,
        waiting,
        withdrawn,
    })
}

fn line(zoned: &Zoned, one: &Waiting) -> ReportLine {
    ReportLine {
        id: one.row.id.to_string(),
        person: one.person.name.clone(),
        what: tr(one.kind.name()).to_owned(),
        sender: one.sender.clone(),
        seen: zoned.moment(UtcMillis(one.row.at_ms)),
        state: state_word(one),
        needs_you: is_asked(one) && !one.is_mine,
    }
}

fn is_asked(one: &Waiting) -> bool {
    one.row.asked_by.is_some() && one.row.withdrawn_ms.is_none()
}

fn state_word(one: &Waiting) -> StateWord {
    match one.row.withdrawn_ms {
        Some(_) => StateWord::new(t!("withdrawn"), Tone::Quiet),
        None if is_asked(one) => StateWord::new(t!("shall be withdrawn"), Tone::Review),
        None => StateWord::new(t!("waits for a session"), Tone::Waiting),
    }
}

async fn report(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    web.page(&page(&web, &me, id, None).await?)
}

/// The page, with a reason that was typed and what is wrong with it.
async fn page(
    web: &Web,
    me: &SignedIn,
    id: Uuid,
    wrong: Option<(&str, &str)>,
) -> Result<ReportPage, Fail> {
    let opened = waiting::open(&web.context, me.id(), id).await?;
    let (zoned, one) = (web.zoned(me), &opened.waiting);
    let db = web.context.store.read();
    let title = t!("{name}: report", name = one.person.name);
    let mut frame = web.frame(&me.visitor, &title, "/links").await;
    if let Some((_, says)) = wrong {
        frame = frame.with_problem("reason", says);
    }
    let mut rows = vec![
        Row::new(t!("Person"), &format!("{} ({})", one.person.name, one.person.employee_id)),
        Row::new(t!("Sent by"), &one.sender),
        Row::new(t!("Seen"), &zoned.moment(UtcMillis(one.row.at_ms)).text),
        Row::new(t!("Taken"), &zoned.moment(UtcMillis(one.row.received_ms)).text),
        Row::new(t!("Weighs"), severity_text(one.severity)),
    ];
    rows.extend(opened.detail.as_ref().map(|text| Row::new(t!("The sender wrote"), text)));
    let withdrawal = match one.row.asked_by {
        None => None,
        Some(by) => {
            let agreed = match one.row.withdrawn_by {
                None => None,
                Some(by) => Some(person_name(db, Some(by)).await?),
            };
            Some(Withdrawal {
                asked_by: person_name(db, Some(by)).await?,
                asked: zoned.moment(UtcMillis(one.row.asked_ms.unwrap_or_default())),
                reason: opened.reason.clone().unwrap_or_default(),
                may_agree: agreed.is_none() && !one.is_mine,
                may_keep: agreed.is_none(),
                is_mine: one.is_mine,
                agreed_by: agreed,
            })
        }
    };
    let reason = one.row.asked_by.is_none().then(|| {
        let (typed, says) = wrong.unzip();
        ReportPage::reason_field().typed(typed.unwrap_or_default(), says)
    });
    Ok(ReportPage {
        frame,
        id: id.to_string(),
        what: tr(one.kind.name()).to_owned(),
        person: one.person.name.clone(),
        state: state_word(one),
        effect: match one.row.withdrawn_ms {
            None => effect(one.severity).to_owned(),
            Some(_) => t!("It is withdrawn: no session is judged with it.").to_owned(),
        },
        until: zoned.date(one.until),
        is_waiting: one.row.withdrawn_ms.is_none(),
        rows,
        withdrawal,
        reason,
    })
}

async fn ask(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let typed = form.text("reason");
    match waiting::ask(&web.context, me.id(), id, typed).await {
        Ok(()) => {
            let told =
                t!("A second person of security has to agree. Until then it counts as before.");
            Ok(with_flash(&web, see(&format!("{PATH}/{id}")), FlashTone::Done, told))
        }
        Err(ActError::Invalid(_)) => {
            let says = t!("Write a reason of at least three words and at most 500 characters.");
            let page = page(&web, &me, id, Some((typed, says))).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

async fn agree(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    waiting::agree(&web.context, me.id(), id).await?;
    let told = t!("It is withdrawn. The log says who asked for it and who agreed.");
    Ok(with_flash(&web, see(PATH), FlashTone::Done, told))
}

async fn keep(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    waiting::keep(&web.context, me.id(), id).await?;
    Ok(with_flash(&web, see(&format!("{PATH}/{id}")), FlashTone::Done, t!("It counts as before.")))
}
