//! A quarter of 10,000 people day by day: draw, slots, matching, states, audit entries and one durable
//! commit a day into a real SQLite file. Processor time is the figure; the disk is told apart.

use crate::Sizes;
use crate::generator::{Dice, token};
use crate::probe::{cpu_seconds, seconds};
use jiff::civil::date;
use muster_domain::audit::{Commitment, Frontier, Leaf, leaf_hash};
use muster_domain::calendar::SlotRange;
use muster_domain::draw::{
    Boundary, BoundaryInputs, BoundaryKey, Breaks, CadenceLaw, CadenceState, DayRoll, HazardTable,
    Horizon, PersonRow, Plan, PolicyRow, Taken, VerifierRow, plan,
};
use muster_domain::id::{EntryId, PolicyVersionId};
use muster_domain::person::DrawToken;
use muster_domain::time::{DAY_MS, MINUTE_MS, UtcMillis};
use muster_ports::{Entropy as _, OsEntropy, SystemClock};
use muster_store::entities::audit_entry;
use muster_store::{KeyRing, Store, StoreOptions, insert_all};
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

/// 2027-01-04, 08:00 UTC, when everybody's working day begins.
const MORNING: UtcMillis = UtcMillis(1_799_049_600_000);
const SLOTS: i64 = 96;
/// Verifiers for so many people: a load of about 0.8 under the default cap of 12 sessions.
const PEOPLE_A_VERIFIER: usize = 200;

pub fn measure(sizes: &Sizes) -> anyhow::Result<Value> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(quarter(sizes))
}

/// What the days added up to.
#[derive(Default)]
struct Sums {
    plan_cpu: f64,
    entries_cpu: f64,
    commit_wall: f64,
    commit_cpu: f64,
    rows_wall: f64,
    met: usize,
    uncovered: usize,
    moved: usize,
    entries: usize,
}

async fn quarter(sizes: &Sizes) -> anyhow::Result<Value> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite://{}", folder.path().join("muster.db").display());
    let keys = KeyRing::create(&folder.path().join("keys"), &OsEntropy)?;
    let store =
        Store::open(&StoreOptions::new(&url), keys, Arc::new(SystemClock), Arc::new(OsEntropy))
            .await?;
    store.migrate().await?;

    let people = sizes.people_of_quarter;
    let policy = policy();
    let mut roll = DayRoll::new(Horizon::Day, vec![policy.hazards.clone()]);
    let mut dice = Dice::new(sizes.seed);
    let tokens: Vec<DrawToken> = (0..people).map(|n| token(sizes.seed, n)).collect();
    for token in &tokens {
        let k = 1 + dice.below(40) as u32;
        roll.push(*token, 0, CadenceState { k, ..CadenceState::default() });
    }
    let (mut sums, mut frontier) = (Sums::default(), Frontier::default());
    let mut fsync = Vec::new();
    for day in 0..i64::from(sizes.days_of_quarter) {
        (0..people).for_each(|n| roll.set_eligible(n, dice.below(12) > 0));
        roll.begin_day();
        let mut inputs = None;
        sums.rows_wall += seconds(|| {
            inputs = Some(rows(day, &tokens, &roll, &policy, &mut dice));
        });
        let inputs = inputs.expect("made just now");
        let key = BoundaryKey::from_bytes(&[day as u8 + 1; 32]);

        let begun = cpu_seconds();
        let planned = plan(&inputs, &key, &Taken::default());
        roll.close_day(&places_of_hits(&planned, &tokens));
        let planned_at = cpu_seconds();
        let entries = entries(&planned, day, &mut frontier)?;
        let entered_at = cpu_seconds();
        sums.entries += entries.len();
        let commit_begun = Instant::now();
        let tx = store.begin().await?;
        insert_all(&tx, entries).await?;
        tx.commit().await?;
        sums.commit_wall += commit_begun.elapsed().as_secs_f64();
        sums.plan_cpu += planned_at - begun;
        sums.entries_cpu += entered_at - planned_at;
        sums.commit_cpu += cpu_seconds() - entered_at;
        sums.met += planned.selections.len();
        sums.uncovered += planned.uncovered.len();
        sums.moved += planned.moved.len();
        fsync.push(one_fsync(folder.path())?);
    }
    fsync.sort_by(f64::total_cmp);
    let cpu = sums.plan_cpu + sums.entries_cpu + sums.commit_cpu;
    Ok(json!({
        "people": people,
        "days": sizes.days_of_quarter,
        "met": sums.met,
        "uncovered": sums.uncovered,
        "moved": sums.moved,
        "audit_entries": sums.entries,
        "cpu_seconds": cpu,
        "bar_cpu_seconds_max": 1.0,
        "cpu_seconds_draw_slot_matching_states": sums.plan_cpu,
        "cpu_seconds_audit_entries": sums.entries_cpu,
        "cpu_seconds_insert_and_commit": sums.commit_cpu,
        "wall_seconds_insert_and_commit": sums.commit_wall,
        "fsync_probe_seconds_median": fsync[fsync.len() / 2],
        "fsync_probe_seconds_all": fsync.iter().sum::<f64>(),
        "wall_seconds_making_the_days_rows": sums.rows_wall,
    }))
}

