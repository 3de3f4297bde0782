//! `muster holder`: the small command of an independent holder, a works council for instance. It
//! needs no configuration, no database and no access to the server: one file, and once a day a key.

use super::print::{self, say};
use super::serve::stop_on_signal;
use super::{Ended, read_text};
use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use muster_domain::draw::{ChainKey, Release, TipFile, escrow};
use muster_domain::time::{UtcMillis, start_of_day, zone};
use muster_integrations::http::Http;
use muster_ports::{Clock, Entropy, OsEntropy, SystemClock};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use url::Url;
use zeroize::Zeroizing;

/// Where a release is posted, below the service's address.
const RELEASES: &str = "api/holders/releases";
/// From one try to the next while the service does not take a key: at first, doubled each time, and at
/// most. A short restart costs seconds, a long outage few tries.
const TRY_AGAIN_FIRST: Duration = Duration::from_secs(1);
const TRY_AGAIN_MAX: Duration = Duration::from_secs(30);
/// How often `serve` looks whether a date has begun.
const LOOK: Duration = Duration::from_secs(5);
/// The zone in which every date begins first.
const FIRST_ZONE: &str = "Pacific/Kiritimati";

#[derive(Debug, Subcommand)]
pub enum Holder {
    Init(Init),
    Sheet(Sheet),
    Release(ReleaseKey),
    Serve(ServeKeys),
}

/// Make a chain of your own, and print the anchor to hand over
///
/// FILE holds the secret: keep it where the operator cannot read it, and print a sheet of it
/// (`muster holder sheet`). What is printed here is public; two persons add it to the service.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster holder init --name works-council --from 2027-01-01 --days 1460 --out council.tip > anchor.json"
)]
pub struct Init {
    /// Your name in the log: lower-case letters, digits, hyphens
    #[arg(long)]
    name: String,
    /// First date, YYYY-MM-DD
    #[arg(long, value_parser = super::date)]
    from: Date,
    /// How many dates, 1 to 3660
    #[arg(long)]
    days: u32,
    /// New file for the secret, readable by you alone
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Print the secret as an escrow sheet, to be kept on paper
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster holder sheet council.tip | lpr")]
pub struct Sheet {
    /// Your file
    file: PathBuf,
}

/// Print or send the key of a date that has begun
///
/// A key also opens all earlier dates and no later one. A date that has not begun anywhere is
/// refused: its key would let the operator look ahead.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster holder release council.tip --date 2027-01-13 > key.json\n  muster holder release council.tip --today --zone Europe/Berlin --url https://check-ins.acme.example"
)]
pub struct ReleaseKey {
    /// Your file
    file: PathBuf,
    /// The date, YYYY-MM-DD
    #[arg(long, value_parser = super::date, required_unless_present = "today", conflicts_with = "today")]
    date: Option<Date>,
    /// The date that has begun last in --zone
    #[arg(long)]
    today: bool,
    /// The easternmost zone of the people who are drawn
    #[arg(long, default_value = FIRST_ZONE)]
    zone: String,
    /// Send it to the service at this address instead of printing it
    #[arg(long)]
    url: Option<Url>,
}

/// Send the key of each date as it begins, until stopped
///
/// While the service cannot be reached or does not take the key, it is tried again after a second, at
/// last every half minute; nothing is drawn meanwhile.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster holder serve council.tip --zone Europe/Berlin --url https://check-ins.acme.example"
)]
pub struct ServeKeys {
    /// Your file
    file: PathBuf,
    /// The service's address
    #[arg(long)]
    url: Url,
    /// The easternmost zone of the people who are drawn
    #[arg(long, default_value = FIRST_ZONE)]
    zone: String,
}

impl Holder {
    pub(super) async fn run(self) -> anyhow::Result<Ended> {
        match self {
            Holder::Init(init) => init.run(),
            Holder::Sheet(sheet) => sheet.run(),
            Holder::Release(release) => release.run().await,
            Holder::Serve(serve) => serve.run().await,
        }
    }
}

impl Init {
    fn run(self) -> anyhow::Result<Ended> {
        let entropy: &dyn Entropy = &OsEntropy;
        let chain = uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid().to_string();
        let tip = ChainKey::from_bytes(entropy.bytes());
        let file = TipFile::begin(&self.name, &chain, self.from, self.days, tip)?;
        write_secret(&self.out, &Zeroizing::new(serde_json::to_string_pretty(&file)?))?;
        print::json(&file.public)?;
        eprintln!(
            "The secret is in {}; print a sheet of it: muster holder sheet",
            self.out.display()
        );
        eprintln!("Hand over what was printed above. It is public.");
        Ok(Ended::Done)
    }
}

impl Sheet {
    fn run(self) -> anyhow::Result<Ended> {
        let file = read(&self.file)?;
        print::text(&escrow::sheet(&file.public.holder, &file.public.anchor, &file.tip));
        Ok(Ended::Done)
    }
}

impl ReleaseKey {
    async fn run(self) -> anyhow::Result<Ended> {
        let file = read(&self.file)?;
        let now = SystemClock.now();
        let date = match self.date {
            Some(date) => date,
            None => now.date_in(&known_zone(&self.zone)?),
        };
        let release = file.release(date, now)?;
        let Some(url) = self.url else {
            print::json(&release)?;
            return Ok(Ended::Done);
        };
        let http = Http::new(Arc::new(SystemClock))?;
        say!("The key for {date} is with the service: {}.", send(&http, &url, &release).await?);
        Ok(Ended::Done)
    }
}

