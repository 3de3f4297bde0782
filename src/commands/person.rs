//! `muster person`: hand out, keep back or destroy what is held about one person.

use super::print::say;
use super::{Ended, maybe_person, open, print};
use crate::acts::Context;
use crate::acts::personal_data::{self, Erasing, PersonalData};
use crate::config::Config;
use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::civil::Date;
use muster_domain::id::PersonId;
use muster_messages::Renderer;
use muster_messages::pages::my_data::PersonalDataFile;
use muster_store::entities::person;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Person {
    Export(Export),
    Hold(Hold),
    Release(Release),
    Erase(Erase),
}

/// Write everything that is held about somebody: JSON for a program, a page for people
///
/// Also for somebody who has left. Look through it before you hand it over. Employees have the same
/// under "My data", but for what an open case hangs on.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster person export E1042 --out folder\n  muster person export E1042 --json | jq .classes[0]"
)]
pub struct Export {
    employee_id: String,
    /// Folder for personal-data.json and personal-data.html; made if it is not there
    #[arg(long, value_name = "DIR", required_unless_present = "json")]
    out: Option<PathBuf>,
    /// Print the JSON instead
    #[arg(long, conflicts_with = "out")]
    json: bool,
    /// Who looks; without it the operator of this machine. The log keeps it
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// Delete nothing about somebody until further notice
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster person hold E1042 --review 2027-03-01 --reason 'the court of our seat asked for it'"
)]
pub struct Hold {
    employee_id: String,
    /// The day on which somebody looks whether it is still needed; within a year
    #[arg(long, value_name = "DATE", value_parser = super::date)]
    review: Date,
    /// Why, in at least three words
    #[arg(long)]
    reason: String,
    /// Who places it; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// Let a hold go: what has passed its date is deleted in the next night
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster person release E1042 --reason 'the case at court has ended'"
)]
pub struct Release {
    employee_id: String,
    /// Why, in at least three words
    #[arg(long)]
    reason: String,
    /// Who releases it; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// Destroy everything that is held about somebody who has left
///
/// Says first what would go; with --for-good it goes, and nobody can bring it back from this
/// database. Backups made before still hold it until you delete them or the epoch keys they need.
/// The log keeps its entries, which name nobody.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster person erase E1042 --reason 'asked for it by letter' --for-good"
)]
pub struct Erase {
    employee_id: String,
    /// Why, in at least three words
    #[arg(long)]
    reason: String,
    /// Do it
    #[arg(long)]
    for_good: bool,
    /// Who erases; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

impl Person {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        match self {
            Person::Export(command) => command.run(&context).await,
            Person::Hold(command) => command.run(&context).await,
            Person::Release(command) => command.run(&context).await,
            Person::Erase(command) => command.run(&context).await,
        }
    }
}

impl Export {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let row = anybody(context, &self.employee_id).await?;
        let actor = maybe_person(context, self.actor.as_deref()).await?;
        let data = personal_data::hand_out(context, actor, &row).await?;
        let Some(folder) = &self.out else {
            print::json(&data)?;
            return Ok(Ended::Done);
        };
        std::fs::create_dir_all(folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        let keep = |name: &str, content: String| {
            let path = folder.join(name);
            std::fs::write(&path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
            anyhow::Ok(path)
        };
        let json = keep("personal-data.json", serde_json::to_string_pretty(&data)? + "\n")?;
        let page = keep("personal-data.html", readable(&data)?)?;
        let rows: usize = data.classes.iter().map(|class| class.rows.len()).sum();
        say!("{rows} records about {}:\n  {}\n  {}", data.name, page.display(), json.display());
        Ok(Ended::Done)
    }
}

/// The export as a page that needs no service.
pub(crate) fn readable(data: &PersonalData) -> anyhow::Result<String> {
    let value = serde_json::to_value(data)?;
    Ok(Renderer::new()?.page(&PersonalDataFile::of(&value))?)
}

impl Hold {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let row = anybody(context, &self.employee_id).await?;
        let actor = maybe_person(context, self.actor.as_deref()).await?;
        let id = PersonId(row.id);
        personal_data::place(context, actor, id, &self.reason, self.review).await?;
        say!("Nothing about {} is deleted. To be looked at on {}.", row.name, self.review);
        Ok(Ended::Done)
    }
}

impl Release {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let row = anybody(context, &self.employee_id).await?;
        let actor = maybe_person(context, self.actor.as_deref()).await?;
        personal_data::release(context, actor, PersonId(row.id), &self.reason).await?;
        say!("Released. What has passed its date goes in the next night.");
        Ok(Ended::Done)
    }
}

impl Erase {
    async fn run(self, context: &Context) -> anyhow::Result<Ended> {
        let row = anybody(context, &self.employee_id).await?;
        let actor = maybe_person(context, self.actor.as_deref()).await?;
        let erasing = if self.for_good { Erasing::Done } else { Erasing::Tried };
        let id = PersonId(row.id);
        let rows = personal_data::erase(context, actor, id, &self.reason, erasing).await?;
        match erasing {
            Erasing::Tried => {
                say!("{rows} records about {} would go, and the key to them.", row.name);
                say!("Nothing is changed. To erase them: the same with --for-good.");
                Ok(Ended::Attention)
            }
            Erasing::Done => {
                say!("Erased: {rows} records and the key to them.");
                Ok(Ended::Done)
            }
        }
    }
}

/// Somebody with this employee id, also one who has left.
async fn anybody(context: &Context, employee_id: &str) -> anyhow::Result<person::Model> {
    let found = muster_store::people::by_employee_id(context.store.read(), employee_id).await?;
    found.with_context(|| format!("nobody has or had the employee id `{employee_id}`"))
}
