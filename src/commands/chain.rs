//! `muster chain`: who holds chains of the draw, the operator's own tip, and keys that holders hand
//! over as files.

use super::print::{self, say};
use super::{Ended, maybe_person, open, person, read_text};
use crate::acts::holders::{self, Confirmed, Delivered};
use crate::acts::setup::anchor_of;
use crate::acts::{Context, chains as own};
use crate::config::Config;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use muster_domain::draw::{AnchorFile, Release};
use muster_store::chains::{self, state, tip};
use muster_store::entities::draw_chain;
use std::path::PathBuf;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub enum Chain {
    List(List),
    Add(Add),
    Retire(Retire),
    Confirm(Confirm),
    Refuse(Refuse),
    Release(ReleaseFile),
    Rotate(Rotate),
    Escrow(Escrow),
    RestoreTip(RestoreTip),
}

/// List chains: holder, dates, state
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster chain list --json")]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Ask for the chain of an independent holder
///
/// The file is what `muster holder init` printed. A second person confirms it; from then on nothing
/// is drawn without this holder's keys.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster chain add works-council.json --as hr --reason 'agreed with the works council'"
)]
pub struct Add {
    /// The holder's anchor, JSON
    file: PathBuf,
    #[command(flatten)]
    asked: Asked,
}

/// Ask for the end of a holder's chain
///
/// A second person confirms it; then no further date waits for this holder. Dates that waited for a
/// key that never came are not drawn, and the log says so.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster chain retire 3b0c7f1e-0000-4000-8000-000000000001 --as hr --reason 'the council lost its file'"
)]
pub struct Retire {
    /// The chain's id
    chain: Uuid,
    #[command(flatten)]
    asked: Asked,
}

/// Confirm as the second person what was asked for
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster chain confirm 3b0c7f1e-0000-4000-8000-000000000001 --as security"
)]
pub struct Confirm {
    /// The chain's id
    chain: Uuid,
    /// Who confirms; never who asked
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: String,
}

/// Refuse what was asked for
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster chain refuse 3b0c7f1e-0000-4000-8000-000000000001 --as security"
)]
pub struct Refuse {
    /// The chain's id
    chain: Uuid,
    /// Who refuses
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: String,
}

/// Take in a key that a holder handed over as a file
///
/// The key proves itself against the holder's anchor. Holders with a connection use
/// `muster holder serve` instead.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster chain release 2026-12-10.json")]
pub struct ReleaseFile {
    /// What `muster holder release` printed, JSON
    file: PathBuf,
}

/// Begin a new chain of the operator at once, for instance after a leak
///
/// Every boundary that is not committed yet uses the new one. Back the new tip up, and keep the old
/// one until the last of its dates is revealed.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster chain rotate --reason 'the key folder was on a stolen laptop'"
)]
pub struct Rotate {
    /// Why, in at least three words; the log keeps a commitment to it
    #[arg(long)]
    reason: String,
    /// Who rotates; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// Print a tip as an escrow sheet, to be kept on paper
///
/// Whoever reads the sheet can compute every draw of its dates that has no other lock. That it was
/// printed is in the log.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster chain escrow | lpr")]
pub struct Escrow {
    /// The chain's id; without it the one that draws now
    chain: Option<Uuid>,
}

/// Write a lost tip back from its escrow sheet
///
/// Type the sheet into a text file. A slip of the pen is named by its line.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster chain restore-tip sheet.txt")]
pub struct RestoreTip {
    /// The sheet, typed in
    sheet: PathBuf,
}

/// Who asks, and why.
#[derive(Debug, Args)]
pub struct Asked {
    /// Who asks
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: String,
    /// Why, in at least three words; the log keeps a commitment to it
    #[arg(long)]
    reason: String,
}

impl Chain {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        match self {
            Chain::List(list) => list.run(&context).await,
            Chain::Add(add) => add.run(&context).await,
            Chain::Retire(retire) => retire.run(&context).await,
            Chain::Confirm(confirm) => confirm.run(&context).await,
            Chain::Refuse(refuse) => refuse.run(&context).await,
            Chain::Release(release) => release.run(&context).await,
            Chain::Rotate(rotate) => rotate.run(&context).await,
            Chain::Escrow(escrow) => escrow.run(&context).await,
            Chain::RestoreTip(restore) => restore.run(&context).await,
        }
    }
}

