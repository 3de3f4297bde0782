//! Signing in and out: six digits mailed on request, typed in the browser that asked; opaque
//! sessions of which the database keeps hashes.
//!
//! What is answered never depends on whether an address is known, and neither does the work done.

use super::notify::{self, Notice, fresh_subject};
use super::{ActError, ActResult, Context};
use hmac::{Hmac, KeyInit, Mac};
use muster_domain::id::PersonId;
use muster_domain::msg;
use muster_domain::person::Role;
use muster_domain::time::{HOUR_MS, MINUTE_MS, UtcMillis};
use muster_messages::language::tr;
use muster_messages::mail::SignInCode;
use muster_messages::mail::line::Line;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{person, session, sign_in_code};
use muster_store::work::Lane;
use muster_store::{Tx, people, sessions};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// Minutes a mailed code is good for.
pub const CODE_MINUTES: u16 = 10;
/// Wrong codes after which a code is void.
const WRONG_TRIES_MAX: i64 = 5;
/// Window of every limit below.
const RATE_MS: i64 = 15 * MINUTE_MS;
/// Codes that one address can ask for in a window.
const CODES_PER_ADDRESS: i64 = 6;
/// Codes that one client can ask for in a window; an office shares one address.
const CODES_PER_CLIENT: i64 = 60;
/// Codes that one client can type in a window.
const TRIES_PER_CLIENT: i64 = 60;

/// `sign_in_code.purpose`
pub mod purpose {
    pub const MAIL: &str = "mail";
    /// Made by a command on the server for a person without working mail.
    pub const ADMIN: &str = "admin";
}

const TOO_OFTEN: &str = msg!("Too many codes were asked for or typed. Wait 15 minutes.");
const WRONG: &str = msg!(
    "That code does not fit or is too old. Look at the newest mail, or ask for a new code below."
);

/// A request for a code.
#[derive(Debug, Clone)]
pub struct Asked<'a> {
    /// As typed.
    pub address: &'a str,
    /// The requesting browser's secret name.
    pub browser: &'a str,
    /// The client's network address as text; kept as part of a rate limit's name for a day.
    pub client: &'a str,
    /// What asked, e.g. `Firefox on Linux`.
    pub agent: &'a str,
}

/// Mails a code, or does as much for an address that nobody has.
pub async fn ask(context: &Context, asked: &Asked<'_>) -> ActResult<()> {
    let address = asked.address.trim().to_lowercase();
    if !looks_like_address(&address) {
        let sentence = t!("Write the whole address, for example anna@acme.example");
        return Err(ActError::invalid("address", sentence));
    }
    let tx = context.store.begin().await?;
    let of_address = format!("sign-in/address/{}", hex_hash(&["address", &address]));
    let of_client = format!("sign-in/client/{}", asked.client);
    let within = sessions::within_rate(&tx, &of_address, RATE_MS, CODES_PER_ADDRESS).await?
        & sessions::within_rate(&tx, &of_client, RATE_MS, CODES_PER_CLIENT).await?;
    if !within {
        tx.commit().await?;
        return Err(ActError::TooMany(tr(TOO_OFTEN).to_owned()));
    }
    let somebody = people::by_email(&*tx, &address).await?;
    let (id, now) = (Uuid::from_bytes(context.store.entropy().bytes()), context.now());
    let code = digits(context);
    let row = sign_in_code::Model {
        id,
        person_id: somebody.as_ref().map(|p| p.id),
        browser: browser_hash(asked.browser),
        code_hash: code_hash(context, id, &code),
        purpose: purpose::MAIL.to_owned(),
        created_ms: now.0,
        expires_ms: now.plus_minutes(i64::from(CODE_MINUTES)).0,
        wrong_tries: 0,
        used_ms: None,
    };
    muster_store::insert(&tx, row).await?;
    mail(context, &tx, somebody.as_ref(), &code, asked.agent).await?;
    tx.commit().await?;
    Ok(())
}

