//! `muster init`: from nothing to an installation in shadow. Writes a commented configuration, makes
//! folder, keys, schema and installation, the first administrator and the escrow sheet of the draw,
//! then looks whether the machine is fit.

use super::print::say;
use super::{Check, Ended, State, checks, doctor};
use crate::acts::admin::{self, Created};
use crate::acts::{chains, setup};
use crate::app;
use crate::config::Config;
use anyhow::{Context as _, bail, ensure};
use clap::Args;
use muster_store::installation::mode;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The configuration with holes: `@name@`.
const TEMPLATE: &str = include_str!("muster.toml");

/// Set up a new installation: configuration, keys, database, first administrator
///
/// Writes a commented muster.toml, makes everything it names, and checks the machine. The new
/// installation is in shadow: it draws and plans, and tells nobody. Nothing that is there is
/// overwritten.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster init --organisation 'Acme Instruments' --mail-from check-ins@acme.example \\\n    \
                  --contact 'the People team, extension 100' --admin ade@acme.example --name 'Ade Fasholarin' \\\n    \
                  --public-url https://check-ins.acme.example --smtp-host smtp.acme.example\n  \
                  MUSTER__SMTP__PASSWORD=... muster init ... --smtp-user muster"
)]
pub struct Init {
    /// Name of the organisation, as people know it
    #[arg(long)]
    organisation: String,
    /// Sender of all mail; must be able to receive replies
    #[arg(long, value_name = "ADDRESS")]
    mail_from: String,
    /// Whom people can ask, as it stands at the end of every mail
    #[arg(long, value_name = "TEXT")]
    contact: String,
    /// E-mail address of the first administrator
    #[arg(long, value_name = "ADDRESS")]
    admin: String,
    /// Name of the first administrator
    #[arg(long)]
    name: String,
    /// What people will type: https, or http for localhost
    #[arg(long, value_name = "URL", default_value = "http://localhost:8080")]
    public_url: String,
    /// Where the service listens
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8080")]
    listen: String,
    /// Folder of database, keys and lock
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// PostgreSQL, where it is not SQLite: postgres://user@host/database
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Mail server; can be added later, and is needed before the service runs
    #[arg(long, value_name = "HOST")]
    smtp_host: Option<String>,
    /// Its port, where it is not the usual one
    #[arg(long, value_name = "PORT", requires = "smtp_host")]
    smtp_port: Option<u16>,
    /// starttls (587), tls (465) or none (25)
    #[arg(long, default_value = "starttls", value_parser = ["starttls", "tls", "none"])]
    smtp_security: String,
    /// Whom to sign in as; the password is read from MUSTER__SMTP__PASSWORD
    #[arg(long, value_name = "NAME", requires = "smtp_host")]
    smtp_user: Option<String>,
    /// File for the escrow sheet of the draw: print it, lock it away, delete it
    #[arg(long, value_name = "FILE", default_value = "escrow-sheet.txt")]
    escrow: PathBuf,
}

impl Init {
    pub(super) async fn run(self, file: Option<PathBuf>) -> anyhow::Result<Ended> {
        let file = file.unwrap_or_else(|| PathBuf::from(super::CONFIG_FILE));
        for there in [&file, &self.escrow] {
            ensure!(
                !there.exists(),
                "{} is there already, and nothing is overwritten. {}",
                there.display(),
                "To bring an installation up to date: muster migrate"
            );
        }
        // Read before it is written: what cannot be taken leaves nothing behind.
        let text = self.configuration();
        let config = Config::load_text(&text)?;
        let found = app::look(&config).await?;
        ensure!(
            !found.installation && !found.keys,
            "{} holds an installation or keys already. Name another folder with --data, or keep the \
             installation and run muster migrate.",
            config.data_dir().display()
        );
        write_new(&file, text.as_bytes())?;
        say!("Configuration   {}", file.display());
        let made = self.make(&config).await;
        if made.is_err() && !app::look(&config).await.is_ok_and(|found| found.installation) {
            // So that the same command can be run again.
            let _ = std::fs::remove_file(&file);
        }
        made?;
        say!("\nIs the machine fit?");
        let found = checks(&config).await;
        found.iter().filter(|check| concerns_the_machine(check)).for_each(doctor::tell);
        say!(
            "\nNext: muster roster import, muster policy activate, muster serve. docs/operations.md"
        );
        let is_fit = found.iter().filter(|c| concerns_the_machine(c)).all(|c| c.state == State::Ok);
        Ok(if is_fit { Ended::Done } else { Ended::Attention })
    }

