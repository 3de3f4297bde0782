//! The policy linter at a maximum gap of 400 eligible days: table and figures, in process.

use crate::Sizes;
use crate::probe::seconds;
use muster_domain::draw::{CadenceLaw, LawFigures};
use serde_json::{Value, json};
use std::hint::black_box;

pub fn measure(sizes: &Sizes) -> anyhow::Result<Value> {
    let law = CadenceLaw { max_gap_days: Some(400), ..CadenceLaw::with_mean(100.0) };
    law.table().map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    let rounds = (0..sizes.rounds).map(|_| {
        seconds(|| {
            let result = law.table().expect("it was reached above");
            black_box(LawFigures::of(&result.table));
        })
    });
    Ok(json!({
        "max_gap_days": 400,
        "seconds": rounds.fold(f64::INFINITY, f64::min),
        "bar_seconds_max": 0.010,
    }))
}
