//! Sightings for linkage: of check-ins, and of sign-ins imported from an identity provider, a VPN or
//! device management. Addresses, squares, networks and device keys become keyed tags here and are kept
//! nowhere; an address is looked up first, since later nobody can.
//!
//! For linkage and nothing else: no finding, no miss and no page of a manager ever reads them.

use super::office::Asker;
use super::{ActError, ActResult, Context};
use muster_domain::access::Act;
use muster_domain::id::PersonId;
use muster_domain::judging::NetworkFacts;
use muster_domain::linking::{Fix, Observation, Tagger, WINDOW_DAYS, class_of, read_numbered};
use muster_domain::roster::{FaultCode, RosterFault, RosterFileKind};
use muster_domain::sentence::Sentence;
use muster_domain::time::{DAY_MS, UtcMillis};
use muster_packs::Packs;
use muster_store::audit::Record;
use muster_store::entities::{api_token, person};
use muster_store::observations::{self, NewObservation, source};
use muster_store::{Tx, people};
use serde::Serialize;
use std::collections::HashMap;
use std::io::Read;
use std::net::IpAddr;

/// Rows written at once.
const BATCH: usize = 500;
/// Batches read ahead.
const AHEAD: usize = 4;

/// Who brings observations in.
pub enum Importer {
    /// Somebody at a terminal; `None` is the operator.
    Person(Option<PersonId>),
    /// A program whose token was checked.
    Program(Box<api_token::Model>),
}

/// What somebody may bring in: who keeps the roster does not say where people were seen, and a program
/// that sees them does not say what stands in HR's records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Brings {
    Everything,
    HrKeys,
    Sightings,
}

/// What came of an import.
#[derive(Debug, Default, Serialize)]
pub struct ImportReport {
    /// New observations.
    pub taken: u64,
    /// Those that were there already, or stood twice in the file.
    pub known: u64,
    /// Older than the window, and not kept.
    pub too_old: u64,
    /// Without anything that could be compared, and not kept.
    pub empty: u64,
    /// Rows that cannot be taken; the others were.
    pub faults: Vec<RosterFault>,
}

/// Takes a file of observations. Bad rows are named, the others are kept; the same file again changes
/// nothing.
///
/// # Errors
/// `Forbidden`; the file cannot be read; the store fails, and the batches before are kept.
pub async fn import(
    context: &Context,
    who: Importer,
    file: impl Read + Send + 'static,
) -> ActResult<ImportReport> {
    let tx = context.store.begin().await?;
    let (actor, via, token, brings) = match who {
        Importer::Person(id) => {
            let (asker, brings) = match Asker::load(&tx, id, Act::ImportObservations).await {
                Err(ActError::Forbidden(_)) => {
                    (Asker::load(&tx, id, Act::ImportHrKeys).await?, Brings::HrKeys)
                }
                other => (other?, Brings::Everything),
            };
            (asker.pseudonym(), asker.via(), None, brings)
        }
        Importer::Program(token) => (None, "token", Some(token.id), Brings::Sightings),
    };
    let known = people::active(&*tx).await?;
    tx.rollback().await?;
    let taggers = context.store.taggers()?;
    let reader = Reader {
        people: known.into_iter().map(|p| (p.employee_id, PersonId(p.id))).collect(),
        packs: context.packs.packs(),
        now: context.now(),
        now_tags: context.store.taggers()?.now,
        next_tags: context.store.taggers()?.next,
        brings,
        report: ImportReport::default(),
    };
    let (batches, mut read) = tokio::sync::mpsc::channel(AHEAD);
    let reading = tokio::task::spawn_blocking(move || reader.read(file, &batches));
    let mut taken = 0;
    while let Some(batch) = read.recv().await {
        let tx = context.store.begin().await?;
        taken += observations::keep(&tx, &taggers, batch).await?;
        tx.commit().await?;
    }
    let (mut report, rows) = match reading.await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            let sentence = format!("The file cannot be read: {error}");
            return Err(ActError::Invalid(vec![("file", sentence)]));
        }
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    };
    report.taken = taken;
    report.known = rows - taken;
    let tx = context.store.begin().await?;
    let mut record = Record::new("observations-imported")
        .by(actor)
        .fact("via", via)
        .fact("taken", taken)
        .fact("known", report.known)
        .fact("refused", report.faults.len() as u64);
    if let Some(token) = token {
        record = record.fact("token", token.to_string());
    }
    record.write(&tx).await?;
    tx.commit().await?;
    Ok(report)
}

struct Reader {
    people: HashMap<String, PersonId>,
    packs: std::sync::Arc<Packs>,
    now: UtcMillis,
    now_tags: Tagger,
    next_tags: Tagger,
    brings: Brings,
    report: ImportReport,
}

