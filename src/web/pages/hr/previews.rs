//! A draft policy: written, previewed over the real roster in the background, proposed.

use crate::acts::policy::preview::{self, Previewed};
use crate::acts::{ActError, policy};
use crate::web::guard::see;
use crate::web::previews::{Busy, Kept, Progress};
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web, with_flash};
use axum::extract::{Query, State};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use muster_domain::access::Act;
use muster_domain::id::PolicyVersionId;
use muster_domain::policy::policy_example;
use muster_messages::language::tr_text;
use muster_messages::pages::preview::{
    PolicyDraft, PreviewBody, PreviewPage, PreviewTold, PreviewWait,
};
use muster_messages::pages::{FlashTone, TextArea};
use muster_messages::t;
use muster_store::{people, policies};
use serde::Deserialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Longest text of a policy, in characters.
const TEXT_MAX: u16 = 20_000;

/// Seconds until the page of a preview under way looks again.
const LOOK_AGAIN_SECONDS: &str = "2";

pub(super) fn routes() -> Vec<Route> {
    let propose = Access::Act(Act::ProposePolicy);
    vec![
        Route::get("/policies/draft", propose, write),
        Route::post("/policies/draft", propose, written),
        Route::get("/policies/previews/{id}", propose, look),
        Route::post("/policies/previews/{id}/propose", propose, proposed),
    ]
}

/// What to begin with: a version, a preview's text, or the example.
#[derive(Deserialize)]
struct From {
    version: Option<Uuid>,
    preview: Option<Uuid>,
}

async fn write(State(web): State<Web>, me: SignedIn, Query(from): Query<From>) -> Answer {
    let db = web.context.store.read();
    let text = match (from.version, from.preview) {
        (Some(version), _) => policies::get(db, PolicyVersionId(version)).await?.text,
        (None, Some(id)) => find(&web, &me, id)?.text,
        (None, None) => policy_example().to_owned(),
    };
    draft_page(
        &web,
        &me,
        &Typed { text, weeks: preview::WEEKS.to_string(), seed: "1".to_owned() },
        &[],
    )
    .await
}

/// The form as it was sent.
struct Typed {
    text: String,
    weeks: String,
    seed: String,
}

async fn written(State(web): State<Web>, me: SignedIn, Posted(form): Posted) -> Answer {
    let typed = Typed {
        text: form.text_within("text", usize::from(TEXT_MAX)).replace("\r\n", "\n"),
        weeks: form.text("weeks").to_owned(),
        seed: form.text("seed").to_owned(),
    };
    if form.text("act") == "propose" {
        return match policy::propose(&web.context, Some(me.id()), &typed.text).await {
            Ok(row) => Ok(waits(&web, row.id)),
            Err(ActError::Invalid(faults)) => {
                draft_page(&web, &me, &typed, &sentences(faults)).await
            }
            Err(ActError::Conflict(sentence)) => draft_page(&web, &me, &typed, &[sentence]).await,
            Err(error) => Err(error.into()),
        };
    }
    let (Ok(weeks), Ok(seed)) = (typed.weeks.parse(), typed.seed.parse()) else {
        let sentence =
            t!("Weeks and the number of the year are whole numbers, such as 52 and 1.").to_owned();
        return draft_page(&web, &me, &typed, &[sentence]).await;
    };
    let zone = web.zoned(&me).zone;
    let prepared = match preview::prepare(&web.context, &typed.text, weeks, seed, zone).await {
        Ok(prepared) => prepared,
        Err(ActError::Invalid(faults)) => {
            return draft_page(&web, &me, &typed, &sentences(faults)).await;
        }
        Err(error) => return Err(error.into()),
    };
    let id = uuid::Builder::from_random_bytes(web.context.store.entropy().bytes()).into_uuid();
    match web.previews.begin(id, me.id(), web.context.now(), typed.text.clone(), prepared) {
        Ok(()) => Ok(see(&format!("/policies/previews/{id}"))),
        Err(Busy) => {
            let sentence = t!(
                "Another preview is being computed. Try again in a minute; what you wrote is kept here."
            );
            draft_page(&web, &me, &typed, &[sentence.to_owned()]).await
        }
    }
}

