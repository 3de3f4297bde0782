//! Configuration: defaults, then `muster.toml`, then `MUSTER__SECTION__KEY` from the environment.
//!
//! Every fault is reported at once, with its dotted key and what would be accepted. One file a
//! section; the sections of providers live with the providers.

mod calendar;
mod challenges;
mod faults;
mod organisation;
mod packs;
mod programme;
mod retention;
mod room;
mod schedule;
mod server;
mod stun;

pub use calendar::Calendar;
pub use challenges::Challenges;
pub use faults::{Fault, Faults};
pub use organisation::Organisation;
pub use packs::{ListSection, Packs, PacksAlone, SiteSection};
pub use programme::Programme;
pub use room::{IceServer, Room};
pub use schedule::Schedule;
pub use server::{Database, Log, LogFormat, Server};
pub use stun::Stun;

use muster_domain::retention::RetentionDays;
use muster_integrations::drand::BeaconConfig;
use muster_integrations::heartbeat::HeartbeatConfig;
use muster_integrations::smtp::SmtpConfig;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Everything an operator can set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub server: Server,
    #[serde(default)]
    pub database: Database,
    pub organisation: Organisation,
    pub smtp: Option<SmtpConfig>,
    pub heartbeat: Option<HeartbeatConfig>,
    #[serde(default)]
    pub programme: Programme,
    #[serde(default)]
    pub beacon: BeaconConfig,
    #[serde(default)]
    pub calendar: Calendar,
    #[serde(default)]
    pub packs: Packs,
    /// Cards of the organisation's own.
    #[serde(default)]
    pub challenges: Challenges,
    #[serde(default)]
    pub room: Room,
    /// Without it nobody is asked over a second way.
    pub stun: Option<Stun>,
    #[serde(default)]
    pub schedule: Schedule,
    /// How long each class of data is kept.
    #[serde(default)]
    pub retention: RetentionDays,
    #[serde(default)]
    pub log: Log,
}

impl Config {
    /// Reads the file (if there is one) and the environment, and checks all of it.
    pub fn load(file: Option<&Path>) -> Result<Config, Faults> {
        Config::read(file, environment())
    }

    /// The same for a file that is not written yet.
    pub fn load_text(text: &str) -> Result<Config, Faults> {
        let text = config::File::from_str(text, config::FileFormat::Toml);
        let builder = config::Config::builder().add_source(text);
        Config::checked(built(builder, environment())?)
    }

    fn read(file: Option<&Path>, environment: config::Environment) -> Result<Config, Faults> {
        Config::checked(raw(file, environment)?)
    }

    fn checked(raw: config::Config) -> Result<Config, Faults> {
        let config: Config = raw.try_deserialize().map_err(|e| Faults::of_config(&e))?;
        let faults = config.faults();
        if faults.is_empty() { Ok(config) } else { Err(Faults(faults)) }
    }

    /// What is wrong with values that are each of the right type.
    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.server.check(&mut faults);
        self.database.check(&mut faults);
        self.organisation.check(&mut faults);
        self.programme.check(&mut faults);
        self.packs.check(&mut faults);
        self.challenges.check(&mut faults);
        self.room.check(&mut faults);
        self.schedule.check(&mut faults);
        self.stun.iter().for_each(|stun| stun.check(&mut faults));
        retention::check(&self.retention, &mut faults);
        let smtp = self.smtp.iter().flat_map(|s| s.validate("smtp"));
        let heartbeat = self.heartbeat.iter().flat_map(|h| h.validate("heartbeat"));
        let beacon = self.beacon.validate("beacon");
        let busy = self.calendar.free_busy.iter();
        let busy = busy.flat_map(|b| b.validate("calendar.free_busy"));
        faults.extend(
            smtp.chain(heartbeat)
                .chain(busy)
                .chain(beacon)
                .map(|(key, accepted)| Fault::new(&key, "cannot be taken", &accepted)),
        );
        faults
    }

    /// The folder of the database, keys and lock.
    pub fn data_dir(&self) -> &Path {
        &self.server.data_dir
    }

    /// The folder of key files.
    pub fn keys_dir(&self) -> PathBuf {
        self.server.data_dir.join("keys")
    }

    /// The folder of data packs.
    pub fn packs_dir(&self) -> PathBuf {
        self.packs.folder(&self.server)
    }

    /// The database's address.
    pub fn database_url(&self) -> String {
        self.database.url.clone().unwrap_or_else(|| {
            format!("sqlite://{}", self.server.data_dir.join("muster.db").display())
        })
    }
}

fn environment() -> config::Environment {
    config::Environment::with_prefix("MUSTER")
        .prefix_separator("__")
        .separator("__")
        .try_parsing(true)
}

/// Everything as it was written, the environment over the file.
fn raw(file: Option<&Path>, environment: config::Environment) -> Result<config::Config, Faults> {
    let mut builder = config::Config::builder();
    if let Some(file) = file {
        if !file.exists() {
            return Err(Faults::one(
                "--config",
                &format!("{} does not exist", file.display()),
                "the path of a muster.toml; docs/operations.md shows one",
            ));
        }
        builder = builder
            .add_source(config::File::from(file).format(config::FileFormat::Toml).required(true));
    }
    built(builder, environment)
}

type Builder = config::ConfigBuilder<config::builder::DefaultState>;

fn built(builder: Builder, environment: config::Environment) -> Result<config::Config, Faults> {
    builder
        .add_source(environment)
        .build()
        .map_err(|e| Faults::one(&where_of(&e), &e.to_string(), "TOML as in docs/operations.md"))
}

fn where_of(error: &config::ConfigError) -> String {
    match error {
        config::ConfigError::At { key: Some(key), .. } => key.clone(),
        config::ConfigError::Type { key: Some(key), .. } => key.clone(),
        _ => "muster.toml".to_owned(),
    }
}

#[cfg(test)]
mod tests;