impl List {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let rows = chains::all(context.store.read()).await?;
        if self.json {
            let lines = rows.iter().map(|c| {
                serde_json::json!({
                    "id": c.id, "holder": c.holder, "state": c.state, "tip": c.tip,
                    "first_date": c.first_date, "length_days": c.length, "k_0": c.anchor,
                })
            });
            print::json(&lines.collect::<Vec<_>>())?;
            return Ok(Ended::Done);
        }
        for row in &rows {
            let last = anchor_of(row)?.last_date();
            let dates = format!("{} to {last}", row.first_date);
            say!(
                "{:<9} {:<20} {dates}  {}{}",
                row.state,
                row.holder,
                row.id,
                where_is(context, row)
            );
        }
        Ok(Ended::Done)
    }
}

fn where_is(context: &Context, row: &draw_chain::Model) -> &'static str {
    match (row.tip.as_str(), row.state.as_str()) {
        (_, state::PENDING | state::RETIRING) => "  waits for a second person",
        (tip::HOLDER, _) => "",
        _ if context.store.keys().is_tip_a_credential(row.id) => "  (tip as credential)",
        _ => "  (tip in the key folder)",
    }
}

impl Add {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let text = read_text(&self.file)?;
        let file = AnchorFile::from_json(&text)
            .with_context(|| format!("{} is no anchor of a holder", self.file.display()))?;
        let actor = person(context, &self.asked.actor).await?;
        let row = holders::add(context, actor, &file, &self.asked.reason).await?;
        say!("The chain of {} waits for a second person:", row.holder);
        say!("  muster chain confirm {} --as EMPLOYEE_ID", row.id);
        Ok(Ended::Done)
    }
}

impl Retire {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let actor = person(context, &self.asked.actor).await?;
        let row = holders::retire(context, actor, self.chain, &self.asked.reason).await?;
        say!("The end of the chain of {} waits for a second person:", row.holder);
        say!("  muster chain confirm {} --as EMPLOYEE_ID", row.id);
        Ok(Ended::Done)
    }
}

impl Confirm {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let actor = person(context, &self.actor).await?;
        match holders::confirm(context, actor, self.chain).await? {
            Confirmed::Begun(row) => {
                say!("From the next date on nothing is drawn without a key of {}.", row.holder);
            }
            Confirmed::Ended { chain, dropped } => {
                say!("No further date waits for a key of {}.", chain.holder);
                if dropped > 0 {
                    say!(
                        "{dropped} boundaries that waited for one are not drawn; the log says so."
                    );
                }
            }
        }
        Ok(Ended::Done)
    }
}

impl Refuse {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let actor = person(context, &self.actor).await?;
        let row = holders::refuse(context, actor, self.chain).await?;
        say!("Refused; the chain of {} is {}.", row.holder, row.state);
        Ok(Ended::Done)
    }
}

impl ReleaseFile {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let text = read_text(&self.file)?;
        let release: Release = serde_json::from_str(&text).with_context(|| {
            format!("{} is no release; `muster holder release` prints one", self.file.display())
        })?;
        match holders::deliver(context, &release).await? {
            Delivered::Kept => say!("The key for {} is kept, sealed.", release.label),
            Delivered::Known => say!("The key for {} was here already.", release.label),
        }
        Ok(Ended::Done)
    }
}

impl Rotate {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let actor = maybe_person(context, self.actor.as_deref()).await?;
        let next = own::rotate(context, actor, &self.reason).await?;
        say!("Chain {} draws from the next boundary on, in every zone.", next.id);
        say!("Back its tip up: draw-tip-{}.key in the key folder.", next.id);
        Ok(Ended::Done)
    }
}

impl Escrow {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        print::text(&own::escrow_sheet(context, self.chain).await?);
        Ok(Ended::Done)
    }
}

impl RestoreTip {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let sheet = zeroize::Zeroizing::new(read_text(&self.sheet)?);
        match own::restore_tip(context, &sheet).await? {
            true => say!("The tip is back in its file. Destroy {}.", self.sheet.display()),
            false => say!("The tip was there already, and it is the right one."),
        }
        Ok(Ended::Done)
    }
}
