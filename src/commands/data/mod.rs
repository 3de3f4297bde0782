//! `muster data`: data packs, without an installation too.

mod fetch;
mod list;
mod progress;
mod remote;
mod update;

use super::Ended;
use crate::config::PacksAlone;
use clap::Subcommand;
use muster_packs::Packs;
use std::cell::LazyCell;
use std::path::Path;

#[derive(Debug, Subcommand)]
pub enum Data {
    Update(update::Update),
    List(list::List),
}

impl Data {
    pub(super) async fn run(self, config: Option<&Path>) -> anyhow::Result<Ended> {
        match self {
            Data::Update(update) => update.run(config).await,
            Data::List(list) => list.run(config),
        }
    }
}

/// The packs of a data folder or of the configuration, read when the first address is asked about:
/// many files have no address, and then nothing need be there.
pub(super) fn installed_packs(
    config: Option<&Path>,
    data: Option<&Path>,
) -> anyhow::Result<LazyCell<Packs, impl FnOnce() -> Packs>> {
    let alone = PacksAlone::load(config, data)?;
    Ok(LazyCell::new(move || {
        let packs = Packs::open(&alone.dir).with_own(alone.packs.own());
        for (kind, fault) in packs.faults() {
            eprintln!("{kind} pack left out: {fault}");
        }
        packs
    }))
}
