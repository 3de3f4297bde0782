//! What this is, for people who doubt a message, and where its data comes from: readable without
//! signing in.

use crate::web::session::Visitor;
use crate::web::{Access, Answer, Route, Web};
use axum::extract::State;
use muster_messages::language::{tr, tr_text};
use muster_messages::pages::Row;
use muster_messages::pages::about::About;
use muster_messages::pages::about_data::{AboutData, Credit, DataPack};
use muster_messages::pages::map::LAND_CREDIT;
use muster_messages::t;
use muster_packs::{Freshness, PackAge, SHIPPED};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/about", Access::Anybody, about),
        Route::get("/about/data", Access::Anybody, data),
    ]
}

async fn about(State(web): State<Web>, visitor: Visitor) -> Answer {
    let settings = &web.context.settings;
    let page = About {
        frame: web.frame(&visitor, t!("About these check-ins"), "").await,
        sender: settings.mail_from.clone(),
        host: web.settings.authority().to_owned(),
        exact_days: settings.retention.exact_place,
        contacts: vec![
            Row::new(t!("About anything here"), &settings.contact),
            Row::new(t!("About a message that looks false"), &settings.contact),
        ],
    };
    web.page(&page)
}

async fn data(State(web): State<Web>, visitor: Visitor) -> Answer {
    let packs = web.context.packs.packs();
    let page = AboutData {
        frame: web.frame(&visitor, t!("Where the data comes from"), "").await,
        packs: packs.freshness(web.context.now()).iter().map(data_pack).collect(),
        shipped: SHIPPED
            .iter()
            .chain([&LAND_CREDIT])
            .map(|(text, url)| Credit::new(&tr_text(text), url))
            .collect(),
    };
    web.page(&page)
}

fn data_pack(pack: &PackAge<'_>) -> DataPack {
    let manifest = pack.manifest;
    let age = t!("of {date}, {age_days} days old", date = manifest.date, age_days = pack.age_days);
    DataPack {
        name: manifest.name.clone(),
        tells: tr(manifest.kind.summary()).to_owned(),
        age: match pack.freshness {
            Freshness::Fresh => age,
            Freshness::Old => t!("{age}, so what rests on it counts less", age),
            Freshness::Void => t!("{age}, so it counts no longer", age),
        },
        licence: manifest.licence.clone(),
        credits: manifest.attribution.iter().map(|a| Credit::new(&a.text, &a.url)).collect(),
    }
}
