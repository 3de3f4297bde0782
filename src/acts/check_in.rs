//! What the employee does in a check-in: reads the notice, tests camera and sound, says where
//! they are or not, moves it, refuses it, reports it as unexpected.
//!
//! Each act works on one's own check-in only and on a running one only.

use super::notify::{self, About, Notice};
use super::place_record::{self, Signed};
use super::{ActError, ActResult, Context, TWICE_MS, announce, passkeys, receipts, stand_by};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use muster_domain::check_in::{CheckInKind, CheckInState, PageStep};
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::judging::evidence::{Claim, ClaimStatus, Point};
use muster_domain::judging::gathered::{CameraClass, RendererClass, Unsigned};
use muster_domain::judging::network::NetworkFacts;
use muster_domain::judging::region::Region;
use muster_domain::judging::surroundings::RoundTrips;
use muster_domain::linking::Fix;
use muster_domain::msg;
use muster_domain::person::Role;
use muster_domain::policy::CadencePolicy;
use muster_domain::time::UtcMillis;
use muster_messages::language::{tr, tr_text};
use muster_messages::mail::line::Line;
use muster_messages::mail::{CheckInTimes, InvitationCancelled, WordFromEmployee, WordKind};
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{
    attestation, attestation_nonce, check_in, notice_acknowledgement, person,
};
use muster_store::jobs::Job;
use muster_store::work::Lane;
use muster_store::{Owner, Place, Tx, cases, check_ins, device_keys, evidence, people};
use sea_orm::ConnectionTrait;
use std::net::IpAddr;
use uuid::Uuid;

/// `check_in.cancel_reason` of a one-tap move within the allowance.
pub const NOT_NOW: &str = "not_now";
/// Version of the notice people acknowledge; raised whenever its words change.
pub const NOTICE_VERSION: &str = "2027-03";
/// Minutes before the start from which the room and the verifier's name are open.
pub const JOIN_LEAD_MINUTES: i64 = 5;
/// Minutes for which the place step of a page that was opened may be answered.
pub const NONCE_MINUTES: i64 = 10;

/// How many one-tap *not now* the person has left in this calendar quarter of their zone.
pub async fn not_now_left(
    context: &Context,
    db: &impl ConnectionTrait,
    person: &person::Model,
    policy: &CadencePolicy,
) -> ActResult<u8> {
    let zone = super::context::zone_of(person);
    let today = context.now().date_in(&zone);
    let first_month = (today.month() - 1) / 3 * 3 + 1;
    let quarter = jiff::civil::date(today.year(), first_month, 1);
    let since: UtcMillis = muster_domain::time::start_of_day(quarter, &zone);
    let rows = check_ins::of_person(db, PersonId(person.id), 500).await?;
    let used = rows
        .iter()
        .filter(|c| c.why() != CheckInKind::Baseline)
        .filter(|c| c.start_ms >= since.0 && c.cancel_reason.as_deref() == Some(NOT_NOW))
        .count();
    Ok(policy.allowance.not_now_per_quarter.saturating_sub(used as u8))
}

/// One's own check-in. Somebody else's does not exist for one.
pub async fn own(
    db: &impl ConnectionTrait,
    person: PersonId,
    id: CheckInId,
) -> ActResult<Option<check_in::Model>> {
    Ok(check_ins::find(db, id).await?.filter(|row| row.person() == person))
}

/// Whether nothing can be done in it any more.
pub fn is_over(row: &check_in::Model) -> bool {
    matches!(row.life(), CheckInState::Judged | CheckInState::Closed)
        || row.refused_ms.is_some()
        || row.cancelled_ms.is_some()
        || row.excused_ms.is_some()
}

/// From when on the room may be entered and the verifier's name is told.
pub fn opens(row: &check_in::Model) -> UtcMillis {
    UtcMillis(row.start_ms).plus_minutes(-JOIN_LEAD_MINUTES)
}

/// Whether somebody may take a seat in its room now.
pub fn is_room_open(row: &check_in::Model, now: UtcMillis) -> bool {
    let clocks = row.clocks();
    // A talk that began late may be finished.
    let until = clocks.grace_end().plus_minutes(2 * row.session_minutes);
    !is_over(row) && opens(row) <= now && now <= until
}