    /// Folder, keys, schema, installation, escrow sheet, administrator.
    async fn make(&self, config: &Config) -> anyhow::Result<()> {
        app::make_folder(config)?;
        let _lock = app::lock_folder(config)?;
        let store = app::create_store(config).await?;
        let context = app::context(config, store)?;
        let name = &config.organisation.name;
        setup::create_installation(&context, name, mode::SHADOW, false).await?;
        say!("Installation    {name}, in shadow: it tells nobody anything");
        say!("Keys            {}", config.keys_dir().display());
        let sheet = chains::escrow_sheet(&context, None).await?;
        write_new(&self.escrow, sheet.as_bytes())?;
        say!("Escrow sheet    {}", self.escrow.display());
        match admin::create(&context, &self.admin, &self.name).await? {
            Created::Code { code, .. } => {
                say!("Administrator   {}. To sign in once, within 24 hours:", self.admin);
                say!("\n  {}/sign-in\n  {code}\n", context.settings.public_url);
            }
            Created::Pending { .. } => bail!("there is an administrator already"),
        }
        say!("Now, before anything else:");
        say!(
            "  - back {} up, apart from the database: without it nothing",
            config.keys_dir().display()
        );
        say!("    sealed can be read again, and with it the draw can be foretold.");
        say!("  - print {}, lock it away, delete the file.", self.escrow.display());
        Ok(())
    }

    fn configuration(&self) -> String {
        let holes = [
            ("organisation_plain", self.organisation.replace(['\n', '\r'], " ")),
            ("organisation", quoted(&self.organisation)),
            ("mail_from", quoted(&self.mail_from)),
            ("contact", quoted(&self.contact)),
            ("listen", quoted(&self.listen)),
            ("public_url", quoted(&self.public_url)),
            ("trusted_proxies", self.trusted_proxies().to_owned()),
            ("data_dir", quoted(&self.data.display().to_string())),
            ("database", self.database_section()),
            ("smtp", self.smtp_section()),
        ];
        // One pass over the template: what somebody typed is never taken for a hole.
        let mut text = String::new();
        let mut rest = TEMPLATE;
        while let Some((before, after)) = rest.split_once('@') {
            let hole = after.split_once('@').and_then(|(name, after)| {
                holes.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, after))
            });
            text.push_str(before);
            rest = match hole {
                Some((value, after)) => {
                    text.push_str(value);
                    after
                }
                None => {
                    text.push('@');
                    after
                }
            };
        }
        text + rest
    }

    /// A proxy on this machine is what https on a loopback address means.
    fn trusted_proxies(&self) -> &'static str {
        if self.public_url.starts_with("https://") { "[\"127.0.0.1\"]" } else { "[]" }
    }

    fn database_section(&self) -> String {
        match &self.database {
            Some(url) => format!("url = {}", quoted(url)),
            None => "# url = \"postgres://muster@db.example/muster\"".to_owned(),
        }
    }

    fn smtp_section(&self) -> String {
        let Some(host) = &self.smtp_host else {
            return "# Needed before the service can run.\n# [smtp]\n# host = \"smtp.example\"\n\
                    # security = \"starttls\"                      # \"starttls\" (587), \"tls\" (465), \"none\" (25)\n\
                    # sign_in = \"password\"                       # \"none\", \"password\" or \"oauth\"\n\
                    # user = \"muster\"                            # the password: MUSTER__SMTP__PASSWORD"
                .to_owned();
        };
        let mut section = format!(
            "[smtp]\nhost = {}\nsecurity = {}\n",
            quoted(host),
            quoted(&self.smtp_security)
        );
        if let Some(port) = self.smtp_port {
            section += &format!("port = {port}\n");
        }
        match &self.smtp_user {
            Some(user) => {
                let user = quoted(user);
                section += &format!(
                    "sign_in = \"password\"\nuser = {user}\n# The password comes from MUSTER__SMTP__PASSWORD."
                );
            }
            None => section += "sign_in = \"none\"",
        }
        section
    }
}

/// Checks of the machine and what it talks to; the rest speaks of a programme that runs.
fn concerns_the_machine(check: &Check) -> bool {
    const MACHINE: [&str; 8] =
        ["configuration", "keys", "disk", "mail", "dns", "database", "clock", "public-url"];
    MACHINE.contains(&check.name)
}

/// A string as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Writes a file that must not be there, for this user alone.
fn write_new(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        init: Init,
    }

    fn typed(more: &[&str]) -> Init {
        let usual = [
            "muster",
            "--organisation",
            "Acme \"quoted\" @data_dir@",
            "--mail-from",
            "check-ins@acme.example",
            "--contact",
            "ext. 100",
            "--admin",
            "ade@acme.example",
            "--name",
            "Ade Example",
        ];
        Line::parse_from(usual.iter().chain(more)).init
    }

    #[test]
    fn what_is_typed_stands_in_the_file_as_typed() {
        let init = typed(&[
            "--smtp-host",
            "smtp.acme.example",
            "--smtp-port",
            "2525",
            "--smtp-security",
            "none",
        ]);
        let text = init.configuration();
        let read: toml::Table = text.parse().unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(read["organisation"]["name"].as_str(), Some("Acme \"quoted\" @data_dir@"));
        assert_eq!(read["smtp"]["port"].as_integer(), Some(2525));
        assert_eq!(read["server"]["data_dir"].as_str(), Some("data"));
        assert!(!text.contains("@mail_from@"));
    }

    #[test]
    fn without_a_mail_server_the_section_waits_in_comments() {
        let text = typed(&[]).configuration();
        let read: toml::Table = text.parse().unwrap();
        assert!(!read.contains_key("smtp") && text.contains("# [smtp]"), "{text}");
        assert!(read["server"]["trusted_proxies"].as_array().unwrap().is_empty());
    }
}
