//! `muster data`: data packs, without an installation too.

mod fetch;
mod list;
mod progress;
mod remote;
mod update;

use super::Ended;
use clap::Subcommand;
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
