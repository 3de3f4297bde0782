//! The room's socket: who may take which seat, and what the page must be told first.

use crate::acts::challenges::phone;
use crate::acts::{ActResult, check_in as acts, stand_by, verify};
use crate::web::room::socket::{SocketQuery, upgrade};
use crate::web::room::{Seat, ServerMessage, Side};
use crate::web::session::{Id, SignedIn};
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::rejection::QueryRejection;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use muster_domain::challenge::{DrawnChallenge, Template};
use muster_domain::id::{CheckInId, PersonId};
use muster_messages::language::{say, tr_text};
use muster_messages::t;
use muster_ports::{Clock, SystemClock};
use muster_store::entities::{check_in, drawn_challenge};
use muster_store::{check_ins, evidence};
use sea_orm::ConnectionTrait;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/room/{id}/socket", Access::SignedIn, socket)]
}

async fn socket(
    State(web): State<Web>,
    me: SignedIn,
    id: Id,
    query: Result<Query<SocketQuery>, QueryRejection>,
    headers: HeaderMap,
    request: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer {
    let db = web.context.store.read();
    let check_in = CheckInId(id.0);
    let row = Fail::unless_found(check_ins::find(db, check_in).await?)?;
    let side = match me.id() {
        own if own == row.person() => Side::Employee,
        verifier if stand_by::may_enter(db, &row, verifier).await? => Side::Verifier,
        _ => return Err(Fail::NotFound),
    };
    if !acts::is_room_open(&row, web.context.now()) {
        return Err(Fail::Conflict(t!("The room is not open now.").to_owned()));
    }
    let request = request.map_err(|_| Fail::bad(t!("This address is for the room's socket.")))?;
    let Ok(Query(query)) = query else { return Err(Fail::bad(t!("The page's name is missing."))) };
    let mut catch_up = catch_up(&web, &evidence::challenges(db, check_in).await?, side)?;
    if let Some(still) = muster_store::baselines::of_session(db, check_in).await? {
        catch_up.push(ServerMessage::Still { state: still.state });
    }
    let relieves = relieved_to(db, &row, me.id()).await?;
    let seat = Seat { check_in, side, person: me.id(), page: query.page, catch_up, relieves };
    Ok(upgrade(request, &headers, web.hub.clone(), seat))
}

/// Where the page of the verifier goes whose seat this person takes; nothing where they take nobody's.
pub(in crate::web) async fn relieved_to(
    db: &impl ConnectionTrait,
    row: &check_in::Model,
    comes: PersonId,
) -> ActResult<Option<String>> {
    let takes_over = stand_by::second_opinion::may_take_over(db, row, comes).await?;
    Ok(takes_over.then(|| format!("/verifier/sessions/{}", row.id)))
}

/// What a page that comes (back) to the room must know of the tasks.
fn catch_up(
    web: &Web,
    tasks: &[drawn_challenge::Model],
    side: Side,
) -> Result<Vec<ServerMessage>, Fail> {
    let mut known = Vec::new();
    let mut shown = tasks.iter().filter(|t| t.revealed_ms.is_some());
    if side == Side::Verifier && !tasks.is_empty() {
        known.push(progress(tasks.len(), shown.clone().count()));
    }
    if let Some(open) = shown.rfind(|t| t.answer.is_none()) {
        known.push(card(web, open, tasks.len(), side)?);
    }
    Ok(known)
}

/// How far the tasks have come, for the verifier.
pub(super) fn progress(total: usize, revealed: usize) -> ServerMessage {
    ServerMessage::Tasks { total: total as u8, revealed: revealed as u8 }
}

/// Tells both sides how far the picture has come.
pub(super) async fn tell_still(web: &Web, id: CheckInId, state: &str) {
    web.hub.notify(id, ServerMessage::Still { state: state.to_owned() }).await;
}

/// A picture as it is served: never kept by a cache, never sniffed (the guard's headers).
pub(super) fn picture(still: &muster_domain::reference_still::Still) -> axum::response::Response {
    use axum::response::IntoResponse;
    let kind = [(axum::http::header::CONTENT_TYPE, "image/jpeg")];
    (kind, still.jpeg().to_vec()).into_response()
}

/// A task as this side sees it.
pub(super) fn card(
    web: &Web,
    task: &drawn_challenge::Model,
    total: usize,
    side: Side,
) -> Result<ServerMessage, Fail> {
    let detail = verify::detail(task)?;
    let (read, said) = phone::instructions(&web.context, task, &detail);
    Ok(ServerMessage::Challenge {
        position: task.no as u8,
        total: total as u8,
        code: detail.template.clone(),
        title: title(&detail.template),
        look_for: (side == Side::Verifier).then(|| looked_for(&detail)),
        text: if side == Side::Verifier { said } else { read },
        alternative: Some(say(&detail.alternative)),
    })
}

/// How the verifier asks, what to look for, and what the service adds.
pub(super) fn looked_for(detail: &DrawnChallenge) -> String {
    let parts = [Some(&detail.for_verifier), Some(&detail.look_for), detail.hint.as_ref()];
    let said: Vec<String> = parts.into_iter().flatten().map(say).collect();
    said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The template's name in words.
pub(super) fn title(template: &str) -> String {
    tr_text(&Template::title(template))
}

/// ICE servers for one page. TURN compares expiry with its own clock, so this is real time even
/// where ours is moved.
pub(super) fn ice_json(web: &Web) -> Result<String, Fail> {
    let holder = hex::encode(web.context.store.entropy().bytes::<8>());
    let servers = web.settings.ice.servers(SystemClock.now(), &holder);
    serde_json::to_string(&servers).map_err(|e| Fail::Broken(e.to_string()))
}