/// A running check-in of one's own, locked.
async fn running(tx: &Tx, me: &person::Model, id: CheckInId) -> ActResult<check_in::Model> {
    let row = check_ins::lock(tx, id).await?;
    if row.person_id != me.id {
        return Err(muster_store::StoreError::missing("check-in", id).into());
    }
    match is_over(&row) {
        true => Err(ActError::conflict(t!("This check-in is over or was called off."))),
        false => Ok(row),
    }
}

/// The notice was read and acknowledged.
pub async fn acknowledge(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    version: &str,
) -> ActResult<()> {
    if version != NOTICE_VERSION {
        return Err(ActError::conflict(t!("The notice has changed since this page was opened.")));
    }
    let tx = context.store.begin().await?;
    let mut row = running(&tx, me, id).await?;
    let now = context.now().0;
    let acknowledged =
        notice_acknowledgement::Model { person_id: me.id, version: version.to_owned(), at_ms: now };
    muster_store::insert_new(&tx, acknowledged).await?;
    if row.read_ms.is_none() {
        row.read_ms = Some(now);
        muster_store::save(&tx, row.clone()).await?;
        receipts::keep(&tx, &row, PageStep::NoticeRead, "", "").await?;
        Record::new("notice-acknowledged")
            .by(Some(me.pseudonym))
            .about(me)
            .fact("check_in", row.id.to_string())
            .fact("version", version)
            .write(&tx)
            .await?;
    }
    Ok(tx.commit().await?)
}

/// Camera and sound were tried. `trouble`: what did not work, in the person's words.
pub async fn try_devices(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    trouble: Option<&str>,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let mut row = running(&tx, me, id).await?;
    if row.devices_ms.is_none() {
        row.devices_ms = Some(context.now().0);
        muster_store::save(&tx, row.clone()).await?;
    }
    let error = if trouble.is_some() { "reported" } else { "" };
    let said = trouble.unwrap_or_default();
    receipts::keep(&tx, &row, PageStep::CameraAndSound, error, said).await?;
    Ok(tx.commit().await?)
}

/// A page met a difficulty by itself: an attempt is on record. Answers the receipt's id.
pub async fn note_attempt(
    context: &Context,
    me: PersonId,
    id: CheckInId,
    step: PageStep,
    error: &str,
) -> ActResult<Uuid> {
    let tx = context.store.begin().await?;
    let me = people::get(&*tx, me).await?;
    let row = running(&tx, &me, id).await?;
    // A page in a loop must not fill the table.
    const ATTEMPTS_MAX: usize = 200;
    if evidence::receipts(&*tx, id).await?.len() >= ATTEMPTS_MAX {
        return Err(ActError::TooMany(t!("Enough attempts are noted.").to_owned()));
    }
    let kept = receipts::keep(&tx, &row, step, error, "").await?;
    tx.commit().await?;
    Ok(kept)
}

