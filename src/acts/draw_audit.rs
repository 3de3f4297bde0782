//! The bundle of a period: everything that lets a stranger recompute its draws, written line by
//! line, and audited line by line on the way by the very code that audits it offline.

use super::{ActError, ActResult, Context};
use jiff::civil::Date;
use muster_domain::draw::beacon::BeaconRound;
use muster_domain::draw::{BeaconKind, BoundaryInputs};
use muster_domain::draw_audit::{
    Auditor, BeaconVerdict, End, FORMAT, Fault, Header, LEAD_IN_DAYS, Opening, Report, RevealedKey,
    SHOWN, Trust, line_of,
};
use muster_domain::time::DAY_MS;
use muster_messages::t;
use muster_store::audit::{self, Kept};
use muster_store::entities::audit_entry;
use muster_store::{StoreError, Whose, draws, installation};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Write;
use uuid::Uuid;

/// Entries read at once.
const PAGE: u64 = 2_000;

/// What is put into a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub from: Date,
    pub to: Date,
    /// Show entries that the audit does not read as hashes only.
    pub hash_other_entries: bool,
}

/// What came of an audit: a report, or why the bundle proves nothing.
pub type Audited = Result<Report, Fault>;

/// What is trusted where nothing is brought along.
pub fn trust() -> Trust {
    Trust { checkpoint: None, log_key: None, beacon: check_beacon }
}

/// Checks a signature of a beacon by its kind.
pub fn check_beacon(kind: &str, round: u64, signature: &[u8]) -> BeaconVerdict {
    let Some(kind) = BeaconKind::from_code(kind) else { return BeaconVerdict::NotChecked };
    let answer = BeaconRound { round, signature: signature.to_vec() };
    match kind.verify(round, &answer) {
        Ok(_) => BeaconVerdict::Right,
        Err(_) => BeaconVerdict::Wrong,
    }
}

/// Writes the bundle to `out` and audits it. `told` hears how many of the log's entries are done.
///
/// # Errors
/// `Invalid` for a period whose rows have passed their date; the store or `out` fails. What is wrong with the draws is in the answer.
pub async fn export(
    context: &Context,
    wanted: Wanted,
    trust: Trust,
    out: &mut (dyn Write + Send),
    mut told: impl FnMut(u64, u64),
) -> ActResult<Audited> {
    refuse_deleted(context, wanted.from).await?;
    let store = &context.store;
    let db = store.read();
    let keys = store.data_keys(db, Whose::Everybody).await?;
    let mut pen = Pen::new(out, trust);
    let checkpoint = audit::checkpoint(db).await?;
    let size = checkpoint.as_ref().map_or(0, |c| c.size);
    let header = Header {
        format: FORMAT.to_owned(),
        from: wanted.from,
        log_key: hex::encode(context.signing.public()),
        org: installation::get(db).await?.organisation.to_string(),
        origin: context.signing.origin().to_owned(),
        to: wanted.to,
    };
    pen.member("bundle", &header)?;
    let note = checkpoint.map(|c| c.note).unwrap_or_default();
    pen.member("checkpoint", &serde_json::json!({ "note": note }))?;
    let revealed = draws::reveals(db).await?.into_iter().filter_map(|row| {
        let label = row.label.parse().ok()?;
        Some(((row.chain_id.to_string(), label), row.chain_key))
    });
    for ((chain, label), key) in revealed.collect::<BTreeMap<_, _>>() {
        pen.member("key", &RevealedKey { chain, key, label })?;
    }
    let mut entry_ids: BTreeMap<u64, Uuid> = BTreeMap::new();
    let mut from = 0;
    while from < size {
        let page = audit::opened_page(db, &keys, from, PAGE.min(size - from)).await?;
        if page.is_empty() {
            break; // the audit says that entries are missing
        }
        for (entry, kept) in page {
            write_rows(context, &mut pen, &mut entry_ids, Some(entry.at_ms)).await?;
            if entry.kind == "draw-inputs" {
                entry_ids.insert(from, entry.id);
            }
            pen.entry(&entry, kept, wanted.hash_other_entries)?;
            from += 1;
        }
        told(from, size);
    }
    write_rows(context, &mut pen, &mut entry_ids, None).await?;
    pen.end()
}

