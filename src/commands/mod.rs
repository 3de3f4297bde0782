//! What an operator types. One file a command; each says what it would accept, exits with 0 (done),
//! 1 (not done, or something needs attention) or 2 (typed wrong), and decides nothing: acts do.

mod admin;
mod assess;
mod audit;
mod chain;
mod data;
#[cfg(feature = "demo")]
mod demo;
mod doctor;
mod draw;
mod holder;
mod holidays;
mod init;
mod links;
mod mail;
mod migrate;
mod mode;
mod observations;
mod person;
mod plan;
mod policy;
mod print;
mod roster;
mod serve;
mod sites;
mod token;

pub use audit::{audit_lines, verify as verify_bundle};
pub use doctor::{Check, State, checks};
pub use print::report;

use crate::acts::Context;
use crate::app;
use crate::config::Config;
use anyhow::Context as _;
use clap::{Parser, Subcommand};
use jiff::civil::Date;
use muster_domain::id::PersonId;
use std::path::{Path, PathBuf};

/// The file that is read where none is named, if it exists.
const CONFIG_FILE: &str = "muster.toml";

/// How a command that could be run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// Nothing broke, and something needs attention or was refused.
    Attention,
    /// A mail server should hand it over once more: something was out of order here.
    TryAgain,
}

/// Continuous workforce assurance by drawn video check-ins.
#[derive(Debug, Parser)]
#[command(
    name = "muster",
    version,
    after_help = "First start:\n  muster init --help\n  \
                  muster roster import people.csv\n  muster policy activate standard.toml\n  \
                  muster resume --reason 'the pilot begins'\n\nEvery command explains itself: muster policy --help"
)]
pub struct Cli {
    /// Configuration file [default: muster.toml, if it exists]
    #[arg(long, global = true, value_name = "FILE", env = "MUSTER_CONFIG")]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub command: Command,
}

/// Every command. A new one is a file and a line here and in [`Cli::run`].
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the service
    Serve(serve::Serve),
    /// Try everything out with a fictional company, on this machine alone
    #[cfg(feature = "demo")]
    Demo(demo::Demo),
    /// Set up a new installation: configuration, keys, database, first administrator
    Init(Box<init::Init>),
    /// Make or bring up to date: data folder, keys, schema, installation
    Migrate(migrate::Migrate),
    /// Import people, work places and absences; confirm roles
    #[command(subcommand)]
    Roster(roster::Roster),
    /// Calendars of public and company holidays
    #[command(subcommand)]
    Holidays(holidays::Holidays),
    /// What the draw says about one person's day
    #[command(subcommand)]
    Draw(draw::Draw),
    /// Check cadence policies and bring them into force
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Recompute draws: who was spared, singled out or steered
    #[command(subcommand)]
    Audit(audit::Audit),
    /// The first administrator, and a way in without mail
    #[command(subcommand)]
    Admin(admin::Admin),
    /// Hand out, keep back or destroy what is held about one person
    #[command(subcommand)]
    Person(person::Person),
    /// Judge recorded evidence, line by line, without an installation
    Assess(assess::Assess),
    /// Plan a day from two files, without an installation
    Plan(plan::Plan),
    /// Find people who belong together, from a file, without an installation
    Links(links::Links),
    /// Bring sign-ins of other systems in, for link groups
    #[command(subcommand)]
    Observations(observations::Observations),
    /// Named sites: offices, co-working rooms, the employer's egress
    #[command(subcommand)]
    Sites(sites::Sites),
    /// What a mail server hands to us: reports of mail that came back
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Tokens of programs that post observations
    #[command(subcommand)]
    Token(token::Token),
    /// Draw nobody until further notice
    Pause(mode::Pause),
    /// Draw people, for the first time or again
    Resume(mode::Resume),
    /// Holders of the draw's chains: the operator's tip, and independent holders
    #[command(subcommand)]
    Chain(chain::Chain),
    /// For an independent holder: make a chain, hand its keys over; needs no server
    #[command(subcommand)]
    Holder(holder::Holder),
    /// Data packs: what is known of internet addresses
    #[command(subcommand)]
    Data(data::Data),
    /// Say what is well and what needs attention
    Doctor(doctor::Doctor),
}

impl Cli {
    /// What the command runs on.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn runtime(&self) -> std::io::Result<tokio::runtime::Runtime> {
        #[cfg(feature = "demo")]
        if matches!(self.command, Command::Demo(_)) {
            return demo::runtime();
        }
        tokio::runtime::Runtime::new()
    }

    /// Loads the configuration and runs the command.
    ///
    /// # Errors
    /// What stopped it, in sentences for the operator.
    pub async fn run(self) -> anyhow::Result<Ended> {
        let file = self.config_file();
        let load = || Config::load(file.as_deref());
        match self.command {
            Command::Serve(command) => command.run(&load()?).await,
            #[cfg(feature = "demo")]
            Command::Demo(command) => command.run().await,
            Command::Init(command) => command.run(self.config).await,
            Command::Migrate(command) => command.run(&load()?).await,
            Command::Roster(command) => command.run(&load()?).await,
            Command::Holidays(command) => command.run(&load()?).await,
            Command::Draw(command) => command.run(&load()?).await,
            Command::Policy(command) => command.run(load).await,
            Command::Audit(command) => command.run(load).await,
            Command::Admin(command) => command.run(&load()?).await,
            Command::Person(command) => command.run(&load()?).await,
            Command::Assess(command) => command.run(file.as_deref(), load).await,
            Command::Plan(command) => command.run(),
            Command::Links(command) => command.run(file.as_deref()),
            Command::Observations(command) => command.run(&load()?).await,
            Command::Sites(command) => command.run(&load()?).await,
            Command::Mail(command) => command.run(&load()?).await,
            Command::Token(command) => command.run(&load()?).await,
            Command::Pause(command) => command.run(&load()?).await,
            Command::Resume(command) => command.run(&load()?).await,
            Command::Chain(command) => command.run(&load()?).await,
            Command::Holder(command) => command.run().await,
            Command::Data(command) => command.run(file.as_deref()).await,
            Command::Doctor(command) => command.run(load()).await,
        }
    }

    fn config_file(&self) -> Option<PathBuf> {
        let usual = || Path::new(CONFIG_FILE).exists().then(|| PathBuf::from(CONFIG_FILE));
        self.config.clone().or_else(usual)
    }
}