impl Reader {
    /// Reads to the end. Answers the report, and how many rows were passed on.
    fn read(
        mut self,
        file: impl Read,
        batches: &tokio::sync::mpsc::Sender<Vec<NewObservation>>,
    ) -> std::io::Result<(ImportReport, u64)> {
        let (mut batch, mut rows, mut unknown) = (Vec::new(), 0, Vec::new());
        let faults = read_numbered(file, |line, seen| match self.taken(line, seen) {
            Err(fault) if unknown.len() < 1_000 => unknown.push(*fault),
            Err(_) | Ok(None) => {}
            Ok(Some(new)) => {
                rows += 1;
                batch.push(new);
                if batch.len() >= BATCH {
                    // Whoever keeps them has failed, and says so.
                    drop(batches.blocking_send(std::mem::take(&mut batch)));
                }
            }
        })?;
        drop(batches.blocking_send(batch));
        self.report.faults = faults;
        self.report.faults.extend(unknown);
        self.report.faults.sort_by_key(|fault| fault.line);
        Ok((self.report, rows))
    }

    fn taken(
        &mut self,
        line: u32,
        seen: &Observation<'_>,
    ) -> Result<Option<NewObservation>, Box<RosterFault>> {
        let fault = |column: &str, code, problem: String, accepted: &str| {
            Err(Box::new(RosterFault {
                file: RosterFileKind::Observations,
                line,
                column: Some(column.to_owned()),
                code,
                problem: Sentence::as_said(problem),
                accepted: Sentence::as_said(accepted),
            }))
        };
        let Some(person) = self.people.get(seen.employee_id).copied() else {
            let problem = format!("nobody on the roster is `{}`", seen.employee_id);
            let accepted = "the employee_id of somebody who is on the roster";
            return fault("employee_id", FaultCode::UnknownPerson, problem, accepted);
        };
        if self.brings == Brings::HrKeys && has_sightings(seen) {
            let problem = "the row says where somebody was seen".to_owned();
            let accepted = "employee_id, at, delivery_key and payroll_key alone, from HR";
            return fault("employee_id", FaultCode::NotAllowed, problem, accepted);
        }
        if self.brings == Brings::Sightings && (seen.delivery.is_some() || seen.payroll.is_some()) {
            let problem = "the row says what stands in HR's records".to_owned();
            let accepted = "the column from HR, by `muster observations import`";
            let column = if seen.delivery.is_some() { "delivery_key" } else { "payroll_key" };
            return fault(column, FaultCode::NotAllowed, problem, accepted);
        }
        if seen.at > self.now.plus_ms(DAY_MS) {
            let problem = format!("`{}` is to come", seen.at.timestamp());
            return fault("at", FaultCode::BadInstant, problem, "a time that has passed");
        }
        if seen.at < self.now.plus_ms(-WINDOW_DAYS * DAY_MS) {
            self.report.too_old += 1;
            return Ok(None);
        }
        let found = seen.address.map(|address| self.packs.look_up(address, seen.at));
        let new = kept(&self.now_tags, &self.next_tags, person, seen, found.as_ref());
        if new.is_none() {
            self.report.empty += 1;
        }
        Ok(new.map(|new| NewObservation { source: source::IMPORT, ..new }))
    }
}

/// Whether there is more to it than what HR's records say.
fn has_sightings(seen: &Observation<'_>) -> bool {
    seen.address.is_some()
        || seen.fix.is_some()
        || seen.device_key.is_some()
        || seen.lan_id.is_some()
}

/// What is kept of one observation; `None` where nothing of it could be compared.
fn kept(
    now: &Tagger,
    next: &Tagger,
    person: PersonId,
    seen: &Observation<'_>,
    found: Option<&NetworkFacts>,
) -> Option<NewObservation> {
    let tags = now.tags(seen);
    let class = seen.address.and_then(|address| {
        class_of(address, seen.class, found.and_then(|f| f.class.value().copied()))
    });
    let new = NewObservation {
        person,
        at: seen.at,
        source: source::CHECK_IN,
        class: class.map(|class| class.code().to_owned()),
        asn: seen.asn.or_else(|| found.and_then(|f| f.asn.value().copied())),
        is_ipv6: seen.address.is_some_and(|a| a.to_canonical().is_ipv6()),
        knows_lan: seen.lan_id.is_some(),
        tags,
        next: next.tags(seen),
    };
    (!tags.is_empty()).then_some(new)
}

/// Keeps what an answer to the question of place says, in the transaction of the answer.
pub async fn of_check_in(
    context: &Context,
    tx: &Tx,
    person: &person::Model,
    address: Option<IpAddr>,
    fix: Option<Fix>,
) -> ActResult<()> {
    let at = context.now();
    let taggers = context.store.taggers()?;
    let found = address.map(|address| context.packs.packs().look_up(address, at));
    let seen = Observation {
        employee_id: &person.employee_id,
        at,
        declared: None,
        address,
        class: None,
        asn: None,
        fix,
        device_key: None,
        lan_id: None,
        delivery: None,
        payroll: None,
    };
    let id = PersonId(person.id);
    if let Some(new) = kept(&taggers.now, &taggers.next, id, &seen, found.as_ref()) {
        observations::keep(tx, &taggers, vec![new]).await?;
    }
    Ok(())
}
