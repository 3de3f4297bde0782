//! Why a person could be drawn on a date or not, and what was drawn: gathered for the command and for
//! pages. Nothing is told before its time: `k` and the chance once the label has closed, the draw once
//! its key is public. A look at somebody else is an audit entry.

use super::context::zone_of;
use super::office::Asker;
use super::{ActResult, Context};
use jiff::civil::Date;
use muster_domain::access::Act;
use muster_domain::calendar::{DateSpan, DayQuestion, Window};
use muster_domain::calendar::{Eligibility, WeeklyHours, explained_eligibility};
use muster_domain::check_in::CheckInKind;
use muster_domain::draw::explanation::{
    Announced, Count, Day, DayExplanation, DrawTold, Revealed, SLOTS_TOLD,
};
use muster_domain::draw::{
    BeaconKind, BeaconRound, BoundaryInputs, BoundaryKey, ChainKey, Horizon, PersonRow,
    SINGLE_LOCK_SALT, slot_order,
};
use muster_domain::id::{EntryId, PersonId, PolicyVersionId};
use muster_domain::person::DrawToken;
use muster_domain::time::{DAY_MS, UtcMillis, start_of_day};
use muster_store::audit::Record;
use muster_store::entities::{draw_boundary, person};
use muster_store::{
    busy, check_ins, draw_tokens, draws, holidays, installation, people, policies, private_blocks,
    reasons,
};

/// Days after a label has closed everywhere at which its key is public.
const REVEAL_DAYS: i64 = 7;

/// Explains a date of somebody on request, and notes that it was looked at. `actor`: who asks;
/// absent for the operator at the terminal. One's own date needs no right and leaves no entry.
///
/// # Errors
/// `Forbidden`; the store fails.
pub async fn look(
    context: &Context,
    actor: Option<PersonId>,
    person: PersonId,
    label: Date,
) -> ActResult<DayExplanation> {
    let subject = people::get(context.store.read(), person).await?;
    if actor != Some(person) {
        let tx = context.store.begin().await?;
        let asker = Asker::load(&tx, actor, Act::ReplayRevealedDraws).await?;
        Record::new("draw-day-explained")
            .by(asker.pseudonym())
            .about(&subject)
            .fact("label", label.to_string())
            .write(&tx)
            .await?;
        tx.commit().await?;
    }
    explain(context, &subject, label).await
}

/// Gathers what can be told now. Whoever calls answers for the right to see it.
pub async fn explain(
    context: &Context,
    subject: &person::Model,
    label: Date,
) -> ActResult<DayExplanation> {
    let db = context.store.read();
    let tokens = tokens(context, subject).await?;
    // Somebody who is drawn in blocks has a row in each: that of the hit says most, else the last.
    let mut told = None;
    for row in draws::boundaries_of(db, &label.to_string()).await? {
        let json = draws::boundary_inputs(&context.store, db, &row).await?;
        let Ok(inputs) = BoundaryInputs::from_json(&json) else { continue };
        let Some(committed) = tokens.iter().find_map(|token| inputs.person(token)) else {
            continue;
        };
        let day = committed_day(context, subject, &row, &inputs, committed).await?;
        let is_hit = matches!(&day.draw, DrawTold::Revealed(revealed) if revealed.is_hit);
        told = Some(day);
        if is_hit {
            break;
        }
    }
    if let Some(told) = told {
        return Ok(told);
    }
    let zone = zone_of(subject);
    let is_ahead = label > context.now().date_in(&zone);
    Ok(DayExplanation {
        label,
        zone: subject.zone.clone(),
        is_committed: !is_ahead,
        day: if is_ahead { as_things_stand(context, subject, label).await? } else { None },
        count: None,
        draw: if is_ahead { DrawTold::NotCommitted } else { DrawTold::NothingDrawn },
    })
}

