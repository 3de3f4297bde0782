//! What the verifier does: comes to the session, reveals one drawn task after the other, and
//! gives the form. Only the assigned verifier, from the join window on.

use super::sightings::{self, Seen};
use super::stand_by::{self, second_opinion};
use super::{ActError, ActResult, Context, challenges, check_in as employee, passkeys};
use muster_domain::challenge::{
    Aid, Artefact, ChallengeAnswer, ChallengeClass, DrawnChallenge, sky_hint,
};
use muster_domain::check_in::Presence;
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::judging::attendance::{AttendanceKind, AttendanceSource, Party};
use muster_domain::judging::evidence::{ChallengeReport, Observation, VerifierForm};
use muster_domain::time::UtcMillis;
use muster_messages::t;
use muster_store::audit::Record;
use muster_store::entities::{check_in, drawn_challenge, person, verifier_form};
use muster_store::jobs::Job;
use muster_store::{Owner, Place, StoreError, Tx, check_ins, evidence, people};
use sea_orm::ConnectionTrait;
use std::collections::BTreeMap;

/// The session of this verifier, or one that was theirs until it was handed over. Any other does
/// not exist for them.
pub async fn assigned(
    db: &impl ConnectionTrait,
    verifier: PersonId,
    id: CheckInId,
) -> ActResult<Option<check_in::Model>> {
    let Some(row) = check_ins::find(db, id).await? else { return Ok(None) };
    let part = stand_by::part_of(db, &row, verifier).await?;
    Ok(part.map(|_| row))
}

/// Before this nobody learns whom he meets.
fn is_open(row: &check_in::Model, now: UtcMillis) -> bool {
    employee::opens(row) <= now
}

pub(super) async fn mine(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    id: CheckInId,
) -> ActResult<check_in::Model> {
    let row = check_ins::lock(tx, id).await?;
    if row.verifier_id != Some(me.id) {
        return Err(StoreError::missing("check-in", id).into());
    }
    opened(context, row)
}

/// The same for looking only: whoever is on the way to give a second opinion may, too.
pub(super) async fn seen_by(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    id: CheckInId,
) -> ActResult<check_in::Model> {
    let row = check_ins::lock(tx, id).await?;
    match second_opinion::may_take_over(&**tx, &row, PersonId(me.id)).await? {
        true => opened(context, row),
        false => mine(context, tx, me, id).await,
    }
}

fn opened(context: &Context, row: check_in::Model) -> ActResult<check_in::Model> {
    match is_open(&row, context.now()) {
        true => Ok(row),
        false => Err(ActError::conflict(t!("The session opens five minutes before its start."))),
    }
}

/// A drawn task as it is asked.
pub fn detail(row: &drawn_challenge::Model) -> ActResult<DrawnChallenge> {
    serde_json::from_str(&row.detail).map_err(|e| {
        ActError::Store(StoreError::Unreadable { what: "challenge", detail: e.to_string() })
    })
}

/// A task that was shown.
#[derive(Debug, Clone)]
pub struct Revealed {
    pub task: drawn_challenge::Model,
    /// How many were drawn.
    pub total: usize,
    /// How many of them are shown by now.
    pub revealed: usize,
    /// Whether it was shown now, and not before.
    pub is_new: bool,
}

/// Shows one task to both sides, the next one only when its turn has come. Showing it again
/// changes nothing.
pub async fn reveal(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    number: i64,
) -> ActResult<Revealed> {
    let tx = context.store.begin().await?;
    let row = mine(context, &tx, me, id).await?;
    if employee::is_over(&row) {
        return Err(ActError::conflict(t!("This session is over.")));
    }
    let all = evidence::challenges(&*tx, id).await?;
    let (total, shown) = (all.len(), all.iter().filter(|c| c.revealed_ms.is_some()).count());
    let found = all.into_iter().find(|c| c.no == number);
    let mut task = found.ok_or_else(|| StoreError::missing("challenge", number))?;
    let is_new = task.revealed_ms.is_none();
    if is_new {
        if usize::try_from(number).ok() != Some(shown + 1) {
            return Err(ActError::conflict(t!("The tasks are shown one after the other.")));
        }
        let now = context.now();
        task.revealed_ms = Some(now.0);
        add_aid(context, &tx, &row, &mut task, now).await?;
        muster_store::save(&tx, task.clone()).await?;
    }
    tx.commit().await?;
    Ok(Revealed { task, total, revealed: shown + usize::from(is_new), is_new })
}

