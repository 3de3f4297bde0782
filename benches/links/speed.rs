//! Two million rows of a hundred thousand people, one carrier-NAT address of ten thousand, one office
//! of five thousand.

use crate::command::{flagged, run};
use crate::farms::plant;
use crate::ordinary::{Ordinary, populate};
use crate::rows::{Cadence, write_observations, write_sites};
use crate::world::World;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

pub fn measure(people: usize, rounds: u32, folder: &Path) -> anyhow::Result<Value> {
    let mut world = World::new(77, 400);
    plant(&mut world, 0, people / 200);
    let wanted = Ordinary { people, office: people / 20, carrier_nat: people / 10 };
    populate(&mut world, &wanted);
    world.number_people();
    // about 111 days of work each, so 18 in a hundred are twenty rows
    let rows = write_observations(&world, 77, Cadence::Sparse(18), &folder.join("many.csv"))?;
    write_sites(&world, &folder.join("sites.csv"))?;
    let bytes = std::fs::metadata(folder.join("many.csv"))?.len();
    let mut best = (Duration::MAX, 0);
    let mut told = Value::Null;
    for _ in 0..rounds {
        let run = run(folder, "many.csv")?;
        best = (best.0.min(run.wall), best.1.max(run.peak));
        let (named, at_sites) = flagged(&run.report)?;
        told = json!({ "people_named": named.len(), "people_at_sites_to_name": at_sites });
    }
    Ok(json!({
        "rows": rows,
        "people": world.people.len(),
        "file_bytes": bytes,
        "wall_seconds": best.0.as_secs_f64(),
        "bar_wall_seconds_max": 60,
        "peak_resident_bytes": best.1,
        "bar_peak_bytes_max": 1_000_000_000,
        "report": told,
    }))
}