/// The tokens under which the person may stand in committed rows.
async fn tokens(context: &Context, subject: &person::Model) -> ActResult<Vec<DrawToken>> {
    let earlier = draw_tokens::of_person(context.store.read(), PersonId(subject.id)).await?;
    let all = earlier.into_iter().map(|row| row.token).chain([subject.draw_token.clone()]);
    Ok(all.filter_map(|token| token.try_into().ok().map(DrawToken)).collect())
}

async fn committed_day(
    context: &Context,
    subject: &person::Model,
    row: &draw_boundary::Model,
    inputs: &BoundaryInputs,
    committed: &PersonRow,
) -> ActResult<DayExplanation> {
    let db = context.store.read();
    let entry = EntryId(row.entry_id);
    let reasons = reasons::of(&context.store, db, entry, &committed.token).await?;
    let policy = inputs.policy(committed.policy);
    let threshold = policy.map(|policy| committed.threshold(&policy.hazards));
    let is_closed = row.closed_ms.is_some();
    let count = threshold.filter(|_| is_closed && committed.class.is_none());
    let draw = match committed.class {
        _ if !is_closed => DrawTold::Open,
        Some(_) => DrawTold::NothingDrawn,
        None => match revealed_key(context, row, inputs).await? {
            Some(key) => {
                DrawTold::Revealed(revealed(context, subject, inputs, committed, &key).await?)
            }
            None => DrawTold::KeyNotPublic { public_ms: public_from(context, &row.label).await? },
        },
    };
    Ok(DayExplanation {
        label: inputs.boundary().label,
        zone: row.zone.clone(),
        is_committed: true,
        day: Some(Day {
            class: committed.class,
            free_slots: committed.slot_count() as u32,
            reasons,
        }),
        count: count.map(|threshold| Count {
            k: committed.k,
            chance_ppm: (threshold.hazard() * 1e6).round() as u32,
        }),
        draw,
    })
}

async fn public_from(context: &Context, label: &str) -> ActResult<Option<UtcMillis>> {
    let closed = draws::closed_labels(context.store.read()).await?;
    let closed = closed.into_iter().find(|(known, _)| known == label);
    Ok(closed.map(|(_, at)| at.plus_ms(REVEAL_DAYS * DAY_MS)))
}

/// The boundary's key from keys that are public, never from a tip.
async fn revealed_key(
    context: &Context,
    row: &draw_boundary::Model,
    inputs: &BoundaryInputs,
) -> ActResult<Option<BoundaryKey>> {
    let public = draws::reveals(context.store.read()).await?;
    let mut keys = Vec::new();
    for chain in inputs.boundary().chain.split('+') {
        let of_chain = |r: &&muster_store::entities::draw_reveal::Model| {
            r.label == row.label && r.chain_id.to_string() == chain
        };
        let Some(key) = public.iter().find(of_chain) else { return Ok(None) };
        let mut bytes = [0; 32];
        if hex::decode_to_slice(&key.chain_key, &mut bytes).is_err() {
            return Ok(None);
        }
        keys.push(ChainKey::from_bytes(bytes));
    }
    let Some(salt) = salt_of(row) else { return Ok(None) };
    let holders: Vec<&ChainKey> = keys.iter().collect();
    Ok(Some(BoundaryKey::derive(&holders, &salt, inputs.boundary())))
}

/// The salt of a boundary; a stored round is verified again.
fn salt_of(row: &draw_boundary::Model) -> Option<[u8; 32]> {
    match row.salt.as_str() {
        draws::salt::ZEROS => Some(SINGLE_LOCK_SALT),
        draws::salt::BEACON => {
            let kind: BeaconKind = row.beacon.parse().ok()?;
            let round = u64::try_from(row.round?).ok()?;
            let signature = row.signature.clone()?;
            kind.verify(round, &BeaconRound { round, signature }).ok()
        }
        _ => None,
    }
}

