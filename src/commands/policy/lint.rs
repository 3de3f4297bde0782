//! `muster policy lint`: one policy file, read whole and measured, without a database.

use super::columns_of;
use crate::acts::Context;
use crate::acts::policy::{self, Draft, Unfit};
use crate::app;
use crate::commands::print::{self, say};
use crate::commands::{Ended, open, read_text};
use crate::config::Config;
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;

/// Check a policy file and measure how far its draws could be foreseen
///
/// Every fault at once, with key, line and what would be accepted; then three sentences and the
/// figures. Needs no installation: without one the attribute columns are not checked against a
/// roster, and verifier minutes are told for 100 people. Exit status 0: fine, perhaps with warnings;
/// 1: refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  muster policy lint standard.toml\n  muster policy lint standard.toml --json --table"
)]
pub struct Lint {
    /// Policy, TOML
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Also print the chance of a draw on the k-th eligible day after one
    #[arg(long)]
    table: bool,
}

impl Lint {
    pub(super) async fn run(self, config: Option<Config>) -> anyhow::Result<Ended> {
        let text = read_text(&self.file)?;
        let context = installation(config).await?;
        let attributes = match &context {
            Some(context) => policy::attribute_names(context.store.read()).await?,
            None => columns_of(&text),
        };
        let draft = match policy::lint(&text, &attributes) {
            Ok(draft) => draft,
            Err(unfit) => return self.tell_unfit(&unfit),
        };
        let people = match &context {
            Some(context) => policy::pool_size(context.store.read(), &draft.parsed.filter).await?,
            None => None,
        };
        self.tell(&draft.for_people(people)?)
    }

    fn tell(&self, draft: &Draft) -> anyhow::Result<Ended> {
        let lint = &draft.lint;
        let name = &draft.parsed.policy.name;
        if self.json {
            let mut told = serde_json::to_value(lint)?;
            told["name"] = json!(name);
            told["law"] = json!(draft.parsed.policy.law);
            told["hash"] = json!(draft.hash);
            told["faults"] = json!([]);
            if self.table {
                told["hazard"] = json!(lint.hazards());
            }
            print::json(&told)?;
            return Ok(Ended::Done);
        }
        say!("{name}: no fault. Content {}", &draft.hash[..16]);
        lint.sentences.iter().for_each(|s| say!("  {s}"));
        lint.warnings.iter().for_each(|w| say!("  attention: {w}"));
        figures(draft);
        if self.table {
            say!("  chance of a check-in on the k-th eligible day after one:");
            for (k, hazard) in (1..).zip(lint.hazards()) {
                say!("  {k:>6} {hazard:.6}");
            }
        }
        Ok(Ended::Done)
    }

    fn tell_unfit(&self, unfit: &Unfit) -> anyhow::Result<Ended> {
        let sentences = unfit.sentences();
        if self.json {
            let faults: Value = match unfit {
                Unfit::Faults(faults) => json!(faults),
                Unfit::Refused { key, sentence } => {
                    json!([{ "key": key, "problem": sentence.to_string() }])
                }
            };
            print::json(&json!({ "faults": faults, "sentences": sentences }))?;
        } else {
            say!("{}: {} fault(s)", self.file.display(), sentences.len());
            sentences.iter().for_each(|s| say!("  {s}"));
        }
        Ok(Ended::Attention)
    }
}

fn figures(draft: &Draft) {
    let (lint, f) = (&draft.lint, &draft.lint.figures);
    let (counts, minutes) = (&lint.check_ins_a_person_and_year, &lint.verifier_minutes_a_week);
    let percent = |share: f64| format!("{:.2} %", share * 100.0);
    let rows = [
        ("mean gap", format!("{:.2} eligible days", f.mean_gap_days)),
        ("safe days", percent(f.safe_share)),
        ("sure check-ins", percent(f.sure_share)),
        ("best guess", format!("{}, {:.2} bits", percent(f.best_guess), f.min_entropy_bits)),
        ("day-ahead guess", percent(f.day_ahead_guess)),
        ("divergence", format!("{:.5} bits a day", f.hazard_kl_bits_per_day)),
        ("evasion", format!("KS {:.3}, Gini {:.3}", f.evasion_ks, f.evasion_gini)),
        (
            "a person and year",
            format!(
                "{:.1} check-ins on {} eligible days, {} to {} for nine in ten",
                counts.mean, counts.eligible_days, counts.p5, counts.p95
            ),
        ),
        (
            "verifiers",
            format!("{:.0} minutes a week for {} people", minutes.minutes, minutes.people),
        ),
    ];
    rows.iter().for_each(|(name, value)| say!("  {name:<18} {value}"));
}

/// The installation, if there is one on this machine.
async fn installation(config: Option<Config>) -> anyhow::Result<Option<Context>> {
    let Some(config) = config else { return Ok(None) };
    match app::look(&config).await?.installation {
        true => Ok(Some(open(&config).await?)),
        false => Ok(None),
    }
}
