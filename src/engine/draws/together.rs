//! Placing several orders at one time, each with a verifier of its own. The first person's key says
//! which common slot is tried first; nothing is kept outside memory, as with every order.

use super::orders::{Placed, purpose, sorted};
use super::rows::{Roster, token_of};
use super::{Engine, Keeper, Planned};
use jiff::civil::Date;
use muster_domain::calendar::{ANNOUNCE_MARGIN_MS, Eligibility, SlotRange};
use muster_domain::draw::{
    PersonRow, PolicyRow, Selection, SingleQuestion, Taken, TakenSession, plan_single,
};
use muster_domain::id::{CheckInId, PersonId};
use muster_domain::person::DrawToken;
use muster_domain::time::{MINUTE_MS, UtcMillis, start_of_day};
use muster_store::entities::{check_in_order, person};
use muster_store::{check_ins, orders, overlaps, people};
use uuid::Uuid;

/// Common slots tried on one date.
const SLOTS_MAX: usize = 60;
const SLOT_MS: i64 = 5 * MINUTE_MS;

pub(super) enum Together {
    Found(Vec<(Uuid, Placed)>),
    /// A date that might do is not planned yet.
    NotYet,
    /// No common slot within reach, or the others were met without this one.
    Never,
}

/// One of them on one date.
struct Side<'a> {
    order: &'a check_in_order::Model,
    row: PersonRow,
    policy: PolicyRow,
    planned: &'a Planned,
}

impl Keeper {
    /// Places every open order of an overlap on one slot.
    pub(super) async fn place_together(
        &self,
        engine: &Engine,
        overlap: Uuid,
        open: &[check_in_order::Model],
    ) -> anyhow::Result<Together> {
        let db = engine.context.store.read();
        let (mut waiting, mut met_at) = (Vec::new(), None);
        for member in overlaps::members(db, overlap).await? {
            let Some(id) = member.order_id else { continue };
            if let Some(order) = open.iter().find(|order| order.id == id) {
                let person = people::get(db, PersonId(order.person_id)).await?;
                if person.state != "active" {
                    return Ok(Together::Never);
                }
                waiting.push((order, person));
            } else if let Some(announced) =
                orders::find(db, id).await?.and_then(|order| order.check_in_id)
            {
                // Somebody was told already: the others come then, or not at all.
                let row = check_ins::get(db, CheckInId(announced)).await?;
                met_at = Some(UtcMillis(row.start_ms));
            }
        }
        let Some((order, person)) = waiting.first() else { return Ok(Together::Never) };
        let asked = UtcMillis(order.created_ms);
        let first = asked.date_in(&crate::acts::context::zone_of(person));
        let people: Vec<&person::Model> = waiting.iter().map(|(_, person)| person).collect();
        let roster = Roster::of(engine, first, &people).await?;
        let mut label = first;
        for _ in 0..super::orders::DATES_MAX {
            match self.sides(engine, &roster, &waiting, label, asked) {
                Sides::All(sides) => {
                    if let Some(found) = self.common(engine, &sides, met_at, asked).await? {
                        let placed = sides
                            .iter()
                            .zip(found)
                            .map(|(side, selection)| (side.order.id, Placed { selection, label }));
                        return Ok(Together::Found(placed.collect()));
                    }
                }
                Sides::NotPlanned(zone) => {
                    return Ok(match self.may_come(engine, &zone, label) {
                        true => Together::NotYet,
                        false => Together::Never,
                    });
                }
                Sides::Not => {}
            }
            label = label.tomorrow()?;
        }
        Ok(Together::Never)
    }

