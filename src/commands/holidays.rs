//! `muster holidays`: the calendars that ship with the program, and those of the operator's own.

use super::print::{self, say};
use super::{Ended, maybe_person, open, read_file};
use crate::acts::ActError;
use crate::acts::holidays::{self as acts, Imported};
use crate::config::Config;
use anyhow::bail;
use clap::{Args, Subcommand};
use muster_store::holidays;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Holidays {
    Import(Import),
    Show(Show),
    List(List),
}

/// Import a calendar of your own from an iCalendar or CSV file
///
/// CSV has the columns `date,name` with dates as 2026-12-24. Of iCalendar, all-day events are taken;
/// yearly ones through 2030. The calendar counts from the next date on; people have it when its code
/// stands in the column `holidays` of the roster.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster holidays import company.csv --code ACME --with DE-BE --dry-run\n  \
                  muster holidays import works-agreement.ics --code ACME-BERLIN --with DE-BE"
)]
pub struct Import {
    /// Calendar, .ics or .csv
    file: PathBuf,
    /// Code of the calendar: 1 to 32 letters, digits and hyphens
    #[arg(long, value_name = "CODE")]
    code: String,
    /// A calendar whose days come along, e.g. the public holidays of a place
    #[arg(long, value_name = "CODE")]
    with: Option<String>,
    /// Say what would change and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Who imports; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print the days of a calendar
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster holidays show DE-BE --year 2027")]
pub struct Show {
    /// Code of the calendar
    code: String,
    /// One year only
    #[arg(long, value_parser = super::year)]
    year: Option<i16>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Print the codes of all calendars
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster holidays list --json")]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(serde::Serialize)]
struct DayLine {
    date: String,
    name: String,
}

impl Holidays {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        match self {
            Holidays::Import(import) => import.run(config).await,
            Holidays::Show(show) => show.run(config).await,
            Holidays::List(list) => list.run(config).await,
        }
    }
}

impl Import {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let bytes = read_file(&self.file)?;
        let context = open(config).await?;
        let actor = maybe_person(&context, self.actor.as_deref()).await?;
        let (code, base) = (self.code.as_str(), self.with.as_deref());
        let import = acts::Import { code, base, bytes: &bytes, dry_run: self.dry_run };
        let imported = match acts::import(&context, actor, &import).await {
            Ok(imported) => imported,
            Err(ActError::Invalid(faults)) => {
                let sentences: Vec<String> = faults.into_iter().map(|(_, says)| says).collect();
                bail!("nothing was imported:\n  {}", sentences.join("\n  "));
            }
            Err(error) => return Err(error.into()),
        };
        match self.json {
            true => print::json(&imported)?,
            false => tell(&imported),
        }
        Ok(Ended::Done)
    }
}

fn tell(imported: &Imported) {
    for line in &imported.removed {
        say!("- {line}");
    }
    for line in &imported.added {
        say!("+ {line}");
    }
    say!(
        "{}: {} day(s) in the file; {} person(s) on the roster have this calendar.",
        imported.code,
        imported.days,
        imported.people
    );
    match imported.applied {
        true => say!("It counts for every date that has not begun yet where its people are."),
        false => say!("A dry run: nothing was changed."),
    }
}

impl Show {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let all = holidays::all(context.store.read()).await?;
        let Some(calendar) = all.get(&self.code) else {
            let unknown = anyhow::Error::from(all.unknown(&self.code));
            bail!("{unknown} (`muster holidays list` prints all codes)");
        };
        let of_year =
            calendar.days().filter(|(d, _)| self.year.is_none_or(|year| d.year() == year));
        let days: Vec<DayLine> = of_year
            .map(|(date, name)| DayLine { date: date.to_string(), name: name.to_owned() })
            .collect();
        if self.json {
            print::json(&days)?;
            return Ok(Ended::Done);
        }
        for day in &days {
            say!("{}  {}", day.date, day.name);
        }
        if days.is_empty() {
            let until = all.speaks_until(&self.code);
            let until = until.map_or_else(|| "nothing".to_owned(), |date| date.to_string());
            say!("No holiday. {} speaks about dates up to {until}.", self.code);
        }
        Ok(Ended::Done)
    }
}

impl List {
    async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        let all = holidays::all(context.store.read()).await?;
        let codes: Vec<&str> = all.codes().collect();
        match self.json {
            true => print::json(&codes)?,
            false => codes.iter().for_each(|code| say!("{code}")),
        }
        Ok(Ended::Done)
    }
}