/// The store of the installation, with what acts need.
async fn open(config: &Config) -> anyhow::Result<Context> {
    app::context(config, app::open_store(config).await?)
}

/// The person behind `--as EMPLOYEE_ID`.
async fn person(context: &Context, employee_id: &str) -> anyhow::Result<PersonId> {
    let found = muster_store::people::by_employee_id(context.store.read(), employee_id).await?;
    let found = found.filter(|p| p.state == "active");
    let found = found
        .with_context(|| format!("nobody on the roster has the employee id `{employee_id}`"))?;
    Ok(PersonId(found.id))
}

async fn maybe_person(
    context: &Context,
    employee_id: Option<&str>,
) -> anyhow::Result<Option<PersonId>> {
    match employee_id {
        Some(id) => Ok(Some(person(context, id).await?)),
        None => Ok(None),
    }
}

/// A date on the command line.
fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "it must be a date such as 2026-12-02".to_owned())
}

/// A year on the command line.
fn year(text: &str) -> Result<i16, String> {
    let year = text.parse().ok().filter(|year| (1_000..=9_999).contains(year));
    year.ok_or_else(|| "it must be a year such as 2027".to_owned())
}

fn read_file(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    String::from_utf8(read_file(path)?)
        .with_context(|| format!("{} is not UTF-8 text", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_configuration_in_the_documentation_is_taken() {
        let text = include_str!("../../docs/operations.md");
        let (_, text) = text.split_once("```toml\n").unwrap();
        let (example, _) = text.split_once("```").unwrap();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("muster.toml");
        std::fs::write(&file, example).unwrap();
        let config = Config::load(Some(&file)).unwrap_or_else(|faults| panic!("{faults}"));
        assert!(config.smtp.is_some() && config.heartbeat.is_some() && config.server.is_https());
    }

    #[test]
    fn every_command_parses_and_every_leaf_shows_an_example() {
        fn leaves(command: &clap::Command, path: &str, found: &mut Vec<(String, bool)>) {
            let path = format!("{path} {}", command.get_name());
            if command.get_subcommands().next().is_none() {
                let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
                found.push((path.clone(), help.contains("muster ")));
            }
            command.get_subcommands().for_each(|c| leaves(c, &path, found));
        }
        Cli::command().debug_assert();
        let mut found = Vec::new();
        leaves(&Cli::command(), "", &mut found);
        let bare: Vec<_> = found.iter().filter(|(_, has)| !has).collect();
        assert!(found.len() >= 11 && bare.is_empty(), "without an example: {bare:?}");
    }

    /// Everything the guides write as code, with the guide it stands in.
    fn code_in_guides() -> Vec<(&'static str, &'static str)> {
        let guides = muster_messages::pages::help::GUIDES.iter();
        let pieces = |text: &'static str| text.split('`').skip(1).step_by(2);
        guides.flat_map(|g| pieces(g.source).map(|code| (g.slug, code))).collect()
    }

    #[test]
    fn every_command_in_the_guides_exists() {
        let mut found = 0;
        for (guide, code) in code_in_guides() {
            let Some(words) = code.strip_prefix("muster ") else { continue };
            let place = format!("{guide}: {code}");
            let mut command = Cli::command();
            for word in words.split_whitespace() {
                if let Some(option) = word.strip_prefix("--") {
                    let has = command.get_arguments().any(|a| a.get_long() == Some(option));
                    assert!(has, "{place}: no option {word}");
                } else if command.has_subcommands() {
                    let next = command.find_subcommand(word).cloned();
                    command = next.unwrap_or_else(|| panic!("{place}: no command {word}"));
                }
            }
            assert!(!command.has_subcommands(), "{place}: which of its commands?");
            found += 1;
        }
        assert!(found > 15, "only {found}");
    }

    #[test]
    fn every_configuration_key_in_the_guides_exists() {
        let is_word = |w: &str| w.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let says = |key: &str| {
            // A table is accepted by no key that the guides name: the answer tells whether it is known.
            let (section, name) = key.split_once('.').unwrap();
            let text = format!(
                "[organisation]\nname = \"A\"\nmail_from = \"a@a.example\"\ncontact = \"c\"\n[{section}]\n{name} = {{}}\n"
            );
            Config::load_text(&text).unwrap_err().to_string()
        };
        assert!(says("retention.nonsense").contains("nonsense"), "{}", says("retention.nonsense"));
        let is_unknown = |key: &str| says(key).contains("unknown field");
        assert!(is_unknown("retention.nonsense") && is_unknown("nonsense.exact_place"));
        let mut found = 0;
        for (guide, code) in code_in_guides() {
            let parts: Vec<&str> = code.split('.').collect();
            let is_key = parts.len() == 2 && parts.iter().all(|p| is_word(p));
            if !is_key || code == "muster.toml" {
                continue;
            }
            assert!(!is_unknown(code), "{guide}: {code}: {}", says(code));
            found += 1;
        }
        assert!(found >= 5, "only {found}");
    }
}