async fn mail(
    context: &Context,
    tx: &Tx,
    somebody: Option<&person::Model>,
    code: &str,
    agent: &str,
) -> ActResult<()> {
    let number = code.parse().unwrap_or_default();
    let Some(person) = somebody else {
        // Rendering is the costly part; an unknown address costs the same.
        let frame = muster_messages::mail::Frame::new(
            Line::new(&context.settings.organisation),
            Line::new("nobody"),
            context.page("/"),
            Line::new(&context.settings.contact),
        );
        let reader = muster_messages::mail::times::Reader {
            zone: jiff::tz::TimeZone::UTC,
            now: context.now(),
        };
        let asked = reader.moment(context.now());
        let message = SignInCode::new(frame, number, CODE_MINUTES, asked, Line::new(agent));
        context.messages.render(&message)?;
        return Ok(());
    };
    let message = notify::worded(context, person, || {
        let asked = context.reader(person).moment(context.now());
        let frame = context.frame(person);
        SignInCode::new(frame, number, CODE_MINUTES, asked, Line::new(agent))
    });
    let notice = Notice {
        about: fresh_subject(context),
        step: "sign-in-code",
        is_first: true,
        recipient: person,
        every_channel: false,
        lane: Lane::Announcement,
        even_in_shadow: true,
    };
    notify::queue(context, tx, &notice, &message).await?;
    Ok(())
}

/// A code as it was typed.
#[derive(Debug, Clone)]
pub struct Typed<'a> {
    /// Blanks and a dash do not matter.
    pub code: &'a str,
    /// The address that was typed before; an administrator's code is good for its own person only.
    pub address: &'a str,
    pub browser: &'a str,
    pub client: &'a str,
    /// The fresh token of the session to begin.
    pub token: &'a str,
}

/// Takes a code and begins a session.
pub async fn enter(context: &Context, typed: &Typed<'_>) -> ActResult<SessionOf> {
    let tx = context.store.begin().await?;
    let of_client = format!("sign-in/try/{}", typed.client);
    if !sessions::within_rate(&tx, &of_client, RATE_MS, TRIES_PER_CLIENT).await? {
        tx.commit().await?;
        return Err(ActError::TooMany(tr(TOO_OFTEN).to_owned()));
    }
    let clean: String = typed.code.chars().filter(|c| c.is_alphanumeric()).collect();
    let is_digits = clean.len() == 6 && clean.bytes().all(|b| b.is_ascii_digit());
    let found = match is_digits {
        true => mailed(context, &tx, typed.browser, &clean).await?,
        false => by_administrator(context, &tx, typed.address, &clean).await?,
    };
    let Some((person, purpose)) = found else {
        // The wrong try itself is kept.
        tx.commit().await?;
        return Err(ActError::invalid("code", tr(WRONG)));
    };
    let begun = begin_session(context, &tx, person, typed.token).await?;
    Record::new("signed-in")
        .by(Some(begun.person.pseudonym))
        .about(&begun.person)
        .fact("purpose", purpose)
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(begun)
}

async fn mailed(
    context: &Context,
    tx: &Tx,
    browser: &str,
    digits: &str,
) -> ActResult<Option<(person::Model, &'static str)>> {
    let Some(mut row) = sessions::code_of_browser(tx, &browser_hash(browser)).await? else {
        return Ok(None);
    };
    let now = context.now().0;
    if row.expires_ms <= now || row.wrong_tries >= WRONG_TRIES_MAX {
        return Ok(None);
    }
    let fits: bool =
        code_hash(context, row.id, digits).as_bytes().ct_eq(row.code_hash.as_bytes()).into();
    let person = match row.person_id.filter(|_| fits) {
        Some(id) => active(tx, id).await?,
        None => None,
    };
    match person {
        Some(_) => row.used_ms = Some(now),
        None => row.wrong_tries += 1,
    }
    muster_store::save(tx, row).await?;
    Ok(person.map(|p| (p, purpose::MAIL)))
}

async fn by_administrator(
    context: &Context,
    tx: &Tx,
    address: &str,
    code: &str,
) -> ActResult<Option<(person::Model, &'static str)>> {
    let typed = admin_code_hash(code);
    let now = context.now().0;
    for mut row in sessions::codes_of_purpose(tx, purpose::ADMIN).await? {
        let fits: bool = typed.as_bytes().ct_eq(row.code_hash.as_bytes()).into();
        if !fits || row.expires_ms <= now {
            continue;
        }
        let Some(id) = row.person_id else { continue };
        let person = active(tx, id).await?;
        let Some(person) = person.filter(|p| p.email == address.trim().to_lowercase()) else {
            continue;
        };
        row.used_ms = Some(now);
        muster_store::save(tx, row).await?;
        return Ok(Some((person, purpose::ADMIN)));
    }
    Ok(None)
}

async fn active(tx: &Tx, id: Uuid) -> ActResult<Option<person::Model>> {
    let found = people::find(&**tx, PersonId(id)).await?;
    Ok(found.filter(|p| p.state == "active"))
}

/// A person with a session.
#[derive(Debug, Clone)]
pub struct SessionOf {
    pub token_hash: String,
    pub person: person::Model,
    pub roles: BTreeSet<Role>,
}