/// What the service adds to a task at the moment it is shown. The code of a phone follows from that
/// moment, so it is one for the row, the page and the code.
async fn add_aid(
    context: &Context,
    tx: &Tx,
    row: &check_in::Model,
    task: &mut drawn_challenge::Model,
    now: UtcMillis,
) -> ActResult<()> {
    let mut asked = detail(task)?;
    match asked.aid {
        None => {}
        Some(Aid::PhoneCode) => challenges::phone::issue(context, tx, task, now).await?,
        Some(Aid::Sun) => {
            let person = people::get(&**tx, row.person()).await?;
            let places = challenges::declared_points(context, tx, &person).await?;
            asked.hint = sky_hint(&places, now);
            task.detail = serde_json::to_string(&asked).expect("a challenge is plain data");
        }
    }
    Ok(())
}

/// The verifier has chosen a first answer to a task that lies on the table: how long it took is
/// counted to here. What was answered comes with the form.
pub async fn answered(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    number: i64,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    mine(context, &tx, me, id).await?;
    let found = evidence::challenges(&*tx, id).await?.into_iter().find(|c| c.no == number);
    let mut task = found.ok_or_else(|| StoreError::missing("challenge", number))?;
    if task.revealed_ms.is_some() && task.answered_ms.is_none() {
        task.answered_ms = Some(context.now().0);
        muster_store::save(&tx, task).await?;
    }
    Ok(tx.commit().await?)
}

/// What the verifier answered, as it was typed.
#[derive(Debug, Clone, Default)]
pub struct TypedForm {
    /// By number of the task.
    pub answers: BTreeMap<i64, String>,
    pub artefacts: BTreeMap<i64, Vec<String>>,
    pub presence: String,
    pub observations: Vec<String>,
    pub notes: String,
    /// Whether they watched a passkey being added.
    pub saw_passkey: bool,
}

/// `presence` of the form: the person did not come.
pub const DID_NOT_COME: &str = "did_not_come";
/// Among the observations: somebody helped as agreed.
pub const ASSISTED: &str = "assistance_agreed";

/// Keeps the form, once. Sending it again changes nothing.
pub async fn give_form(
    context: &Context,
    me: &person::Model,
    id: CheckInId,
    typed: &TypedForm,
) -> ActResult<()> {
    let tx = context.store.begin().await?;
    let row = mine(context, &tx, me, id).await?;
    if evidence::form(&*tx, id).await?.is_some() {
        return Ok(());
    }
    if employee::is_over(&row) {
        return Err(ActError::conflict(t!("This session was judged or called off meanwhile.")));
    }
    let person = people::get(&*tx, row.person()).await?;
    if typed.presence == DID_NOT_COME {
        did_not_come(context, &tx, me, &person, &row).await?;
        return Ok(tx.commit().await?);
    }
    let challenges = evidence::challenges(&*tx, id).await?;
    let has_reference = super::baseline::shown(&*tx, &row).await?.is_some();
    let mut form = read(context.now(), &challenges, typed, has_reference)?;
    form.first_opinion = second_opinion::first_opinion(&context.store, &*tx, &row).await?;
    for mut task in challenges {
        let Some(report) = form.challenges.iter().find(|c| c.template == task.template) else {
            continue;
        };
        task.revealed_ms = Some(report.revealed_at.0);
        task.alternative = report.answer == ChallengeAnswer::Accommodated;
        task.answer = Some(report.answer.code().to_owned());
        task.artefacts = serde_json::to_string(&report.artefacts).expect("a list of words");
        task.answered_ms = task.answered_ms.or(Some(context.now().0));
        muster_store::save(&tx, task).await?;
    }
    let owner = Owner::Person(row.person());
    let place = |column| Place { table: "verifier_form", column, row: row.id };
    let notes = match typed.notes.trim() {
        "" => None,
        notes => Some(tx.seal(owner, place("notes"), &notes.to_owned()).await?),
    };
    let presence = form.presence.map_or("", |p| p.code());
    let kept = verifier_form::Model {
        check_in_id: row.id,
        verifier_id: me.id,
        presence: presence.to_owned(),
        detail: tx.seal(owner, place("detail"), &form).await?,
        notes,
        at_ms: context.now().0,
    };
    muster_store::insert(&tx, kept).await?;
    Record::new("verifier-form-given")
        .by(Some(me.pseudonym))
        .about(&person)
        .fact("check_in", row.id.to_string())
        .commit("presence", presence)
        .commit("notes", typed.notes.trim())
        .write(&tx)
        .await?;
    if typed.saw_passkey {
        passkeys::seen_by_verifier(&tx, me, &person, &row, form.presence).await?;
    }
    super::baseline::answered(&tx, me, person, &row, form.presence).await?;
    Job::Judge { check_in: id }.plan(&tx, context.now()).await?;
    Ok(tx.commit().await?)
}

