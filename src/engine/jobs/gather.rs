//! Everything judging reads of one check-in, as one value that can be kept and replayed.

use super::history::History;
use crate::acts::announce::INVITATION;
use crate::acts::check_in::NOT_NOW;
use crate::acts::context::zone_of;
use crate::acts::disruptions;
use crate::acts::external_findings;
use crate::acts::policy::{self, PolicyInForce};
use crate::acts::sightings;
use crate::engine::Engine;
use crate::engine::job_error::JobError;
use muster_domain::check_in::{Channel, PageStep};
use muster_domain::id::{CheckInId, PersonId, PolicyVersionId};
use muster_domain::judging::attendance::{AttendanceEvent, AttendanceSettings};
use muster_domain::judging::drift::Drift;
use muster_domain::judging::evidence::{
    Claim, ClaimStatus, DeclaredPlace, Point, RequiredEvidence, VerifierForm,
};
use muster_domain::judging::fault::{
    AttemptReceipt, Delivery, FaultEvidence, Outage, Probe, ProbeTarget,
};
use muster_domain::judging::gathered::Gathered;
use muster_domain::judging::judge::{Circumstances, JudgingInput};
use muster_domain::judging::region::Region;
use muster_domain::judging::rules::RuleSettings;
use muster_domain::judging::surroundings::Surroundings;
use muster_domain::policy::LocationDemand;
use muster_domain::time::{UtcMillis, start_of_day};
use muster_packs::polygons::Polygons;
use muster_store::entities::{check_in, notification, person};
use muster_store::notifications::{self, channel, state};
use muster_store::{
    Owner, Place, StoreResult, Tx, device_keys, evidence, installation, passkeys, people, probes,
    rule_exceptions, rule_records, stand_by as calls,
};
use std::collections::BTreeMap;

/// Reads everything in the transaction that will keep the judgement.
pub(super) async fn input(
    engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
) -> Result<JudgingInput, JobError> {
    let db = &**tx;
    let person = people::get(db, row.person()).await?;
    let policy = policy::load(db, PolicyVersionId(row.policy_version_id)).await?;
    let now = engine.now();
    let (declared, travel) = declared(engine, tx, &person).await?;
    let history = History::before(engine, tx, row).await?;
    let mut claim = claim(engine, tx, row, &policy).await?;
    let network = claim.as_mut().and_then(|claim| claim.network.take());
    let gathered = gathered(tx, row, claim.as_mut()).await?;
    let configured = &engine.context.settings.gathering;
    let drift = Drift::of(claim.as_ref(), &history.accepted, &declared, &travel);
    Ok(JudgingInput {
        judged_at: now,
        kind: row.why(),
        attempt: row.attempt as u16,
        clocks: row.clocks(),
        sightings: sightings(tx, row.check_in_id()).await?,
        attendance_settings: AttendanceSettings::default(),
        circumstances: circumstances(tx, row, &person).await?,
        fault_evidence: fault_evidence(engine, tx, row, &person).await?,
        claim,
        declared,
        surroundings: Surroundings {
            previous: history.previous,
            drift,
            travel,
            network_region: region(network.as_ref().and_then(|n| n.point.value().copied())),
            network,
            server: configured.server,
            corporate_egress_asns: configured.corporate_egress_asns.clone(),
            sanctioned_regions: configured.sanctioned_regions.clone(),
            reports: external_findings::open_of(&engine.context, tx, row.person()).await?,
            ..Surroundings::default()
        }
        .with(gathered),
        form: form(engine, tx, row).await?,
        required: required(&policy),
        history: history.sessions,
        exceptions: rule_exceptions::grants(tx, row.person(), now).await?,
        joined_at: Some(UtcMillis(person.joined_ms)),
        settings: settings(&policy, demoted(tx).await?),
    })
}

/// The raw sightings of a check-in. Rows that today's words do not know are left out.
pub(super) async fn sightings(tx: &Tx, id: CheckInId) -> StoreResult<Vec<AttendanceEvent>> {
    Ok(sightings::events_of(&evidence::attendance(&**tx, id).await?))
}