/// Minutes without use after which a session ends, and hours after which it ends anyway.
/// People who see what belongs to others sit at shared desks too: theirs are short.
fn limits(roles: &BTreeSet<Role>) -> (i64, i64) {
    let sees_others =
        [Role::Hr, Role::Security, Role::Auditor, Role::Admin].iter().any(|r| roles.contains(r));
    if sees_others { (15, 8) } else { (120, 12) }
}

async fn begin_session(
    context: &Context,
    tx: &Tx,
    person: person::Model,
    token: &str,
) -> ActResult<SessionOf> {
    let roles = people::roles(&**tx, PersonId(person.id)).await?;
    let now = context.now();
    let row = session::Model {
        token_hash: token_hash(token),
        person_id: person.id,
        created_ms: now.0,
        seen_ms: now.0,
        expires_ms: now.plus_ms(limits(&roles).1 * HOUR_MS).0,
    };
    let token_hash = row.token_hash.clone();
    muster_store::insert(tx, row).await?;
    Ok(SessionOf { token_hash, person, roles })
}

/// A session of the demo, where a host name stands for a person.
pub async fn be_persona(context: &Context, id: PersonId, token: &str) -> ActResult<SessionOf> {
    let tx = context.store.begin().await?;
    let person = people::get(&*tx, id).await?;
    let begun = begin_session(context, &tx, person, token).await?;
    tx.commit().await?;
    Ok(begun)
}

/// The session of a token, unless it has ended: by time, by disuse, or because the person left.
pub async fn find_session(context: &Context, token: &str) -> ActResult<Option<SessionOf>> {
    let now = context.now();
    let db = context.store.read();
    let token_hash = token_hash(token);
    let Some(row) = sessions::find(db, &token_hash, now).await? else { return Ok(None) };
    let person = people::find(db, PersonId(row.person_id)).await?;
    let Some(person) = person.filter(|p| p.state == "active") else { return Ok(None) };
    let roles = people::roles(db, PersonId(person.id)).await?;
    let unused_ms = now.since(UtcMillis(row.seen_ms));
    if unused_ms > limits(&roles).0 * MINUTE_MS {
        return Ok(None);
    }
    // Once a minute is often enough to know that it is used.
    if unused_ms >= MINUTE_MS {
        let tx = context.store.begin().await?;
        if sessions::find(&*tx, &token_hash, now).await?.is_some() {
            muster_store::save(&tx, session::Model { seen_ms: now.0, ..row }).await?;
        }
        tx.commit().await?;
    }
    Ok(Some(SessionOf { token_hash, person, roles }))
}

/// Ends one session.
pub async fn sign_out(context: &Context, token_hash: &str) -> ActResult<()> {
    let tx = context.store.begin().await?;
    sessions::end(&tx, token_hash).await?;
    Ok(tx.commit().await?)
}

/// What an administrator's code is kept as. Upper case, without its dash.
pub fn admin_code_hash(code: &str) -> String {
    let clean: String = code.chars().filter(|c| c.is_alphanumeric()).collect();
    let hash = Sha256::new()
        .chain_update("muster/admin-code/v1")
        .chain_update(clean.to_uppercase())
        .finalize();
    hex::encode(hash)
}

/// How the database knows a token.
pub fn token_hash(token: &str) -> String {
    hex_hash(&["session", token])
}

fn browser_hash(browser: &str) -> String {
    hex_hash(&["browser", browser])
}

fn hex_hash(parts: &[&str]) -> String {
    hex::encode(Sha256::digest(parts.join("/")))
}

/// Six digits are few: a keyed hash, so that the database alone does not give them away.
fn code_hash(context: &Context, id: Uuid, digits: &str) -> String {
    let key = context.store.keys().signing_seed();
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length");
    mac.update(b"muster/sign-in-code/v1");
    mac.update(id.as_bytes());
    mac.update(digits.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

/// Six digits, each equally likely.
fn digits(context: &Context) -> String {
    // The largest multiple of a million below 2^32; above it the remainder would lean to the low codes.
    const FAIR_MAX: u32 = u32::MAX - u32::MAX % 1_000_000;
    loop {
        let number = u32::from_be_bytes(context.store.entropy().bytes());
        if number < FAIR_MAX {
            return format!("{:06}", number % 1_000_000);
        }
    }
}

fn looks_like_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    !local.is_empty()
        && domain.contains('.')
        && !domain.starts_with('.')
        && !domain.ends_with('.')
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}
