//! Tokens of programs: made once and shown once, kept as a hash, for one purpose, until a date.

use super::office::{self, Asker};
use super::{ActError, ActResult, Context};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::person::TokenScope;
use muster_domain::time::DAY_MS;
use muster_store::audit::Record;
use muster_store::entities::api_token;
use muster_store::observations::day_of;
use muster_store::{Owner, Place, tokens};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What every token begins with, so that one is recognised where it does not belong.
const PREFIX: &str = "muster_";
const SIGNING_PREFIX: &str = "muster_sign_";
/// Days a token is good for, at most.
pub const DAYS_MAX: u16 = 400;
const NAME_CHARS_MAX: usize = 60;

/// A token that was just made.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub row: api_token::Model,
    /// Shown now and never again.
    pub secret: String,
    /// What requests are signed with, where this kind of token signs; shown now and never again.
    pub signing_key: Option<String>,
}

/// Makes a token.
///
/// # Errors
/// `Forbidden`; `Invalid`: the name, or the days.
pub async fn create(
    context: &Context,
    actor: Option<PersonId>,
    name: &str,
    scope: TokenScope,
    days: u16,
) -> ActResult<NewToken> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Err(ActError::invalid("name", "a name of 1 to 60 characters"));
    }
    if !(1..=DAYS_MAX).contains(&days) {
        return Err(ActError::invalid("days", "1 to 400 days"));
    }
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ManageTokens).await?;
    let entropy = context.store.entropy();
    let secret = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(entropy.bytes::<32>()));
    let id = Uuid::from_bytes(entropy.bytes());
    // Never sent with a request, so that whoever reads one cannot make another.
    let signing_key = (scope == TokenScope::ExternalFindings)
        .then(|| format!("{SIGNING_PREFIX}{}", URL_SAFE_NO_PAD.encode(entropy.bytes::<32>())));
    let sealed = match &signing_key {
        None => None,
        Some(key) => Some(tx.seal(Owner::Organisation, signing_column(id), key).await?),
    };
    let row = api_token::Model {
        id,
        name: name.to_owned(),
        token_hash: hash(&secret),
        scope: scope.code().to_owned(),
        created_by: asker.id().map(|id| id.0),
        created_ms: context.now().0,
        expires_ms: context.now().plus_ms(i64::from(days) * DAY_MS).0,
        used_day: None,
        revoked_ms: None,
        ended_ms: Some(context.now().plus_ms(i64::from(days) * DAY_MS).0),
        signing_key: sealed,
    };
    muster_store::insert(&tx, row.clone()).await?;
    Record::new("token-created")
        .by(asker.pseudonym())
        .fact("via", asker.via())
        .fact("token", row.id.to_string())
        .fact("scope", scope.code())
        .fact("name", name)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(NewToken { row, secret, signing_key })
}

/// Makes a token useless, at once.
///
/// # Errors
/// `Forbidden`; `Conflict`: there is none of this id that still counts; `Invalid`: the reason.
pub async fn revoke(
    context: &Context,
    actor: Option<PersonId>,
    id: Uuid,
    reason: &str,
) -> ActResult<()> {
    let reason = office::reason(reason)?;
    let tx = context.store.begin().await?;
    let asker = Asker::load(&tx, actor, Act::ManageTokens).await?;
    let found = tokens::list(&*tx).await?.into_iter().find(|t| t.id == id);
    let Some(row) = found.filter(|t| t.revoked_ms.is_none()) else {
        return Err(ActError::conflict("There is no token of this id, or it was revoked already."));
    };
    let now = Some(context.now().0);
    let row = api_token::Model { revoked_ms: now, ended_ms: now, ..row };
    muster_store::save(&tx, row).await?;
    Record::new("token-revoked")
        .by(asker.pseudonym())
        .fact("via", asker.via())
        .fact("token", id.to_string())
        .commit("reason", reason)
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The token a program sent, if it is good for this. Why it is not, nobody is told.
///
/// # Errors
/// `Forbidden`.
pub async fn check(
    context: &Context,
    secret: &str,
    scope: TokenScope,
) -> ActResult<api_token::Model> {
    let found = tokens::by_hash(context.store.read(), &hash(secret)).await?;
    let now = context.now();
    let good = found.filter(|t| t.revoked_ms.is_none() && now.0 < t.expires_ms);
    let Some(row) = good.filter(|t| t.scope == scope.code()) else {
        return Err(ActError::forbidden("This token is not good for this."));
    };
    let today = day_of(now);
    if row.used_day.as_deref() != Some(&today) {
        let tx = context.store.begin().await?;
        let used = api_token::Model { used_day: Some(today), ..row.clone() };
        muster_store::save(&tx, used).await?;
        tx.commit().await?;
    }
    Ok(row)
}

/// Where the key of its signatures lies.
pub fn signing_column(id: Uuid) -> Place<'static> {
    Place { table: "api_token", column: "signing_key", row: id }
}

/// A token has 256 random bits, so one round is enough.
fn hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
