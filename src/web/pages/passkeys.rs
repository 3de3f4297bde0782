//! One's own passkeys, and HR's word on those of others.

use crate::acts::ActError;
use crate::acts::passkeys::{self, Mine, Word};
use crate::web::guard::see;
use crate::web::session::{Id, Posted, SignedIn};
use crate::web::{Access, Answer, Fail, Passkeys, Route, Web, Zoned, with_flash};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use muster_domain::access::Act;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::passkey::ALGORITHMS;
use muster_domain::time::UtcMillis;
use muster_messages::pages::passkeys::{MyPasskey, MyPasskeys};
use muster_messages::pages::roster::PersonPasskey;
use muster_messages::pages::{FlashTone, StateWord, Tone};
use muster_messages::t;
use uuid::Uuid;

const MINE: &str = "/me/passkeys";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get(MINE, Access::SignedIn, mine).with_passkeys(Passkeys::Make),
        Route::post(MINE, Access::SignedIn, add),
        Route::post("/me/passkeys/question", Access::SignedIn, question),
        Route::post("/me/passkeys/{id}/remove", Access::SignedIn, remove),
        Route::post("/people/{id}/passkeys/{passkey}", Access::Act(Act::ApprovePasskey), decide),
    ]
}

async fn mine(State(web): State<Web>, me: SignedIn) -> Answer {
    let zoned = web.zoned(&me);
    let all = passkeys::mine(&web.context, me.id()).await?;
    let line = |one: &Mine| MyPasskey {
        id: one.row.id.to_string(),
        added: zoned.moment(UtcMillis(one.row.added_ms)),
        kind: kind(one),
        last: match one.row.last_ms {
            Some(at) => t!("last used {text}", text = zoned.moment(UtcMillis(at)).text),
            None => t!("not used yet").to_owned(),
        },
        state: state(one),
    };
    let page = MyPasskeys {
        frame: web.frame(&me.visitor, t!("My passkeys"), "/").await,
        passkeys: all.iter().map(line).collect(),
    };
    web.page(&page)
}

fn kind(one: &Mine) -> String {
    match one.credential.is_synced {
        true => t!("may be on several devices"),
        false => t!("stays on one device"),
    }
    .to_owned()
}

fn state(one: &Mine) -> StateWord {
    match one.row.approved_ms {
        Some(_) => StateWord::new(t!("approved"), Tone::Good),
        None => StateWord::new(t!("waits for approval"), Tone::Waiting),
    }
}

/// `POST /me/passkeys/question`: what `navigator.credentials.create` is asked.
async fn question(State(web): State<Web>, me: SignedIn) -> Answer {
    let asked = passkeys::question(&web.context, &me.person).await?;
    let question = serde_json::json!({
        "challenge": asked.challenge,
        "rp": { "id": web.relying_party(&me.visitor).id(), "name": web.context.settings.organisation },
        "user": { "id": asked.user, "name": me.person.email, "displayName": me.person.name },
        "algorithms": ALGORITHMS,
        "known": asked.known,
    });
    Ok(Json(question).into_response())
}

/// `POST /me/passkeys`. From the room it comes with `check_in` and is answered in words, so that the page stays.
async fn add(State(web): State<Web>, me: SignedIn, form: Posted) -> Answer {
    let during = form.text("check_in").parse().ok().map(CheckInId);
    let (party, sent) = (web.relying_party(&me.visitor), form.text("credential"));
    let added = passkeys::add(&web.context, &me.person, &party, sent, during).await;
    let stays = !form.text("check_in").is_empty();
    match added {
        Ok(added) if stays => {
            let told = match added.in_talk {
                true => t!("It is added. The person you meet confirms it with their form."),
                false => t!("It is added. You are not both in the room, so it waits for HR."),
            };
            Ok(Json(serde_json::json!({ "text": told })).into_response())
        }
        Ok(_) => {
            let told = t!("It is added, and waits for HR or for your next talk.");
            Ok(with_flash(&web, see(MINE), FlashTone::Done, told))
        }
        Err(ActError::Invalid(faults)) => {
            let told = faults.first().map_or("", |(_, sentence)| sentence.as_str());
            match stays {
                true => {
                    let body = Json(serde_json::json!({ "text": told }));
                    Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response())
                }
                false => Ok(with_flash(&web, see(MINE), FlashTone::Attention, told)),
            }
        }
        Err(error) => Err(error.into()),
    }
}

async fn remove(State(web): State<Web>, me: SignedIn, Id(id): Id, _: Posted) -> Answer {
    passkeys::remove(&web.context, &me.person, id).await?;
    let told = t!("It is removed, and is not asked for any more.");
    Ok(with_flash(&web, see(MINE), FlashTone::Done, told))
}

async fn decide(
    State(web): State<Web>,
    me: SignedIn,
    Path((person, passkey)): Path<(String, String)>,
    form: Posted,
) -> Answer {
    let parsed = person.parse::<Uuid>().ok().zip(passkey.parse::<Uuid>().ok());
    let Some((person, passkey)) = parsed else { return Err(Fail::NotFound) };
    let (word, told) = match form.text("word") {
        "approve" => (Word::Approve, t!("It is approved.")),
        "remove" => (Word::Remove, t!("It is removed, and is not asked for any more.")),
        _ => return Err(Fail::bad(t!("approve or remove was expected."))),
    };
    passkeys::decide(&web.context, me.id(), PersonId(person), passkey, word).await?;
    Ok(with_flash(&web, see(&format!("/people/{person}")), FlashTone::Done, told))
}

/// Those of somebody else, for HR.
pub(super) async fn of_person(
    web: &Web,
    zoned: &Zoned,
    who: PersonId,
    may_decide: bool,
) -> Result<Vec<PersonPasskey>, Fail> {
    let all = passkeys::mine(&web.context, who).await?;
    let line = |one: &Mine| PersonPasskey {
        id: one.row.id.to_string(),
        added: zoned.moment(UtcMillis(one.row.added_ms)),
        how: if one.row.added_in.is_some() { t!("in a check-in") } else { t!("by themselves") }
            .to_owned(),
        kind: kind(one),
        state: state(one),
        waits: one.row.approved_ms.is_none(),
        may_decide,
    };
    Ok(all.iter().map(line).collect())
}
