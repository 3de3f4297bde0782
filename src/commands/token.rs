//! `muster token`: what programs identify themselves by.

use super::print::{self, say};
use super::{Ended, maybe_person, open};
use crate::acts::tokens;
use crate::config::Config;
use clap::{Args, Subcommand};
use muster_domain::person::TokenScope;
use muster_domain::time::UtcMillis;
use muster_store::tokens as rows;
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub enum Token {
    Create(Create),
    List(List),
    Revoke(Revoke),
}

/// Make a token; it is shown once
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster token create --name 'identity provider' --scope observations --days 90"
)]
pub struct Create {
    /// For people: which program holds it
    #[arg(long)]
    name: String,
    /// What it is good for: observations or external_findings
    #[arg(long)]
    scope: TokenScope,
    /// Days it is good for
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u16).range(1..=i64::from(tokens::DAYS_MAX)))]
    days: u16,
    /// Who makes it; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

/// List tokens, without what they are
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster token list --json")]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Make a token useless, at once
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  muster token revoke 5f0c1f7e-8f43-4a55-9d5e-0b1f8a3f7c11 --reason 'the program was replaced'"
)]
pub struct Revoke {
    id: Uuid,
    /// Why, in at least three words
    #[arg(long)]
    reason: String,
    /// Who revokes it; without it the operator of this machine
    #[arg(long = "as", value_name = "EMPLOYEE_ID")]
    actor: Option<String>,
}

impl Token {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        let context = open(config).await?;
        match self {
            Token::Create(create) => {
                let actor = maybe_person(&context, create.actor.as_deref()).await?;
                let (name, scope) = (&create.name, create.scope);
                let new = tokens::create(&context, actor, name, scope, create.days).await?;
                say!("{}", new.secret);
                if let Some(key) = &new.signing_key {
                    say!("{key}");
                    eprintln!("The second line is the key its requests are signed with.");
                }
                let until = UtcMillis(new.row.expires_ms).timestamp();
                eprintln!("Token {}, good until {until}. It is not shown again.", new.row.id);
            }
            Token::List(list) => {
                let now = context.now().0;
                let all = rows::list(context.store.read()).await?;
                let lines: Vec<serde_json::Value> = all
                    .iter()
                    .map(|t| {
                        serde_json::json!({
                            "id": t.id, "name": t.name, "scope": t.scope,
                            "expires": UtcMillis(t.expires_ms).timestamp().to_string(),
                            "used_day": t.used_day,
                            "is_good": t.revoked_ms.is_none() && now < t.expires_ms,
                        })
                    })
                    .collect();
                match list.json {
                    true => print::json(&lines)?,
                    false => all.iter().zip(&lines).for_each(|(token, line)| {
                        let good = if line["is_good"] == true { "good" } else { "no longer good" };
                        let used = token.used_day.as_deref().unwrap_or("never");
                        say!(
                            "{}  {}  {}  {good}, last used {used}",
                            token.id,
                            token.scope,
                            token.name
                        );
                    }),
                }
            }
            Token::Revoke(revoke) => {
                let actor = maybe_person(&context, revoke.actor.as_deref()).await?;
                tokens::revoke(&context, actor, revoke.id, &revoke.reason).await?;
                say!("The token is revoked.");
            }
        }
        Ok(Ended::Done)
    }
}
