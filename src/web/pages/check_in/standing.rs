//! Who comes, in plain words: on the page while one waits, and asked again every few seconds by
//! it. Before the join window there is nothing to say, since nobody was named.

use super::own;
use crate::acts::check_in as acts;
use crate::acts::stand_by::{self, Standing};
use crate::web::session::{Id, SignedIn};
use crate::web::{Answer, Fail, Web, person_name};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use muster_messages::pages::StandingNote;
use muster_messages::t;
use muster_store::entities::check_in;
use sea_orm::ConnectionTrait;

/// A search that takes longer than this is told as one that may take long.
const SOON_MS: i64 = 60_000;

/// Whether it is known who comes.
pub(in crate::web::pages) async fn is_known(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
) -> Result<bool, Fail> {
    let is_looking = matches!(stand_by::standing(db, row).await?, Standing::Looking { .. });
    Ok(row.verifier_id.is_some() && !is_looking)
}

/// What stands on the page.
pub(super) async fn of(
    web: &Web,
    me: &SignedIn,
    row: &check_in::Model,
    may_reload: bool,
) -> Result<StandingNote, Fail> {
    let (db, now) = (web.context.store.read(), web.context.now());
    let is_told = acts::opens(row) <= now && !acts::is_over(row);
    let standing = match is_told {
        true => stand_by::standing(db, row).await?,
        false => Standing::AsPlanned,
    };
    let text = match standing {
        Standing::AsPlanned => String::new(),
        Standing::Looking { since } if now.since(since) <= SOON_MS => {
            t!("The person you were to meet cannot come. Somebody else will, usually within a minute. Please stay; nothing is held against you.").to_owned()
        }
        Standing::Looking { .. } => t!("Nobody else is free at this moment. We keep looking until {grace_end}. Stay or go, as you like: nothing is held against you.", grace_end = web.zoned(me).clock(row.clocks().grace_end())),
        Standing::StoodIn => t!("Somebody else comes in place of the person you were to meet: {who}. You need not do anything.", who = person_name(db, row.verifier_id).await?),
    };
    Ok(StandingNote::of(&format!("/check-ins/{}/standing", row.id), text, may_reload))
}

/// `GET .../standing`: the sentence as JSON, empty where there is none.
pub(super) async fn standing(State(web): State<Web>, me: SignedIn, id: Id) -> Answer {
    let row = own(&web, &me, id).await?;
    let note = of(&web, &me, &row, false).await?;
    Ok(Json(serde_json::json!({ "text": note.text, "version": note.version })).into_response())
}
