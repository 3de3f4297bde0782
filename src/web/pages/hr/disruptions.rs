//! A disruption notice: who was missing together, and the cases that were opened before it showed.

use crate::acts::cases::standing::{Viewer, facts_of, may_know_outcome};
use crate::acts::disruptions;
use crate::web::pages::people_list::check_in_word;
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::extract::{Path, State};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::time::UtcMillis;
use muster_messages::mail::times::city_of;
use muster_messages::pages::disruption::{DisruptionPage, MissingLine};
use muster_messages::t;
use muster_store::{cases, disruptions as rows};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::get("/disruptions/{no}", Access::Act(Act::ResolveCase), disruption)]
}

async fn disruption(State(web): State<Web>, me: SignedIn, Path(no): Path<String>) -> Answer {
    let db = web.context.store.read();
    let no: i64 = no.parse().map_err(|_| Fail::NotFound)?;
    let row = rows::find(db, no).await?.ok_or(Fail::NotFound)?;
    let zoned = web.zoned(&me);
    let (from, until) = (UtcMillis(row.from_ms), UtcMillis(row.until_ms));
    let due =
        disruptions::due_between(db, &row.zone, from, until.plus_ms(1), web.context.now()).await?;
    let about = due.iter().filter(|one| one.is_missing).map(|one| PersonId(one.person.id));
    let viewer = Viewer::load(db, me.id(), about).await?;
    let mut missing = Vec::new();
    for one in due.iter().filter(|one| one.is_missing) {
        let about = cases::about(db, [one.person.id]).await?;
        let mut case_id = None;
        for case in about.iter().filter(|case| case.check_in_id == one.check_in.id) {
            if viewer.may_view(&facts_of(db, case, &one.check_in).await?) {
                case_id = Some(case.id.to_string());
            }
        }
        let may_know = may_know_outcome(db, &viewer, &one.check_in).await?;
        missing.push(MissingLine {
            name: one.person.name.clone(),
            start: zoned.moment(UtcMillis(one.check_in.start_ms)),
            state: may_know.then(|| check_in_word(&one.check_in)),
            case_id,
        });
    }
    let city = muster_domain::time::zone(&row.zone).map_or(row.zone.clone(), |z| city_of(&z));
    web.page(&DisruptionPage {
        frame: web.frame(&me.visitor, &t!("Disruption notice {no}", no), "/coverage").await,
        number: no as u64,
        shared: t!("the time zone of {city}", city),
        from: zoned.moment(from),
        until: zoned.moment(until),
        due: due.len(),
        missing,
    })
}