async fn circumstances(
    tx: &Tx,
    row: &check_in::Model,
    person: &person::Model,
) -> Result<Circumstances, JobError> {
    let absences = people::absences(&**tx, PersonId(person.id)).await?;
    let is_absent = absences.iter().any(|a| a.first_day <= row.label && row.label <= a.last_day);
    let is_moved = row.cancel_reason.as_deref() == Some(NOT_NOW);
    Ok(Circumstances {
        cancelled_by_us: row.cancelled_ms.is_some() && !is_moved,
        known_reason: is_absent || is_moved || row.excused_ms.is_some(),
        notice_given: is_moved,
        said_no: row.refused_ms.is_some(),
    })
}

async fn fault_evidence(
    engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
    person: &person::Model,
) -> Result<FaultEvidence, JobError> {
    let clocks = row.clocks();
    let (from, to) = (clocks.announce.plus_minutes(-5), clocks.grace_end());
    let probes = probes::between(&**tx, from, to).await?;
    let outages = installation::outages(&**tx, from, to).await?;
    let (before, after) = disruptions::hour_around(row);
    let neighbours =
        disruptions::due_between(&**tx, &person.zone, before, after, engine.now()).await?;
    let receipts = evidence::receipts(&**tx, row.check_in_id()).await?;
    let mut channels = vec![Channel::Mail];
    channels.extend(person.second_email.as_ref().map(|_| Channel::SecondMail));
    Ok(FaultEvidence {
        probes: probes
            .iter()
            .filter_map(|p| {
                Some(Probe {
                    target: ProbeTarget::from_code(&p.target)?,
                    at: UtcMillis(p.at_ms),
                    ok: p.ok,
                })
            })
            .collect(),
        outages: outages
            .iter()
            .map(|o| Outage {
                target: ProbeTarget::Service,
                from: UtcMillis(o.from_ms),
                until: Some(UtcMillis(o.to_ms)),
            })
            .collect(),
        channels,
        deliveries: deliveries(tx, row).await?,
        attempts: receipts
            .iter()
            .filter_map(|r| {
                let error = Some(r.error.clone()).filter(|e| !e.is_empty());
                Some(AttemptReceipt {
                    at: UtcMillis(r.at_ms),
                    step: PageStep::from_code(&r.step)?,
                    error,
                })
            })
            .collect(),
        shared_disruption: disruptions::is_shared(&neighbours),
        handed_over: calls::of_check_in(&**tx, row.check_in_id())
            .await?
            .iter()
            .any(|call| call.to_verifier.is_some()),
        // The announcement transaction runs two minutes before the first message is due, so a
        // hand-over has its time already (promise P6 is taken by its word).
        acceptance_allowance_seconds: 0,
    })
}

async fn deliveries(tx: &Tx, row: &check_in::Model) -> Result<Vec<Delivery>, JobError> {
    let sent = notifications::about(&**tx, "check-in", row.id).await?;
    // Where the time has changed, the promise of a notice is about the word of the new one.
    let mut last: BTreeMap<&str, &notification::Model> = BTreeMap::new();
    let is_invitation =
        |n: &&notification::Model| n.step.starts_with(INVITATION) && n.recipient == row.person_id;
    for word in sent.iter().filter(is_invitation) {
        let newest = last.entry(&word.channel).or_insert(word);
        if newest.created_ms <= word.created_ms {
            *newest = word;
        }
    }
    Ok(last
        .into_values()
        .map(|n| Delivery {
            channel: if n.channel == channel::SECOND_MAIL {
                Channel::SecondMail
            } else {
                Channel::Mail
            },
            // What a shadow installation renders counts as delivered: nobody is told of the outcome either.
            accepted_at: n
                .accepted_ms
                .or((n.state == state::SHADOW).then_some(n.created_ms))
                .map(UtcMillis),
            bounced: n.bounced_ms.is_some(),
        })
        .collect())
}

async fn claim(
    engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
    policy: &PolicyInForce,
) -> Result<Option<Claim>, JobError> {
    if policy.policy.evidence.location == LocationDemand::Off {
        return Ok(None);
    }
    let Some(attested) = evidence::attestation(&**tx, row.check_in_id()).await? else {
        return Ok(Some(Claim {
            status: ClaimStatus::NotAsked,
            point: None,
            accuracy_metres: None,
            country: None,
            region: Region::default(),
            browser_time_zone: None,
            network: None,
            gathered: Gathered::default(),
            signature_good: true,
            observed_at: engine.now(),
        }));
    };
    let place = Place { table: "attestation", column: "claim", row: attested.id };
    let claim: Claim = tx.unseal(Owner::Person(row.person()), place, &attested.claim).await?;
    Ok(Some(Claim { region: region(claim.valid_point()), ..claim }))
}

