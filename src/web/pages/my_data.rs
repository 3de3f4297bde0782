//! What is held about whoever looks: the classes with their dates, and two downloads.

use crate::acts::personal_data::{self, PersonalData};
use crate::web::session::SignedIn;
use crate::web::{Access, Answer, Fail, Route, Web};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use muster_domain::retention::RETENTION;
use muster_messages::language::tr;
use muster_messages::pages::my_data::{ClassLine, MyData, PersonalDataFile, kept};
use muster_messages::t;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/me/data", Access::SignedIn, page),
        Route::get("/me/data.json", Access::SignedIn, json),
        Route::get("/me/data.html", Access::SignedIn, html),
    ]
}

async fn page(State(web): State<Web>, me: SignedIn) -> Answer {
    let data = mine(&web, &me).await?;
    let days = &web.context.settings.retention;
    let records =
        |class| data.classes.iter().find(|c| c.class == class).map_or(0, |found| found.rows.len());
    let classes = RETENTION.iter().map(|line| ClassLine {
        holds: tr(line.holds).to_owned(),
        kept: kept(days.of(line.class), line.counted_from),
        needed_for: tr(line.needed_for).to_owned(),
        records: records(line.class),
    });
    web.page(&MyData {
        frame: web.frame(&me.visitor, t!("My data"), "/").await,
        classes: classes.collect(),
        left_out: data.left_out.iter().map(|&sentence| sentence.to_owned()).collect(),
        longer_because: days.longer_because.clone(),
    })
}

async fn json(State(web): State<Web>, me: SignedIn) -> Answer {
    let data = mine(&web, &me).await?;
    Ok((attachment("my-data.json"), Json(data)).into_response())
}

async fn html(State(web): State<Web>, me: SignedIn) -> Answer {
    let data = serde_json::to_value(mine(&web, &me).await?).expect("an export is plain data");
    let answer = web.page(&PersonalDataFile::of(&data))?;
    Ok((attachment("my-data.html"), answer).into_response())
}

async fn mine(web: &Web, me: &SignedIn) -> Result<PersonalData, Fail> {
    Ok(personal_data::mine(&web.context, &me.person).await?)
}

fn attachment(name: &str) -> [(header::HeaderName, String); 1] {
    [(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))]
}