/// Keeps the verifier's word; whether it was a miss is judged when window and grace are over.
async fn did_not_come(
    context: &Context,
    tx: &Tx,
    me: &person::Model,
    person: &person::Model,
    row: &check_in::Model,
) -> ActResult<()> {
    let until = row.clocks().window_end();
    if context.now() < until {
        let sentence = t!(
            "Wait until the time to join has passed; the page shows it. The person may still come."
        );
        return Err(ActError::invalid("presence", sentence));
    }
    let seen = Seen {
        check_in: row.check_in_id(),
        source: AttendanceSource::VerifierStatement,
        who: Party::Employee,
        kind: AttendanceKind::Absent,
        external_id: "form",
        amount: 0,
        at: context.now(),
    };
    if sightings::keep(tx, &seen).await? {
        Record::new("verifier-said-absent")
            .by(Some(me.pseudonym))
            .about(person)
            .fact("check_in", row.id.to_string())
            .write(tx)
            .await?;
    }
    Ok(())
}

/// Whether the verifier has said that nobody came.
pub async fn said_absent(db: &impl ConnectionTrait, id: CheckInId) -> ActResult<bool> {
    let seen = evidence::attendance(db, id).await?;
    Ok(seen.iter().any(|e| e.source == AttendanceSource::VerifierStatement.code()))
}

/// The form, or every fault of it at once.
fn read(
    now: UtcMillis,
    challenges: &[drawn_challenge::Model],
    typed: &TypedForm,
    has_reference: bool,
) -> ActResult<VerifierForm> {
    let mut faults = Vec::new();
    // `confirmed` needs a reference still beside the live picture; with one, it takes the place of a
    // merely live person.
    let not_offered = if has_reference { Presence::LivePersonSeen } else { Presence::Confirmed };
    let presence = Presence::from_code(&typed.presence).filter(|p| *p != not_offered);
    if presence.is_none() {
        let sentence = t!("Answer whom you met. That you could not tell is a full answer");
        faults.push(("presence", sentence.to_owned()));
    }
    let mut reports = Vec::new();
    for task in challenges {
        let answer = typed.answers.get(&task.no).and_then(|a| ChallengeAnswer::from_code(a));
        let field = field_of(task.no);
        let Some(answer) = answer else {
            if task.revealed_ms.is_some() && presence != Some(Presence::CouldNotTell) {
                faults.push((field, t!("Say how task {no} went", no = task.no)));
            }
            continue;
        };
        let ticked = typed.artefacts.get(&task.no).cloned().unwrap_or_default();
        let artefacts: Vec<Artefact> =
            ticked.iter().filter_map(|a| Artefact::from_code(a)).collect();
        let is_odd = answer == ChallengeAnswer::ArtefactSeen;
        if is_odd && artefacts.is_empty() {
            faults.push((field, t!("Tick what looked odd in task {no}", no = task.no)));
        }
        reports.push(ChallengeReport {
            template: task.template.clone(),
            class: ChallengeClass::from_code(&task.class).unwrap_or(ChallengeClass::Scene),
            answer,
            artefacts: if is_odd { artefacts } else { Vec::new() },
            revealed_at: task.revealed_ms.map_or(now, UtcMillis),
        });
    }
    if !faults.is_empty() {
        return Err(ActError::Invalid(faults));
    }
    Ok(VerifierForm {
        presence,
        challenges: reports,
        observations: typed.observations.iter().filter_map(|o| Observation::from_code(o)).collect(),
        assistance_agreed: typed.observations.iter().any(|o| o == ASSISTED),
        given_at: now,
        first_opinion: None,
    })
}

/// The form's field of a task. At most three are ever drawn.
fn field_of(number: i64) -> &'static str {
    match number {
        1 => "challenge_1",
        2 => "challenge_2",
        _ => "challenge_3",
    }
}
