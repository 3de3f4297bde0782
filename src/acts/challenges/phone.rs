//! A phone as second device: it is tied to one check-in by a code that is typed once, needs no
//! account, and then shows a code that moves. It learns nothing about anybody, and nothing about it
//! is kept but when it was opened.

use crate::acts::{ActError, ActResult, Context, check_in as employee};
use muster_domain::challenge::{Aid, DrawnChallenge, PHONE_CODE, PHONE_PAGE, phone};
use muster_domain::id::CheckInId;
use muster_domain::msg;
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_messages::language::{say, tr};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{drawn_challenge, phone_link};
use muster_store::{Tx, challenges, check_ins, people, sessions};
use sea_orm::ConnectionTrait;

/// Window of the limit below.
const RATE_MS: i64 = 15 * MINUTE_MS;
/// Codes that one client may type in a window: against 40 bits that lie open for a quarter of an hour.
const TRIES_PER_CLIENT: i64 = 40;

const WRONG: &str = msg!(
    "This code does not fit, was used already or is too old. Look at your check-in page once more."
);

/// Ties a task to a new code, in the transaction that shows it.
pub(in crate::acts) async fn issue(
    context: &Context,
    tx: &Tx,
    task: &drawn_challenge::Model,
    now: UtcMillis,
) -> ActResult<()> {
    let key = context.phone_key();
    let tie = phone::Tie { key: &key, check_in: task.check_in_id.into_bytes(), issued: now };
    let row = phone_link::Model {
        check_in_id: task.check_in_id,
        challenge_no: task.no,
        issued_ms: now.0,
        typed_digest: phone::digest(&key, &tie.typed()),
        page_digest: phone::digest(&key, &tie.page()),
        opened_ms: None,
    };
    Ok(challenges::issue_phone(tx, row).await?)
}

/// The instruction as the employee reads it, and as the verifier says it: the code is for the one
/// who has the phone.
pub fn instructions(
    context: &Context,
    task: &drawn_challenge::Model,
    detail: &DrawnChallenge,
) -> (String, String) {
    let instruction = say(&detail.instruction);
    let (Some(Aid::PhoneCode), Some(issued)) = (detail.aid, task.revealed_ms) else {
        return (instruction.clone(), instruction);
    };
    let key = context.phone_key();
    let issued = UtcMillis(issued);
    let tie = phone::Tie { key: &key, check_in: task.check_in_id.into_bytes(), issued };
    let address = format!("{}/phone", context.settings.public_url);
    let address = address.trim_start_matches("https://").trim_start_matches("http://");
    let said = |code: &str| instruction.replace(PHONE_PAGE, address).replace(PHONE_CODE, code);
    let typed = tie.typed().replace('-', &phone::UNBROKEN_HYPHEN.to_string());
    (said(&typed), said(t!("the code on your page")))
}

/// What the verifier compares with; `None` where no phone belongs to the session.
pub async fn standing(
    context: &Context,
    db: &impl ConnectionTrait,
    id: CheckInId,
) -> ActResult<Option<String>> {
    let Some(row) = challenges::phone(db, id).await? else { return Ok(None) };
    let now = context.now();
    if !phone::is_good(UtcMillis(row.issued_ms), now) {
        return Ok(None);
    }
    if row.opened_ms.is_none() {
        return Ok(Some(t!("The phone has not been opened yet.").to_owned()));
    }
    let key = context.phone_key();
    let tie = tie(&key, &row);
    let (shown, before) = (tie.shown(now), tie.shown(now.plus_ms(-phone::STEP_MS)));
    let said = t!("The phone shows {shown} now; half a minute ago it was {before}.", shown, before);
    Ok(Some(said))
}

fn tie<'a>(key: &'a [u8; 32], row: &phone_link::Model) -> phone::Tie<'a> {
    phone::Tie { key, check_in: row.check_in_id.into_bytes(), issued: UtcMillis(row.issued_ms) }
}

/// A code was typed on some device. Answers the name of the page that shows the moving one.
///
/// # Errors
/// `Invalid`: it does not fit, was used, or is too old, which nobody is told apart; `TooMany`.
pub async fn open(context: &Context, client: &str, typed: &str) -> ActResult<String> {
    let tx = context.store.begin().await?;
    let subject = format!("phone/client/{client}");
    if !sessions::within_rate(&tx, &subject, RATE_MS, TRIES_PER_CLIENT).await? {
        tx.commit().await?;
        return Err(ActError::TooMany(
            t!("Too many codes were typed. Wait 15 minutes.").to_owned(),
        ));
    }
    let (key, now) = (context.phone_key(), context.now());
    let found = match phone::read(typed) {
        Some(code) => challenges::lock_phone_typed(&tx, &phone::digest(&key, &code)).await?,
        None => None,
    };
    let good = found.filter(|row| row.opened_ms.is_none());
    let Some(mut row) = good.filter(|row| phone::is_good(UtcMillis(row.issued_ms), now)) else {
        tx.commit().await?; // the try counts
        return Err(ActError::invalid("phone_code", tr(WRONG)));
    };
    let check_in = check_ins::get(&*tx, CheckInId(row.check_in_id)).await?;
    if employee::is_over(&check_in) {
        tx.commit().await?;
        return Err(ActError::invalid("phone_code", tr(WRONG)));
    }
    let person = people::get(&*tx, check_in.person()).await?;
    row.opened_ms = Some(now.0);
    let page = tie(&key, &row).page();
    muster_store::save(&tx, row).await?;
    Record::new("second-device-opened")
        .about(&person)
        .fact("check_in", check_in.id.to_string())
        .write(&tx)
        .await?;
    tx.commit().await?;
    Ok(page)
}

/// What a page shows now; `None` once it is over or was never opened.
pub async fn shown(context: &Context, page: &str) -> ActResult<Option<String>> {
    let (key, now, db) = (context.phone_key(), context.now(), context.store.read());
    let found = challenges::phone_page(db, &phone::digest(&key, page)).await?;
    let Some(row) = found.filter(|row| row.opened_ms.is_some()) else { return Ok(None) };
    if !phone::is_good(UtcMillis(row.issued_ms), now) {
        return Ok(None);
    }
    let check_in = check_ins::get(db, CheckInId(row.check_in_id)).await?;
    Ok((!employee::is_over(&check_in)).then(|| tie(&key, &row).shown(now)))
}
