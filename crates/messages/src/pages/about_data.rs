//! Where the data behind look-ups comes from: the thanks its licences ask for, and how old it is.
//! Readable without signing in.

use super::{PageFrame, samples};
use crate::render::Template;
use serde::Serialize;

/// `GET /about/data`
#[derive(Debug, Clone, Serialize)]
pub struct AboutData {
    pub frame: PageFrame,
    /// Installed data packs.
    pub packs: Vec<DataPack>,
    /// Data that ships with the program.
    pub shipped: Vec<Credit>,
}

/// One data pack.
#[derive(Debug, Clone, Serialize)]
pub struct DataPack {
    /// E.g. `DB-IP City Lite`.
    pub name: String,
    /// What it tells, e.g. `country and place of an address`.
    pub tells: String,
    /// E.g. `of 5 June 2026, 45 days old`, with what its age means where it means something.
    pub age: String,
    pub licence: String,
    pub credits: Vec<Credit>,
}

/// A line of thanks.
#[derive(Debug, Clone, Serialize)]
pub struct Credit {
    pub text: String,
    /// Empty for none.
    pub url: String,
}

impl Credit {
    pub fn new(text: &str, url: &str) -> Credit {
        Credit { text: text.to_owned(), url: url.to_owned() }
    }
}

impl Template for AboutData {
    const NAME: &'static str = "pages/about_data";

    fn samples() -> Vec<AboutData> {
        let title = "Where the data comes from";
        let pack = |text: &str, url: &str| DataPack {
            name: text.to_owned(),
            tells: "country and place of an address".to_owned(),
            age: "of 2026-06-05, 45 days old".to_owned(),
            licence: "CC-BY-4.0".to_owned(),
            credits: vec![Credit::new(text, url)],
        };
        let shipped = vec![Credit::new(
            "OpenStreetMap contributors",
            "https://www.openstreetmap.org/copyright",
        )];
        vec![
            AboutData {
                frame: samples::stranger(title),
                packs: vec![
                    pack("IP Geolocation by DB-IP", "https://db-ip.com"),
                    pack("A list of our own", ""),
                ],
                shipped: shipped.clone(),
            },
            AboutData { frame: samples::stranger(title), packs: vec![], shipped: vec![] },
            AboutData {
                frame: samples::hostile(title, &[], ""),
                packs: vec![pack(samples::HOSTILE, "https://data.example")],
                shipped: vec![Credit::new(samples::HOSTILE, "")],
            },
        ]
    }
}