async fn revealed(
    context: &Context,
    subject: &person::Model,
    inputs: &BoundaryInputs,
    committed: &PersonRow,
    key: &BoundaryKey,
) -> ActResult<Revealed> {
    let db = context.store.read();
    let label = inputs.boundary().label.to_string();
    let policy = inputs.policy(committed.policy);
    let threshold = policy.map(|p| committed.threshold(&p.hazards));
    let u = match inputs.boundary().horizon {
        Horizon::Day => key.u_of_day(&committed.token),
        Horizon::Block(block) => key.u_of_block(block, &committed.token),
    };
    let is_hit = threshold.is_some_and(|threshold| threshold.is_hit(u));
    let mut slots = slot_order(key, &committed.token, &committed.slots);
    let days = draws::days(db, PersonId(subject.id)).await?;
    let result = days.into_iter().find(|day| day.label == label).map(|day| day.result);
    let drawn =
        check_ins::of_label(db, PersonId(subject.id), &label, CheckInKind::Drawn).await?.pop();
    let check_in = match drawn.filter(|_| is_hit) {
        None => None,
        Some(row) => {
            let start = UtcMillis(row.start_ms);
            let verifier = match row.verifier() {
                Some(id) => people::find(db, id).await?.map(|verifier| verifier.name),
                None => None,
            };
            Some(Announced {
                start_ms: start,
                rank: slots.iter().position(|slot| *slot == start).map(|at| at + 1),
                refused: busy::refusals(db, row.check_in_id()).await?.len(),
                verifier,
                outcome: row.outcome,
            })
        }
    };
    slots.truncate(if is_hit { SLOTS_TOLD } else { 0 });
    let hex = |value: u64| format!("{value:016x}");
    Ok(Revealed {
        u: hex(u),
        threshold: threshold.map_or_else(String::new, |t| hex(t.0)),
        is_hit,
        slots,
        result,
        check_in,
    })
}

/// A date whose inputs are not committed, by what is known now. A reading of the calendar for that
/// date may not exist yet, so busy times are left out.
async fn as_things_stand(
    context: &Context,
    subject: &person::Model,
    label: Date,
) -> ActResult<Option<Day>> {
    let (db, id) = (context.store.read(), PersonId(subject.id));
    let Some(member) = policies::membership_of(db, id).await? else { return Ok(None) };
    let Ok(hours) = subject.hours.parse::<WeeklyHours>() else { return Ok(None) };
    let policy = super::policy::load(db, PolicyVersionId(member.policy_version_id)).await?;
    let zone = zone_of(subject);
    let t = start_of_day(label, &zone);
    let absences: Vec<DateSpan> = people::absences(db, id)
        .await?
        .iter()
        .filter_map(|a| {
            Some(DateSpan { first: a.first_day.parse().ok()?, last: a.last_day.parse().ok()? })
        })
        .collect();
    let declared = private_blocks::of(&context.store, db, id).await?;
    let private_blocks: Vec<Window> =
        declared.iter().flat_map(|open| open.block.windows(&zone, label)).collect();
    let deadline_ms = context.settings.baseline_deadline_days * DAY_MS;
    let deadline = UtcMillis(subject.joined_ms).plus_ms(deadline_ms);
    let is_settled = subject.baseline == people::baseline::PASSED || deadline <= t;
    let (eligibility, reasons) = explained_eligibility(&DayQuestion {
        label,
        t,
        zone: &zone,
        hours: &hours,
        terms: &policy.terms(),
        calendars: &holidays::all(db).await?,
        holiday_code: subject.holidays.as_deref(),
        absences: &absences,
        private_blocks: &private_blocks,
        busy: &[],
        is_on_roster: subject.state == "active",
        is_paused: installation::get(db).await?.mode == installation::mode::PAUSED,
        is_in_pool: true,
        is_notice_delivered: is_settled,
        is_baseline_settled: is_settled,
    });
    let class = match eligibility {
        Eligibility::Eligible { .. } => None,
        Eligibility::Not(class) => Some(class),
    };
    Ok(Some(Day { class, free_slots: reasons.free, reasons: Some(reasons) }))
}