async fn look(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let kept = find(&web, &me, id)?;
    let name = &kept.draft.parsed.policy.name;
    match &kept.progress {
        Progress::Running(percent) => {
            let mut answer = web.page(&PreviewWait {
                frame: web.frame(&me.visitor, t!("A preview"), "/policies").await,
                id: id.to_string(),
                policy: name.clone(),
                percent: *percent,
            })?;
            let (name, value) =
                (HeaderName::from_static("refresh"), HeaderValue::from_static(LOOK_AGAIN_SECONDS));
            answer.headers_mut().insert(name, value);
            Ok(answer)
        }
        Progress::Failed(sentence) => {
            let typed = Typed {
                text: kept.text.clone(),
                weeks: preview::WEEKS.to_string(),
                seed: "1".to_owned(),
            };
            draft_page(&web, &me, &typed, &[tr_text(sentence)]).await
        }
        Progress::Done(previewed) => {
            let body = body(&web, &kept, previewed).await?;
            let title = t!("Preview of {name}", name);
            web.page(&PreviewPage {
                frame: web.frame(&me.visitor, &title, "/policies").await,
                id: id.to_string(),
                body,
                source: kept.text.clone(),
            })
        }
    }
}

async fn proposed(State(web): State<Web>, me: SignedIn, Id(id): Id) -> Answer {
    let kept = find(&web, &me, id)?;
    let row = policy::propose(&web.context, Some(me.id()), &kept.text).await?;
    Ok(waits(&web, row.id))
}

fn waits(web: &Web, version: Uuid) -> axum::response::Response {
    let told = t!("It waits for a second person, HR or security, to confirm it.");
    with_flash(web, see(&format!("/policies/{version}")), FlashTone::Done, told)
}

fn find(web: &Web, me: &SignedIn, id: Uuid) -> Result<Kept, Fail> {
    web.previews.find(id, me.id(), web.context.now()).ok_or(Fail::NotFound)
}

fn sentences(faults: Vec<(&'static str, String)>) -> Vec<String> {
    faults.into_iter().map(|(_, sentence)| sentence).collect()
}

async fn body(web: &Web, kept: &Kept, previewed: &Previewed) -> Result<PreviewBody, Fail> {
    let everybody = people::active(web.context.store.read()).await?;
    let names: BTreeMap<String, String> =
        everybody.into_iter().map(|p| (p.employee_id, p.name)).collect();
    Ok(PreviewBody::of(&PreviewTold {
        lint: &kept.draft.lint,
        report: &previewed.report,
        differences: &previewed.differences,
        changes: &previewed.changes,
        overlaps: &previewed.overlaps,
        names: &names,
        is_file: false,
    }))
}

/// The form, with what is to be corrected.
async fn draft_page(web: &Web, me: &SignedIn, typed: &Typed, faults: &[String]) -> Answer {
    let error = match faults.len() {
        0 => None,
        1 => Some(t!("One thing to correct, see above.").to_owned()),
        n => Some(t!("{n} things to correct, see above.", n)),
    };
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = PolicyDraft {
        frame: web.frame(&me.visitor, t!("Write a policy"), "/policies").await,
        text: TextArea {
            id: "text".to_owned(),
            name: "text".to_owned(),
            label: t!("The policy").to_owned(),
            hint: Some(t!("A TOML file. Only name, applies_to, law and mean_gap_days (or rate) must be written.").to_owned()),
            value: typed.text.clone(),
            error,
            rows: 24,
            max_length: TEXT_MAX,
            required: true,
        },
        faults: faults.to_vec(),
        weeks: typed.weeks.clone(),
        seed: typed.seed.clone(),
    };
    web.page_as(status, &page)
}