impl ServeKeys {
    async fn run(self) -> anyhow::Result<Ended> {
        let file = read(&self.file)?;
        let tz = known_zone(&self.zone)?;
        let http = Http::new(Arc::new(SystemClock))?;
        let stop = CancellationToken::new();
        stop_on_signal(stop.clone());
        let anchor = &file.public.anchor;
        say!(
            "Keys of {} from {} to {}.",
            file.public.holder,
            anchor.first_date,
            anchor.last_date()
        );
        let mut sent: Option<Date> = None;
        let mut try_again = TRY_AGAIN_FIRST;
        while !stop.is_cancelled() {
            let now = SystemClock.now();
            let today = now.date_in(&tz);
            if today > anchor.last_date() {
                bail!(
                    "the chain ended with {}: make the next one with `muster holder init`",
                    anchor.last_date()
                );
            }
            let pause = match sent == Some(today) || today < anchor.first_date {
                true => LOOK.min(until_next(today, &tz, now)),
                false => match send(&http, &self.url, &file.release(today, now)?).await {
                    Ok(result) => {
                        say!("{today}: {result}");
                        sent = Some(today);
                        try_again = TRY_AGAIN_FIRST;
                        LOOK
                    }
                    Err(error) => {
                        eprintln!("{today}: not taken, trying again: {error:#}");
                        let pause = try_again;
                        try_again = (try_again * 2).min(TRY_AGAIN_MAX);
                        pause
                    }
                },
            };
            tokio::select! { () = tokio::time::sleep(pause) => {}, () = stop.cancelled() => {} }
        }
        Ok(Ended::Done)
    }
}

/// Time until the next date begins, so that its key is not a moment late.
fn until_next(today: Date, tz: &TimeZone, now: UtcMillis) -> Duration {
    let next = today.tomorrow().map_or(now, |tomorrow| start_of_day(tomorrow, tz));
    Duration::from_millis(next.since(now).max(1) as u64)
}

/// Posts a release. Answers `kept` or `known`.
async fn send(http: &Http, url: &Url, release: &Release) -> anyhow::Result<String> {
    let mut address = url.clone();
    let path = format!("{}/{RELEASES}", address.path().trim_end_matches('/'));
    address.set_path(&path);
    let request = http.post_json(address, serde_json::to_string(release)?)?;
    let answer = http.exchange(request).await?;
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    if !answer.status.is_success() {
        let why = body["title"].as_str().unwrap_or("no reason was given");
        bail!("the service answered {}: {why}", answer.status.as_u16());
    }
    Ok(body["result"].as_str().unwrap_or("taken").to_owned())
}

fn known_zone(name: &str) -> anyhow::Result<TimeZone> {
    zone(name).with_context(|| format!("`{name}` is no zone; it must be one such as Europe/Berlin"))
}

fn read(path: &Path) -> anyhow::Result<TipFile> {
    let text = Zeroizing::new(read_text(path)?);
    TipFile::from_json(&text).with_context(|| format!("{} is no holder's file", path.display()))
}

/// Writes a file only its owner can read, never over an existing one.
fn write_secret(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.with_context(|| format!("cannot write {} as a new file", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use muster_testkit::http::{HttpAnswer, ScriptedHttp};

    fn init(dir: &Path) -> anyhow::Result<PathBuf> {
        let out = dir.join("council.tip");
        let from = "2026-01-01".parse().unwrap();
        Init { name: "works-council".into(), from, days: 3_000, out: out.clone() }.run()?;
        Ok(out)
    }

    #[test]
    fn a_holder_makes_one_file_that_nobody_else_reads_and_never_overwrites_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = init(dir.path()).unwrap();
        let before = std::fs::read(&path).unwrap();
        assert!(init(dir.path()).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), before);
        let file = read(&path).unwrap();
        assert_eq!(file.public.holder, "works-council");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn a_holders_sheet_brings_the_tip_back() {
        let dir = tempfile::tempdir().unwrap();
        let file = read(&init(dir.path()).unwrap()).unwrap();
        let sheet = escrow::sheet(&file.public.holder, &file.public.anchor, &file.tip);
        let read = escrow::read(&sheet).unwrap();
        assert_eq!((read.chain, read.tip), (file.public.anchor.chain.clone(), file.tip));
    }

    #[tokio::test]
    async fn a_release_is_posted_and_a_refusal_is_told_in_the_services_words() {
        let dir = tempfile::tempdir().unwrap();
        let file = read(&init(dir.path()).unwrap()).unwrap();
        let server = ScriptedHttp::start().await.unwrap();
        let http = Http::new(Arc::new(SystemClock)).unwrap();
        let release = file.release("2026-02-01".parse().unwrap(), SystemClock.now()).unwrap();
        let url: Url = server.url("/muster/").parse().unwrap();
        server.answer_next(HttpAnswer::json(200, r#"{"result":"kept"}"#));
        assert_eq!(send(&http, &url, &release).await.unwrap(), "kept");
        server.answer_next(HttpAnswer::json(409, r#"{"title":"There is no such chain."}"#));
        let refused = send(&http, &url, &release).await.unwrap_err().to_string();
        assert!(refused.contains("409: There is no such chain."), "{refused}");
        let asked = server.asked();
        assert_eq!(asked[0].target, "/muster/api/holders/releases");
        assert_eq!(serde_json::from_str::<Release>(&asked[0].body).unwrap(), release);
    }
}
