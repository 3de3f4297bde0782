//! How many of a farm's people are found, and how many others are named with them.

use crate::command::{flagged, run};
use crate::farms::plant;
use crate::ordinary::{Ordinary, populate};
use crate::rows::{Cadence, write_observations, write_sites};
use crate::world::World;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// People counted over one or more seeds.
#[derive(Default, Clone)]
pub struct Tally {
    pub found: usize,
    pub missed: usize,
    pub named_wrongly: usize,
    rows: usize,
    at_sites: usize,
    /// Found and all, by kind of farm.
    kinds: BTreeMap<&'static str, (usize, usize)>,
    wrong_kinds: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.found += other.found;
        self.missed += other.missed;
        self.named_wrongly += other.named_wrongly;
        self.rows += other.rows;
        self.at_sites += other.at_sites;
        for (kind, (found, all)) in &other.kinds {
            let sum = self.kinds.entry(kind).or_default();
            *sum = (sum.0 + found, sum.1 + all);
        }
        for (kind, count) in &other.wrong_kinds {
            *self.wrong_kinds.entry(kind).or_default() += count;
        }
    }

    pub fn precision(&self) -> f64 {
        share(self.found, self.found + self.named_wrongly)
    }

    pub fn recall(&self) -> f64 {
        share(self.found, self.found + self.missed)
    }

    fn told(&self) -> Value {
        let kinds: Map<String, Value> = self
            .kinds
            .iter()
            .map(|(kind, (found, all))| ((*kind).to_owned(), json!(format!("{found} of {all}"))))
            .collect();
        json!({
            "precision": round(self.precision()),
            "recall": round(self.recall()),
            "farm_people": self.found + self.missed,
            "found": self.found,
            "named_wrongly": self.named_wrongly,
            "named_wrongly_by_kind": self.wrong_kinds,
            "found_by_kind": kinds,
            "people_at_sites_to_name": self.at_sites,
            "rows": self.rows,
        })
    }
}

/// 1 of nothing: who names nobody names nobody wrongly.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

fn round(share: f64) -> f64 {
    (share * 1_000.0).round() / 1_000.0
}

/// One company: at most 0.5 % of its people sit in farms.
pub fn company(seed: u64, people: usize) -> World {
    let mut world = World::new(seed, 60);
    plant(&mut world, (seed % 10) as usize, people / 200);
    populate(&mut world, &Ordinary { people, office: people / 20, carrier_nat: people / 20 });
    world.number_people();
    world
}

pub fn judge(seed: u64, people: usize, cadence: Cadence, folder: &Path) -> anyhow::Result<Tally> {
    let world = company(seed, people);
    let rows = write_observations(&world, seed, cadence, &folder.join("observations.csv"))?;
    write_sites(&world, &folder.join("sites.csv"))?;
    let run = run(folder, "observations.csv")?;
    let (named, at_sites) = flagged(&run.report)?;
    let named: BTreeSet<&str> = named.into_iter().collect();
    let truth = world.truth();
    let mut tally = Tally { rows, at_sites, ..Tally::default() };
    for person in &world.people {
        let is_named = named.contains(person.id.as_str());
        if let Some(kind) = truth.get(person.id.as_str()) {
            let of_kind = tally.kinds.entry(kind).or_default();
            *of_kind = (of_kind.0 + usize::from(is_named), of_kind.1 + 1);
            tally.found += usize::from(is_named);
            tally.missed += usize::from(!is_named);
        } else if is_named {
            tally.named_wrongly += 1;
            *tally.wrong_kinds.entry(person.kind).or_default() += 1;
        }
    }
    Ok(tally)
}

/// All seeds together, and the worst of them.
pub struct Pooled {
    pub all: Tally,
    worst: Option<(u64, Tally)>,
}

impl Pooled {
    pub fn over(
        seeds: &[u64],
        people: usize,
        cadence: Cadence,
        folder: &Path,
    ) -> anyhow::Result<Pooled> {
        let mut pooled = Pooled { all: Tally::default(), worst: None };
        for seed in seeds {
            let tally = judge(*seed, people, cadence, folder)?;
            eprintln!(
                "  {cadence:?}, seed {seed}: precision {:.3}, recall {:.3}",
                tally.precision(),
                tally.recall()
            );
            pooled.all.add(&tally);
            let sum = |tally: &Tally| tally.precision() + tally.recall();
            if pooled.worst.as_ref().is_none_or(|(_, worst)| sum(&tally) < sum(worst)) {
                pooled.worst = Some((*seed, tally));
            }
        }
        Ok(pooled)
    }

    pub fn told(&self) -> Value {
        let worst = self.worst.as_ref().map(|(seed, tally)| {
            let (precision, recall) = (round(tally.precision()), round(tally.recall()));
            json!({ "seed": seed, "precision": precision, "recall": recall })
        });
        let mut told = self.all.told();
        told["worst_seed"] = json!(worst);
        told
    }
}