/// Writes the rows of every boundary that are due before the next entry.
async fn write_rows(
    context: &Context,
    pen: &mut Pen<'_>,
    entries: &mut BTreeMap<u64, Uuid>,
    next_at_ms: Option<i64>,
) -> ActResult<()> {
    while let Some(number) = pen.rows_due(next_at_ms) {
        pen.close_hashes()?;
        let Some(id) = entries.remove(&number) else { break };
        let db = context.store.read();
        let Some(row) = draws::boundary_of_entry(db, id).await? else { break };
        let json = match draws::boundary_inputs(&context.store, db, &row).await {
            Err(StoreError::Missing { .. }) => break, // the audit says that rows are missing
            json => json?,
        };
        let Ok(inputs) = BoundaryInputs::from_json(&json) else { break };
        for leaf in inputs.leaves() {
            pen.line(&leaf)?;
        }
    }
    Ok(())
}

/// Writes lines and feeds them to the audit. After a fault it goes on writing: the file shows what
/// there is.
struct Pen<'a> {
    out: &'a mut (dyn Write + Send),
    audit: Result<Box<Auditor>, Fault>,
    digest: Sha256,
    lines: u64,
    hashes: Vec<String>,
}

impl<'a> Pen<'a> {
    fn new(out: &'a mut (dyn Write + Send), trust: Trust) -> Pen<'a> {
        let audit = Ok(Box::new(Auditor::new(trust)));
        Pen { out, audit, digest: Sha256::new(), lines: 0, hashes: Vec::new() }
    }

    fn line(&mut self, bytes: &[u8]) -> ActResult<()> {
        let written = self.out.write_all(bytes).and_then(|()| self.out.write_all(b"\n"));
        written.map_err(unwritten)?;
        self.digest.update(bytes);
        self.digest.update(b"\n");
        self.lines += 1;
        self.audit(|auditor| auditor.line(bytes));
        Ok(())
    }

    fn audit<T>(&mut self, step: impl FnOnce(&mut Auditor) -> Result<T, Fault>) -> Option<T> {
        match step(self.audit.as_mut().ok()?) {
            Ok(answer) => Some(answer),
            Err(fault) => {
                self.audit = Err(fault);
                None
            }
        }
    }

    fn rows_due(&mut self, next_at_ms: Option<i64>) -> Option<u64> {
        self.audit(|auditor| auditor.rows_due(next_at_ms)).flatten()
    }

    fn member(&mut self, member: &str, value: &impl serde::Serialize) -> ActResult<()> {
        let mut bytes = line_of(member, value).map_err(unwritten)?;
        bytes.pop();
        self.line(&bytes)
    }

    fn entry(
        &mut self,
        entry: &audit_entry::Model,
        kept: BTreeMap<String, Kept>,
        hash_others: bool,
    ) -> ActResult<()> {
        if hash_others && !SHOWN.contains(&entry.kind.as_str()) {
            self.hashes.push(entry.leaf_hash.clone());
            return Ok(());
        }
        self.close_hashes()?;
        self.line(entry.leaf.as_bytes())?;
        for (field, kept) in kept {
            if let Kept::Opening { salt, value } = kept {
                self.member("opening", &Opening { field, salt, value })?;
            }
        }
        Ok(())
    }

    fn close_hashes(&mut self) -> ActResult<()> {
        let hashes = std::mem::take(&mut self.hashes);
        if hashes.is_empty() { Ok(()) } else { self.member("hashes", &hashes) }
    }

    fn end(mut self) -> ActResult<Audited> {
        self.close_hashes()?;
        let sha256 = hex::encode(std::mem::take(&mut self.digest).finalize());
        let lines = self.lines;
        self.member("end", &End { lines, sha256 })?;
        self.out.flush().map_err(unwritten)?;
        Ok(self.audit.and_then(|auditor| auditor.finish()))
    }
}

fn unwritten(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable { what: "bundle", detail: error.to_string() }
}

/// Dates whose committed rows have been deleted on their date cannot be recomputed any more. What
/// is missing of later ones is a finding of the audit.
async fn refuse_deleted(context: &Context, from: Date) -> ActResult<()> {
    let days = i64::from(context.settings.retention.draw_record);
    // Rows go in the night after; zones are up to a day apart; the audit reads some days before.
    let kept = (days - 1 - i64::from(LEAD_IN_DAYS)) * DAY_MS;
    let first = context.now().plus_ms(-kept).date_in(&jiff::tz::TimeZone::UTC);
    let oldest = draws::oldest_label(context.store.read()).await?;
    if from >= first || oldest.is_none_or(|label| label >= first.to_string()) {
        return Ok(());
    }
    let sentence = t!(
        "what the draws before {first} were made from is deleted {days} days after; audit from \
         {first} on, or check a bundle that was made in time",
        first,
        days
    );
    Err(ActError::invalid("from", &sentence))
}