/// Where those hit stand in the roll, whose tokens ascend.
fn places_of_hits(planned: &Plan, tokens: &[DrawToken]) -> Vec<u32> {
    let met = planned.selections.iter().map(|selection| &selection.token);
    let hit = met.chain(&planned.shielded).chain(&planned.uncovered);
    let mut places: Vec<u32> =
        hit.filter_map(|token| tokens.binary_search(token).ok()).map(|n| n as u32).collect();
    places.sort_unstable();
    places
}

/// The default clock of a policy: sessions of five minutes, five of turnaround.
fn policy() -> PolicyRow {
    let hazards: HazardTable = CadenceLaw::with_mean(21.0).table().expect("a plain law").table;
    PolicyRow {
        hazards,
        notice_minutes_max: 30,
        notice_minutes_min: 15,
        policy: PolicyVersionId(uuid::Uuid::from_u128(1)),
        session_minutes: 5,
        turnaround_minutes: 5,
    }
}

fn rows(
    day: i64,
    tokens: &[DrawToken],
    roll: &DayRoll,
    policy: &PolicyRow,
    dice: &mut Dice,
) -> BoundaryInputs {
    let morning = MORNING.plus_ms(day * DAY_MS);
    let slots = |from: i64, to: i64| SlotRange {
        first: morning.plus_minutes(5 * from),
        end: morning.plus_minutes(5 * to),
    };
    let label = date(2027, 1, 4).saturating_add(jiff::Span::new().days(day));
    let verifier = |n: usize| VerifierRow {
        breaks: Some(Breaks { after_sessions: 4, minutes: 15 }),
        label,
        languages: Vec::new(),
        sessions_max: 12,
        slots: vec![slots(0, 42), slots(54, SLOTS)],
        verifier: DrawToken([
            n as u8 | 0x80,
            0xff,
            (n >> 7) as u8,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
            1,
        ]),
    };
    let verifiers: Vec<VerifierRow> =
        (0..tokens.len().div_ceil(PEOPLE_A_VERIFIER)).map(verifier).collect();
    let person = |(n, token): (usize, &DrawToken)| {
        let meeting = dice.below(24) as i64;
        let is_eligible = roll.is_eligible(n);
        PersonRow {
            block: None,
            class: (!is_eligible).then_some(muster_domain::calendar::IneligibleClass::Absence),
            excluded: vec![verifiers[n % verifiers.len()].verifier],
            k: roll.state(n).k,
            languages: Vec::new(),
            last_verifier: Some(verifiers[(n / 7) % verifiers.len()].verifier),
            policy: policy.policy,
            slots: match is_eligible {
                true => vec![slots(7 + meeting, 42), slots(54, 54 + meeting + 12)],
                false => Vec::new(),
            },
            token: *token,
        }
    };
    let people = tokens.iter().enumerate().map(person).collect();
    let boundary = Boundary {
        chain: "bench".to_owned(),
        horizon: Horizon::Day,
        label,
        org: "bench".to_owned(),
        t: morning.plus_ms(-8 * 60 * MINUTE_MS),
    };
    BoundaryInputs::new(boundary, vec![policy.clone()], verifiers.clone(), people)
        .expect("rows as the service makes them")
}

/// An entry for every person met, with slot, verifier and notice committed, and one for the label.
fn entries(
    planned: &Plan,
    day: i64,
    frontier: &mut Frontier,
) -> anyhow::Result<Vec<audit_entry::Model>> {
    let mut entries = Vec::with_capacity(planned.selections.len() + 1);
    let mut enter = |leaf: Leaf| -> anyhow::Result<()> {
        let bytes = leaf.to_bytes()?;
        let hash = leaf_hash(&bytes);
        let seq = Some(frontier.size() as i64);
        frontier.push(hash);
        entries.push(audit_entry::Model {
            id: EntryId::from_random(random()).0,
            seq,
            at_ms: leaf.at_ms.0,
            kind: leaf.kind.clone(),
            subject: leaf.subject,
            leaf: String::from_utf8(bytes)?,
            leaf_hash: hex::encode(hash),
        });
        Ok(())
    };
    for s in &planned.selections {
        let mut leaf = Leaf::new(s.announce, "check-in-announced");
        leaf.subject = Some(uuid::Uuid::from_bytes(s.token.0));
        let values: [(&str, Value); 3] = [
            ("slot", json!(s.slot.0)),
            ("verifier", json!(s.verifier.to_hex())),
            ("notice_minutes", json!(s.notice_minutes)),
        ];
        for (name, value) in values {
            let commitment = Commitment::to(&value, random())?;
            leaf.commitments.insert(name.to_owned(), hex::encode(commitment.mac).into());
        }
        enter(leaf)?;
    }
    let mut leaf = Leaf::new(MORNING.plus_ms(day * DAY_MS + DAY_MS), "draw-label-closed");
    leaf.facts.insert("hit".to_owned(), json!(planned.selections.len()));
    leaf.facts.insert("uncovered".to_owned(), json!(planned.uncovered.len()));
    enter(leaf)?;
    Ok(entries)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsEntropy.fill(&mut bytes);
    bytes
}

/// A page written and synced in the same folder, of the same minute.
fn one_fsync(folder: &std::path::Path) -> anyhow::Result<f64> {
    let mut file = std::fs::File::create(folder.join("probe"))?;
    let begun = Instant::now();
    file.write_all(&[7; 4_096])?;
    file.sync_all()?;
    Ok(begun.elapsed().as_secs_f64())
}