/// A fresh nonce for the place step.
pub async fn issue_nonce(context: &Context, id: CheckInId) -> ActResult<String> {
    let nonce = URL_SAFE_NO_PAD.encode(context.store.entropy().bytes::<32>());
    let tx = context.store.begin().await?;
    let row = attestation_nonce::Model {
        nonce: nonce.clone(),
        check_in_id: id.0,
        issued_ms: context.now().0,
        used_ms: None,
        tcp_min_us: None,
        app_min_us: None,
    };
    muster_store::insert(&tx, row).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// Keeps the round trips that were measured while a question of this check-in is open.
pub async fn keep_round_trips(
    context: &Context,
    id: CheckInId,
    nonce: &str,
    trips: RoundTrips,
) -> ActResult<bool> {
    let tx = context.store.begin().await?;
    let is_kept = evidence::keep_round_trips(&tx, nonce, id, trips).await?;
    tx.commit().await?;
    Ok(is_kept)
}

/// The answer to the question of place.
#[derive(Debug, Clone, Default)]
pub struct PlaceAnswer {
    pub nonce: String,
    /// `None`: neither shared nor declined.
    pub status: Option<ClaimStatus>,
    pub point: Option<Point>,
    pub accuracy_metres: Option<u32>,
    /// IANA name of the browser's time zone, if it said one that exists.
    pub browser_time_zone: Option<String>,
    /// The address the answer came from. It is looked up, kept as a keyed tag, and not as itself.
    pub address: Option<IpAddr>,
    /// What the person added.
    pub because: String,
    /// The record all of this was read from, where the page could sign.
    pub signed: Option<Signed>,
    /// Why it could not, if it said so.
    pub unsigned: Option<Unsigned>,
    pub camera: Option<CameraClass>,
    pub renderer: Option<RendererClass>,
    /// Whether our own proxy ended the connection.
    pub is_behind_proxy: bool,
    /// Where a datagram of the same page came from, as our own responder saw it. It is looked up and
    /// not kept.
    pub datagram_from: Option<IpAddr>,
    /// What a passkey had to do with it.
    pub passkey: passkeys::Given,
}

/// Keeps the answer; a later one of the same check-in replaces it. No is an answer too.
pub async fn attest(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    answer: &PlaceAnswer,
) -> ActResult<()> {
    let Some(status) = answer.status.filter(|s| *s != ClaimStatus::NotAsked) else {
        let sentence = t!("Choose one of the two answers, or share your place above.");
        return Err(ActError::invalid("status", sentence));
    };
    let tx = context.store.begin().await?;
    let row = running(&tx, me, id).await?;
    let now = context.now();
    if !evidence::use_nonce(&tx, &answer.nonce, id, answer.not_before(now)).await? {
        let sentence = t!(
            "This question was answered already or lay open too long. Please answer it once more."
        );
        return Err(ActError::invalid("nonce", sentence));
    }
    let is_ok = status == ClaimStatus::Ok;
    let round_trips = evidence::round_trips(&*tx, &answer.nonce).await?;
    let mut claim = Claim {
        // Coordinates that cannot be are no place.
        status: if is_ok && answer.point.is_none() { ClaimStatus::Unavailable } else { status },
        point: answer.point.filter(|_| is_ok),
        accuracy_metres: answer.accuracy_metres.filter(|_| is_ok),
        country: None,
        region: Region::default(), // found when it is judged
        browser_time_zone: answer.browser_time_zone.clone(),
        network: answer.address.and_then(|address| line(context, address, now)),
        gathered: place_record::gathered(context, answer, round_trips, now),
        signature_good: true,
        observed_at: now,
    };
    let earlier = evidence::attestation(&*tx, id).await?;
    let is_new = earlier.is_none();
    let row_id =
        earlier.map_or_else(|| Uuid::from_bytes(context.store.entropy().bytes()), |e| e.id);
    let place = Place { table: "attestation", column: "claim", row: row_id };
    if let Some(mac) = &claim.gathered.device.key {
        device_keys::note(&tx, row.person(), mac, id, now).await?;
    }
    let sealed_record = match &answer.signed {
        Some(signed) => {
            let place = Place { table: "attestation", column: "record", row: row_id };
            Some(tx.seal(Owner::Person(row.person()), place, &signed.text).await?)
        }
        None => None,
    };
    // Nothing of the device where the person would rather not answer.
    let passkey = match claim.status {
        ClaimStatus::Declined => passkeys::Taken::default(),
        _ => passkeys::take(context, &tx, me, &answer.passkey).await?,
    };
    claim.gathered.device.passkey_answer = passkey.answer;
    let sealed_assertion = match &passkey.assertion {
        Some(assertion) => {
            let place = Place { table: "attestation", column: "passkey", row: row_id };
            Some(tx.seal(Owner::Person(row.person()), place, assertion).await?)
        }
        None => None,
    };
    let kept = attestation::Model {
        id: row_id,
        check_in_id: row.id,
        status: claim.status.code().to_owned(),
        claim: tx.seal(Owner::Person(row.person()), place, &claim).await?,
        coarse: false,
        at_ms: now.0,
        record: sealed_record,
        passkey: sealed_assertion,
    };
    match is_new {
        true => muster_store::insert(&tx, kept).await?,
        false => muster_store::save(&tx, kept).await?,
    }
    receipts::keep(&tx, &row, PageStep::Place, "", &answer.because).await?;
    let fix = claim
        .point
        .map(|point| Fix { point, accuracy_metres: claim.accuracy_metres.map(f64::from) });
    super::observations::of_check_in(context, &tx, me, answer.address, fix).await?;
    Record::new("place-answered")
        .by(Some(me.pseudonym))
        .about(me)
        .fact("check_in", row.id.to_string())
        .fact("replaces", !is_new)
        .fact("signed", answer.signed.is_some())
        .fact("passkey", passkey.assertion.is_some())
        .commit("status", claim.status.code())
        .commit("record", answer.signed.as_ref().map_or("", |signed| &signed.text))
        .write(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// The explicit no.
pub async fn refuse(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    because: &str,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let mut row = running(&tx, me, id).await?;
    let now = context.now();
    row.refused_ms = Some(now.0);
    muster_store::save(&tx, row.clone()).await?;
    receipts::keep(&tx, &row, PageStep::Opened, "", because).await?;
    stand_by::free_verifier(context, &tx, &row).await?;
    Record::new("check-in-refused")
        .by(Some(me.pseudonym))
        .about(me)
        .fact("check_in", row.id.to_string())
        .commit("because", because)
        .write(&tx)
        .await?;
    Job::Judge { check_in: id }.plan(&tx, now).await?;
    Ok(tx.commit().await?)
}

/// Whether *not now* can be offered: before the start, for what chance or a case asked, not for
/// what a person ordered with a reason.
pub fn may_move(row: &check_in::Model, now: UtcMillis) -> bool {
    !is_over(row)
        && now.0 < row.start_ms
        && matches!(row.why(), CheckInKind::Drawn | CheckInKind::Recheck | CheckInKind::Baseline)
}

/// Moves the check-in within the allowance: it is called off as moved and drawn again, the same
/// day where that is possible, else the next.
pub async fn not_now(context: &Context, me: &person::Model, id: CheckInId) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let mut row = running(&tx, me, id).await?;
    let now = context.now();
    if !may_move(&row, now) {
        return Err(ActError::conflict(t!("This check-in cannot be moved by yourself any more.")));
    }
    let policy = super::policy::load(&*tx, PolicyVersionId(row.policy_version_id)).await?;
    let is_baseline = row.why() == CheckInKind::Baseline;
    if is_baseline {
        super::baseline::may_move_again(&*tx, PersonId(me.id)).await?;
    } else if not_now_left(context, &*tx, me, &policy.policy).await? == 0 {
        return Err(ActError::conflict(t!("You have used every move of this quarter.")));
    }
    row.cancelled_ms = Some(now.0);
    row.cancel_reason = Some(NOT_NOW.to_owned());
    row.sequence += 1;
    muster_store::save(&tx, row.clone()).await?;
    let reason = msg!("You asked for another time.");
    tell_cancelled(context, &tx, me, &row, reason).await?;
    stand_by::free_verifier(context, &tx, &row).await?;
    // Judging orders the next one, as after a miss.
    record_moved(&tx, me, &row).await?;
    Job::Judge { check_in: id }.plan(&tx, now).await?;
    Ok(tx.commit().await?)
}

async fn record_moved(tx: &Tx, me: &person::Model, row: &check_in::Model) -> ActResult<()> {
    Record::new("check-in-moved")
        .by(Some(me.pseudonym))
        .about(me)
        .fact("check_in", row.id.to_string())
        .write(tx)
        .await?;
    Ok(())
}

/// Takes an invitation back, with its calendar entry. `reason`: marked with [`msg!`].
pub(super) async fn tell_cancelled(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    row: &check_in::Model,
    reason: &'static str,
) -> ActResult<()> {
    let message = notify::worded(context, me, || InvitationCancelled {
        frame: context.frame(me),
        code: Line::new(&row.code),
        page: context.page(&format!("/check-ins/{}", row.id)),
        times: CheckInTimes::new(&row.clocks(), &context.reader(me)),
        reason: Line::new(tr(reason)),
        invite: Some(announce::calendar_invite(context, me, row)),
    });
    let notice = Notice {
        about: About::CheckIn(row.id),
        step: "cancelled",
        is_first: false,
        recipient: me,
        every_channel: true,
        lane: Lane::Announcement,
        even_in_shadow: false,
    };
    notify::queue(context, tx, &notice, &message).await?;
    Ok(())
}

/// Something an employee says beside the check-in.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    pub kind: WordKind,
    /// What was chosen, in English words.
    pub why: &'a str,
    pub words: &'a str,
}

/// Hands a word on: to security (a report) or HR, into the story of the case where there is one,
/// and into the log as a commitment. Sent twice, it is handed on once. Answers the number both sides
/// quote.
pub async fn say(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    said: &Said<'_>,
) -> ActResult<String> {
    let tx = context.store.begin().await?;
    let row = check_ins::lock(&tx, id).await?;
    if row.person_id != me.id {
        return Err(muster_store::StoreError::missing("check-in", id).into());
    }
    let (kind, role) = match said.kind {
        WordKind::Report => ("check-in-reported", Role::Security),
        WordKind::Explanation => ("check-in-explained", Role::Hr),
        WordKind::Objection => ("outcome-disputed", Role::Hr),
        WordKind::OtherTime => ("other-time-asked", Role::Hr),
    };
    let number = receipts::number(&row);
    if was_said(context, &tx, me, id, kind, said).await? {
        return Ok(number);
    }
    let entry = Record::new(kind)
        .by(Some(me.pseudonym))
        .about(me)
        .fact("check_in", row.id.to_string())
        .commit("why", said.why)
        .commit("words", said.words)
        .write(&tx)
        .await?;
    if said.kind == WordKind::Objection {
        super::objections::keep(context, &tx, me, id, said.words).await?;
    }
    let about = cases::about(&*tx, [me.id]).await?;
    let case = about.iter().find(|c| c.check_in_id == row.id || Some(c.id) == row.case_id);
    if let Some(case) = case {
        let words = Some(said.words).filter(|w| !w.is_empty());
        cases::tell(&tx, case, kind, Some(PersonId(me.id)), words, said.why).await?;
    }
    let page = match (said.kind, case) {
        (WordKind::Objection, _) => context.page(&format!("/objections/{id}")),
        (_, Some(case)) => context.page(&format!("/cases/{}", case.id)),
        (_, None) => context.page("/"),
    };
    for reader in people::with_role(&*tx, role).await? {
        // Nobody reads about himself; his own word does not come back to him.
        if reader.id == me.id {
            continue;
        }
        let message = notify::worded(context, &reader, || WordFromEmployee {
            frame: context.frame(&reader),
            kind: said.kind,
            number: Line::new(&number),
            person: Line::new(&me.name),
            start: context
                .reader(&reader)
                .beside(UtcMillis(row.start_ms), Some(&context.subject_zone(me))),
            code: Line::new(&row.code),
            why: Line::new(&tr_text(said.why)),
            words: Line::reason(said.words),
            page: page.clone(),
        });
        let notice = Notice {
            about: About::Office(entry.0),
            step: kind,
            is_first: true,
            recipient: &reader,
            every_channel: false,
            lane: Lane::Escalation,
            even_in_shadow: false,
        };
        notify::queue(context, &tx, &notice, &message).await?;
    }
    tx.commit().await?;
    Ok(number)
}

/// Whether just this was said of this check-in a moment ago.
async fn was_said(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    id: CheckInId,
    kind: &str,
    said: &Said<'_>,
) -> ActResult<bool> {
    let since = context.now().plus_ms(-TWICE_MS);
    let mark = format!("\"check_in\":\"{id}\"");
    let recent = muster_store::audit::about(&**tx, me.pseudonym).await?;
    let recent = recent.into_iter().take_while(|entry| entry.at_ms >= since.0);
    for entry in recent.filter(|entry| entry.kind == kind && entry.leaf.contains(&mark)) {
        let commits = async |name, text| {
            muster_store::audit::commits_to(&context.store, &**tx, &entry, name, text).await
        };
        if commits("why", said.why).await? && commits("words", said.words).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an objection to the outcome was sent already.
pub async fn has_objected(
    db: &impl ConnectionTrait,
    me: &person::Model,
    id: CheckInId,
) -> ActResult<bool> {
    let mark = format!("\"check_in\":\"{id}\"");
    let entries = muster_store::audit::about(db, me.pseudonym).await?;
    Ok(entries.iter().any(|e| e.kind == "outcome-disputed" && e.leaf.contains(&mark)))
}

/// What the installed data packs know of an address now; nothing where there are none.
pub(super) fn line(context: &Context, address: IpAddr, at: UtcMillis) -> Option<NetworkFacts> {
    let packs = context.packs.packs();
    (!packs.freshness(at).is_empty()).then(|| packs.look_up(address, at))
}
