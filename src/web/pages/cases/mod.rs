//! Cases: the list of those that need somebody, the page of one, and the acts on it.

mod evidence;
mod evidence_map;
mod list;
mod offered;
mod story;
mod view;

pub(super) use evidence_map::class_text;
pub(super) use list::needing;
pub(super) use view::state_word;

use crate::acts::cases::{closing, decide, second_look};
use crate::acts::{ActError, ActResult, evidence_view};
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Route, Web, with_flash};
use axum::extract::State;
use axum::http::StatusCode;
use muster_domain::access::Act;
use muster_domain::id::CaseId;
use muster_messages::pages::FlashTone;
use muster_messages::t;
use offered::Typed;

pub(super) fn routes() -> Vec<Route> {
    let view = Access::Act(Act::ViewCase);
    vec![
        Route::get("/cases", view, list::list),
        Route::get("/cases/{id}", view, page),
        Route::post("/cases/{id}/acknowledge", Access::Act(Act::AcknowledgeCase), acknowledge),
        Route::post("/cases/{id}/comment", Access::Act(Act::CommentCase), comment),
        Route::post("/cases/{id}/excuse", Access::Act(Act::ExcuseFirstMiss), excuse),
        Route::post("/cases/{id}/propose", Access::Act(Act::ProposeOnCase), propose),
        Route::post("/cases/{id}/second-look", Access::Act(Act::TakeBlindLook), look_again),
        Route::get("/cases/{id}/evidence", view, evidence::page),
        Route::post("/cases/{id}/evidence", Access::Act(Act::OpenEvidence), open_evidence),
        Route::post("/cases/{id}/resolve", view, resolve),
    ]
}

async fn page(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    web.page(&view::page(&web, &me, CaseId(id), &Typed::default()).await?)
}

async fn acknowledge(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let id = CaseId(id);
    decide::acknowledge(&web.context, me.id(), id).await?;
    Ok(back(&web, id, t!("You have this case now.")))
}

async fn comment(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let id = CaseId(id);
    let done = decide::comment(&web.context, me.id(), id, form.text("comment")).await;
    answer(&web, &me, id, form, done, t!("It stands in the story now.")).await
}

async fn excuse(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let id = CaseId(id);
    let (code, reason) = (form.text("excuse"), form.text("excuse_reason"));
    let done = closing::excuse(&web.context, me.id(), id, code, reason).await;
    answer(&web, &me, id, form, done, t!("It is excused, and the case is closed.")).await
}

async fn propose(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let id = CaseId(id);
    let (code, reason) = (form.text("proposal"), form.text("proposal_reason"));
    let done = decide::propose(&web.context, me.id(), id, code, reason).await;
    let told = t!("Your proposal stands in the story. Somebody outside the line decides.");
    answer(&web, &me, id, form, done, told).await
}

async fn look_again(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let id = CaseId(id);
    let (code, how) = (form.text("second_look"), form.text("second_look_how"));
    let done = second_look::give_second_look(&web.context, me.id(), id, code, how).await;
    answer(&web, &me, id, form, done, t!("Your look is recorded.")).await
}

async fn open_evidence(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let id = CaseId(id);
    evidence_view::open_evidence(&web.context, me.id(), id).await?;
    Ok(back(&web, id, t!("The evidence is open. The person can see that you opened it.")))
}

async fn resolve(State(web): State<Web>, me: SignedIn, Id(id): Id, form: Posted) -> Answer {
    let id = CaseId(id);
    let (code, reason) = (form.text("resolution"), form.text("resolution_reason"));
    let done = closing::resolve(&web.context, me.id(), id, code, reason).await;
    answer(&web, &me, id, form, done, t!("The case is closed.")).await
}

/// Back to the page; what was typed wrong stands on it again, with what would be accepted.
async fn answer(
    web: &Web,
    me: &SignedIn,
    id: CaseId,
    form: Posted,
    done: ActResult<()>,
    told: &str,
) -> Answer {
    match done {
        Ok(()) => Ok(back(web, id, told)),
        Err(ActError::Invalid(faults)) => {
            let typed = Typed { faults, form: Some(form) };
            let page = view::page(web, me, id, &typed).await?;
            web.page_as(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(error) => Err(error.into()),
    }
}

fn back(web: &Web, id: CaseId, told: &str) -> axum::response::Response {
    with_flash(web, see(&format!("/cases/{id}")), FlashTone::Done, told)
}