    fn sides<'a>(
        &'a self,
        engine: &Engine,
        roster: &Roster,
        waiting: &[(&'a check_in_order::Model, person::Model)],
        label: Date,
        asked: UtcMillis,
    ) -> Sides<'a> {
        let tokens: Vec<DrawToken> = waiting.iter().map(|(_, person)| token_of(person)).collect();
        let mut sides = Vec::new();
        for (order, person) in waiting {
            let zone = crate::acts::context::zone_of(person);
            let Some(policy) = roster.policy_of(person.id).cloned() else { return Sides::Not };
            let from = asked.max(start_of_day(label, &zone));
            let day = roster.day(engine, person.id, &policy, label, from);
            let Some((Eligibility::Eligible { slots }, _)) = day else { return Sides::Not };
            let Some(planned) = self.planned_of(&person.zone, label) else {
                return Sides::NotPlanned(person.zone.clone());
            };
            // Nobody of them meets another of them.
            let mut excluded = roster.excluded(person.id);
            excluded.extend(tokens.iter().copied());
            let mut excluded = sorted(excluded);
            excluded.dedup();
            let row = PersonRow {
                block: None,
                class: None,
                excluded,
                k: 1,
                languages: super::rows::languages(&person.languages, &policy),
                last_verifier: roster.last_verifier(roster.state_of(person.id)),
                policy: policy.id,
                slots,
                token: token_of(person),
            };
            sides.push(Side { order, row, policy: policy.row(), planned });
        }
        Sides::All(sides)
    }

    /// A slot at which each has a verifier of their own.
    async fn common(
        &self,
        engine: &Engine,
        sides: &[Side<'_>],
        met_at: Option<UtcMillis>,
        asked: UtcMillis,
    ) -> anyhow::Result<Option<Vec<Selection>>> {
        let mut starts: Vec<UtcMillis> =
            sides[0].row.slots.iter().flat_map(|range| range.starts()).collect();
        let fits = |side: &Side<'_>, start: UtcMillis| {
            side.row.slots.iter().any(|range| range.starts().any(|other| other == start))
        };
        starts.retain(|start| {
            met_at.is_none_or(|at| at == *start) && sides.iter().all(|side| fits(side, *start))
        });
        let mut refused: Vec<UtcMillis> = Vec::new();
        while refused.len() < SLOTS_MAX {
            let open: Vec<SlotRange> = starts.iter().map(|start| one_slot(*start)).collect();
            let mut taken = self.taken_beside(engine, &sides[0].policy, None).await?;
            let Some(first) = chosen(&sides[0], open, &refused, &taken, asked) else {
                return Ok(None);
            };
            let slot = first.slot;
            let mut found = vec![first];
            for side in &sides[1..] {
                let last = found.last().expect("the first was found");
                taken.sessions.push(TakenSession {
                    verifier: last.verifier,
                    label: Some(last.verifier_label),
                    start: slot,
                    session_minutes: side.policy.session_minutes,
                    turnaround_minutes: side.policy.turnaround_minutes,
                });
                match chosen(side, vec![one_slot(slot)], &[], &taken, asked) {
                    Some(selection) => found.push(selection),
                    None => break,
                }
            }
            if found.len() == sides.len() {
                return Ok(Some(found));
            }
            refused.push(slot);
        }
        Ok(None)
    }
}

enum Sides<'a> {
    All(Vec<Side<'a>>),
    /// The label of this zone has no plan.
    NotPlanned(String),
    /// Somebody cannot be met on this date.
    Not,
}

fn one_slot(start: UtcMillis) -> SlotRange {
    SlotRange { first: start, end: start.plus_ms(SLOT_MS) }
}

fn chosen(
    side: &Side<'_>,
    slots: Vec<SlotRange>,
    refused: &[UtcMillis],
    taken: &Taken,
    asked: UtcMillis,
) -> Option<Selection> {
    let person = PersonRow { slots, ..side.row.clone() };
    let key = side.planned.key.for_purpose(purpose(side.order), &person.token);
    let question = SingleQuestion {
        person: &person,
        policy: &side.policy,
        verifiers: side.planned.inputs.verifiers(),
        taken,
        refused,
        announce_earliest: asked.plus_ms(ANNOUNCE_MARGIN_MS),
    };
    plan_single(&question, &key)
}