/// What page and server gathered beside the claim, with how key and passkeys stand by now.
async fn gathered(
    tx: &Tx,
    row: &check_in::Model,
    claim: Option<&mut Claim>,
) -> StoreResult<Gathered> {
    let Some(claim) = claim else { return Ok(Gathered::default()) };
    let mut gathered = std::mem::take(&mut claim.gathered);
    if let Some(mac) = gathered.device.key.take() {
        gathered.device.standing =
            device_keys::standing(&**tx, row.person(), &mac, row.check_in_id()).await?;
    }
    let passkey = gathered.device.passkey_answer.take();
    // Who answered with a no is not asked about devices.
    if !matches!(claim.status, ClaimStatus::Declined | ClaimStatus::NotAsked) {
        gathered.device.passkey =
            passkeys::standing(&**tx, row.person(), passkey.as_ref(), claim.observed_at).await?;
    }
    Ok(gathered)
}

/// Where a point lies, by polygons.
fn region(point: Option<Point>) -> Region {
    point.map(|point| Polygons::shared().region(point)).unwrap_or_default()
}

/// Work places, and the trips among them.
async fn declared(
    engine: &Engine,
    tx: &Tx,
    person: &person::Model,
) -> Result<(Vec<DeclaredPlace>, Vec<DeclaredPlace>), JobError> {
    let zone = zone_of(person);
    let day = |text: &Option<String>, add: i64| {
        let date: jiff::civil::Date = text.as_deref()?.parse().ok()?;
        let date = if add == 0 { date } else { date.tomorrow().ok()? };
        Some(start_of_day(date, &zone).plus_ms(-add))
    };
    let places = people::places(&engine.context.store, &**tx, PersonId(person.id)).await?;
    let (travel, declared) = places.iter().partition::<Vec<_>, _>(|p| p.row.is_travel);
    let listed = |rows: Vec<&people::OpenPlace>| {
        let place = |p: &people::OpenPlace| {
            let point = Point::from_degrees(p.detail.lat, p.detail.lon);
            DeclaredPlace {
                point,
                radius_metres: (p.detail.radius_km * 1_000.0).round() as u32,
                country: p.detail.country.parse().ok(),
                region: region(point),
                valid_from: day(&p.row.valid_from, 0),
                valid_until: day(&p.row.valid_to, 1),
            }
        };
        rows.into_iter().map(place).collect()
    };
    Ok((listed(declared), listed(travel)))
}

async fn form(
    _engine: &Engine,
    tx: &Tx,
    row: &check_in::Model,
) -> Result<Option<VerifierForm>, JobError> {
    let Some(kept) = evidence::form(&**tx, row.check_in_id()).await? else { return Ok(None) };
    let place = Place { table: "verifier_form", column: "detail", row: row.id };
    Ok(Some(tx.unseal(Owner::Person(row.person()), place, &kept.detail).await?))
}

fn required(policy: &PolicyInForce) -> Vec<RequiredEvidence> {
    let mut required = Vec::new();
    if policy.policy.evidence.location == LocationDemand::Required {
        required.push(RequiredEvidence::Location);
    }
    if policy.policy.challenges.count > 0 {
        required.push(RequiredEvidence::Challenges);
    }
    required
}

/// Rules that people gave a lower level.
async fn demoted(tx: &Tx) -> StoreResult<Vec<String>> {
    Ok(rule_records::demotions(&**tx).await?.into_iter().map(|row| row.rule_id).collect())
}

fn settings(policy: &PolicyInForce, demoted: Vec<String>) -> RuleSettings {
    RuleSettings {
        demoted,
        usable_accuracy_metres: policy.policy.evidence.accuracy_max_m,
        challenges_required: policy.policy.challenges.count,
        passkey: policy.policy.evidence.passkey,
        ..RuleSettings::default()
    }
}
