//! `muster policy preview`: the year a draft would bring, with the real roster, as sentences, JSON or a
//! report to take along. Progress goes to standard error.

use crate::acts::policy::Draft;
use crate::acts::policy::preview::{self, Previewed};
use crate::acts::{ActError, Context};
use crate::commands::print::{self, say};
use crate::commands::{Ended, open, read_text};
use crate::config::Config;
use anyhow::Context as _;
use clap::Args;
use muster_messages::Renderer;
use muster_messages::pages::preview::{ChartFile, PreviewBody, PreviewReportFile, PreviewTold};
use muster_store::people;
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

/// See the year a draft policy would bring, with the real roster
///
/// Draws a possible year over everybody the draft matches, with their zones, hours, holidays, absences
/// and the verifiers, by the rules of the real draw and a key made for the preview: it tells nothing
/// about who will be drawn. Busy calendars of the future are not known and not looked at. Writes
/// nothing but the report. Exit status 1: the draft is refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster policy preview standard.toml --weeks 52\n  muster policy preview standard.toml --seed 7 --report ./preview"
)]
pub struct PreviewCommand {
    /// Policy, TOML
    file: PathBuf,
    /// Length, 1 to 104
    #[arg(long, default_value_t = preview::WEEKS)]
    weeks: u32,
    /// Another number is another year that might come
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write a page, its pictures (SVG) and JSON into this folder
    #[arg(long, value_name = "DIR")]
    report: Option<PathBuf>,
}

impl PreviewCommand {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let text = read_text(&self.file)?;
        let context = open(config).await?;
        let prepared =
            preview::prepare(&context, &text, self.weeks, self.seed, jiff::tz::TimeZone::UTC).await;
        let prepared = match prepared {
            Err(ActError::Invalid(faults)) => {
                let sentences: Vec<&String> = faults.iter().map(|(_, s)| s).collect();
                if self.json {
                    print::json(&serde_json::json!({ "faults": sentences }))?;
                } else {
                    say!("{}: {} fault(s)", self.file.display(), faults.len());
                    sentences.iter().for_each(|s| say!("  {s}"));
                }
                return Ok(Ended::Attention);
            }
            prepared => prepared?,
        };
        let mut progress = Progress::new();
        let previewed = prepared.run(|done| progress.tell(done))?;
        progress.end();
        let draft = &prepared.draft;
        let document = serde_json::json!({ "lint": draft.lint, "preview": previewed });
        if let Some(folder) = &self.report {
            write_report(&context, folder, draft, &previewed, &text, &document).await?;
        }
        if self.json {
            print::json(&document)?;
        } else {
            tell(&body(&context, draft, &previewed, true).await?);
            if let Some(folder) = &self.report {
                say!("Report: {}", folder.join("preview.html").display());
            }
        }
        Ok(Ended::Done)
    }
}

async fn body(
    context: &Context,
    draft: &Draft,
    previewed: &Previewed,
    is_file: bool,
) -> anyhow::Result<PreviewBody> {
    let everybody = people::active(context.store.read()).await?;
    let names: BTreeMap<String, String> =
        everybody.into_iter().map(|p| (p.employee_id, p.name)).collect();
    Ok(PreviewBody::of(&PreviewTold {
        lint: &draft.lint,
        report: &previewed.report,
        differences: &previewed.differences,
        changes: &previewed.changes,
        overlaps: &previewed.overlaps,
        names: &names,
        is_file,
    }))
}

fn tell(body: &PreviewBody) {
    say!("{}: {}", body.policy, body.basis);
    body.sentences.iter().for_each(|s| say!("  {s}"));
    body.unwise.iter().for_each(|l| say!("  attention: {}", l.sentence));
    body.advice.iter().for_each(|s| say!("  to change: {s}"));
    body.figures.iter().for_each(|row| say!("  {:<52} {}", row.name, row.value));
    body.evenness.iter().for_each(|l| say!("  {}", l.sentence));
    if !body.differences.is_empty() {
        say!("  against the version in force:");
        body.differences.iter().for_each(|d| say!("    {}: {} -> {}", d.name, d.before, d.after));
    }
}

async fn write_report(
    context: &Context,
    folder: &Path,
    draft: &Draft,
    previewed: &Previewed,
    text: &str,
    document: &serde_json::Value,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)
        .with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let keep = |name: &str, content: &str| {
        let path = folder.join(name);
        std::fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))
    };
    let renderer = Renderer::new()?;
    let body = body(context, draft, previewed, true).await?;
    for chart in &body.charts {
        let svg = renderer.page(&ChartFile { chart: chart.clone() })?;
        keep(&format!("{}.svg", chart.id), &svg)?;
    }
    let made = context.now().date_in(&jiff::tz::TimeZone::UTC).strftime("%-d %B %Y").to_string();
    let page = PreviewReportFile {
        organisation: context.settings.organisation.clone(),
        made,
        body,
        source: text.to_owned(),
    };
    keep("preview.html", &renderer.page(&page)?)?;
    keep("preview.json", &format!("{}\n", serde_json::to_string_pretty(document)?))
}

/// Percent on standard error: one line that changes on a terminal, a line every tenth elsewhere.
struct Progress {
    told: u32,
    is_terminal: bool,
}

impl Progress {
    fn new() -> Progress {
        Progress { told: 0, is_terminal: std::io::stderr().is_terminal() }
    }

    fn tell(&mut self, done: f64) {
        let percent = (done * 100.0) as u32;
        let step = if self.is_terminal { 1 } else { 10 };
        if percent < self.told + step {
            return;
        }
        self.told = percent;
        let (begin, end) = if self.is_terminal { ("\r", "") } else { ("", "\n") };
        let _ = write!(std::io::stderr(), "{begin}preview: {percent:>3} %{end}");
    }

    fn end(&self) {
        if self.is_terminal {
            let _ = writeln!(std::io::stderr());
        }
    }
}
