//! The committed inputs of one boundary: who may be drawn, when they and the verifiers are free.
//! Results, not rules; and nothing here depends on a hit.

use super::{Engine, Policies, blocks, keys};
use crate::acts::lines::Lines;
use crate::acts::{notices, policy};
use jiff::civil::Date;
use muster_domain::calendar::{
    DateSpan, DayQuestion, DayReasons, Eligibility, HolidayCalendars, IneligibleClass, SlotRange,
    SlotTerms, WeeklyHours, Window, explained_eligibility, verifier_slots,
};
use muster_domain::check_in::CheckInKind;
use muster_domain::draw::{
    Blocks, Boundary, BoundaryInputs, Breaks, CadenceState, Horizon, PersonRow, PolicyRow,
    VerifierRow,
};
use muster_domain::id::{PersonId, PolicyVersionId};
use muster_domain::person::{DrawToken, Role};
use muster_domain::policy::LanguageRule;
use muster_domain::time::{DAY_MS, HOUR_MS, MINUTE_MS, UtcMillis, start_of_day, zone};
use muster_store::busy::{self, Snapshot};
use muster_store::drawable::{self, Drawable};
use muster_store::entities::{absence, draw_state, person};
use muster_store::private_blocks::{self, OpenBlock};
use muster_store::reasons::Reasons;
use muster_store::{Whose, check_ins, holidays, installation, lines, people, policies};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;
use uuid::Uuid;

/// Everything the rows are made from, read once: of a zone or of a few, and of the verifiers.
pub(in crate::engine) struct Roster {
    people: Vec<Drawable>,
    by_id: HashMap<Uuid, usize>,
    lines: Lines,
    verifiers: Vec<Drawable>,
    /// First sessions that are announced and ahead.
    sessions: HashMap<Uuid, Vec<Window>>,
    absences: BTreeMap<PersonId, Vec<absence::Model>>,
    policies: Policies,
    live: policy::Live,
    /// Whom the notice has reached, where that counts.
    notified: BTreeSet<PersonId>,
    calendars: HolidayCalendars,
    blocks: BTreeMap<PersonId, Vec<OpenBlock>>,
    busy: BTreeMap<PersonId, Snapshot>,
}

/// What is read first: who they are, for whom the programme is, and whom the notice has reached.
struct Known {
    people: Vec<Drawable>,
    verifiers: Vec<Drawable>,
    live: policy::Live,
    notified: BTreeSet<PersonId>,
}

impl Roster {
    /// The people of a zone and the verifiers: for the rows of its boundaries.
    pub(in crate::engine) async fn of_zone(
        engine: &Engine,
        label: Date,
        zone: &str,
    ) -> anyhow::Result<Roster> {
        let db = engine.context.store.read();
        let mut people = drawable::in_zone(db, zone).await?;
        let verifiers = drawable::with_role(db, Role::Verifier).await?;
        people.extend(verifiers.iter().filter(|verifier| verifier.zone != zone).cloned());
        let ids: Vec<Uuid> = people.iter().map(|p| p.id).collect();
        let whose = Whose::among(&ids);
        let live = live_for(db, &people).await?;
        let notified = match live.counts_gates_as_passed() {
            true => BTreeSet::new(),
            false => notices::delivered(db).await?,
        };
        let known = Known { people, verifiers, live, notified };
        Roster::read(engine, label, known, whose).await
    }

    /// These people and the verifiers: for a session that is placed beside the draw.
    pub(super) async fn of(
        engine: &Engine,
        label: Date,
        wanted: &[&person::Model],
    ) -> anyhow::Result<Roster> {
        let db = engine.context.store.read();
        let verifiers = drawable::with_role(db, Role::Verifier).await?;
        let is_known = |person: &&&person::Model| verifiers.iter().any(|v| v.id == person.id);
        let others: Vec<Uuid> = wanted.iter().filter(|p| !is_known(p)).map(|p| p.id).collect();
        let mut people = verifiers.clone();
        people.extend(drawable::of(db, &others).await?);
        let ids: Vec<Uuid> = people.iter().map(|p| p.id).collect();
        let live = live_for(db, &people).await?;
        let mut notified = BTreeSet::new();
        for person in wanted.iter().filter(|_| !live.counts_gates_as_passed()) {
            let id = PersonId(person.id);
            if notices::has_reached(db, id).await? {
                notified.insert(id);
            }
        }
        let known = Known { people, verifiers, live, notified };
        Roster::read(engine, label, known, Whose::Of(&ids)).await
    }

    async fn read(
        engine: &Engine,
        label: Date,
        Known { people, verifiers, live, notified }: Known,
        whose: Whose<'_>,
    ) -> anyhow::Result<Roster> {
        let context = &engine.context;
        let db = context.store.read();
        let policies = engine.policies(&policies::with_members(db).await?).await?;
        let (first, last) =
            (label.yesterday()?.to_string(), label.tomorrow()?.tomorrow()?.to_string());
        let busy = match &engine.ports.busy {
            None => BTreeMap::new(),
            Some(source) => {
                let oldest = start_of_day(label, &jiff::tz::TimeZone::UTC).plus_ms(-DAY_MS);
                let oldest = oldest.plus_ms(-i64::from(source.max_age_hours) * HOUR_MS);
                busy::read_since(&context.store, db, oldest, whose).await?
            }
        };
        Ok(Roster {
            calendars: holidays::all(db).await?,
            blocks: private_blocks::all(&context.store, db, whose).await?,
            busy,
            by_id: people.iter().enumerate().map(|(i, p)| (p.id, i)).collect(),
            lines: Lines::by(lines::managers(db, whose).await?),
            sessions: baseline_sessions(db).await?,
            verifiers,
            absences: people::absences_between(db, &first, &last, whose).await?,
            policies,
            live,
            notified,
            people,
        })
    }

    fn person(&self, id: Uuid) -> Option<&Drawable> {
        self.people.get(*self.by_id.get(&id)?)
    }

    /// Verifiers who must not meet this person: those of their line, up and down.
    pub(super) fn excluded(&self, person: Uuid) -> Vec<DrawToken> {
        let barred = |v: &&Drawable| self.lines.bars(person, v.id);
        self.verifiers.iter().filter(barred).map(token).collect()
    }

    fn spans(&self, person: Uuid) -> Vec<DateSpan> {
        let absences = self.absences.get(&PersonId(person)).into_iter().flatten();
        absences
            .filter_map(|a| {
                Some(DateSpan { first: a.first_day.parse().ok()?, last: a.last_day.parse().ok()? })
            })
            .collect()
    }

    /// Whether and when this person is free on a label, asked at `t`.
    pub(super) fn day(
        &self,
        engine: &Engine,
        person: Uuid,
        policy: &policy::PolicyInForce,
        label: Date,
        t: UtcMillis,
    ) -> Option<(Eligibility, DayReasons)> {
        self.day_behind(engine, person, policy, label, t, false)
    }

    /// The same; `gate_is_open` where the first session itself is to be placed.
    pub(super) fn day_behind(
        &self,
        engine: &Engine,
        person: Uuid,
        policy: &policy::PolicyInForce,
        label: Date,
        t: UtcMillis,
        gate_is_open: bool,
    ) -> Option<(Eligibility, DayReasons)> {
        let person = self.person(person)?;
        let hours: WeeklyHours = person.hours.parse().ok()?;
        let zone = time_zone(person);
        let id = PersonId(person.id);
        if !self.live.is_for(id) {
            let class = IneligibleClass::OutsidePilot;
            return Some((Eligibility::Not(class), DayReasons::default()));
        }
        let is_passed = self.live.counts_gates_as_passed();
        let is_met = person.baseline == people::baseline::PASSED;
        let deadline = notices::baseline_deadline(&engine.context, UtcMillis(person.joined_ms));
        // What was declared after the boundary counts from the next one.
        let declared = self.blocks.get(&id).into_iter().flatten().filter(|b| b.added < t);
        let private_blocks: Vec<Window> =
            declared.flat_map(|b| b.block.windows(&zone, label)).collect();
        let busy = self.busy_of(engine, id, t);
        let read = busy.into_iter().flat_map(|snapshot| snapshot.busy.iter().copied());
        // A first session is arranged openly, days ahead: nobody is drawn into it.
        let arranged = self.sessions.get(&person.id).into_iter().flatten().copied();
        let taken: Vec<Window> = read.chain(arranged).collect();
        let (eligibility, mut reasons) = explained_eligibility(&DayQuestion {
            label,
            t,
            zone: &zone,
            hours: &hours,
            terms: &policy.terms(),
            calendars: &self.calendars,
            holiday_code: person.holidays.as_deref(),
            absences: &self.spans(person.id),
            private_blocks: &private_blocks,
            busy: &taken,
            is_on_roster: true,
            is_paused: self.live.mode == installation::mode::PAUSED,
            is_in_pool: true,
            is_notice_delivered: is_passed || self.notified.contains(&id),
            is_baseline_settled: gate_is_open || is_passed || is_met || deadline <= t,
        });
        reasons.busy_age_minutes = busy.map(|snapshot| t.since(snapshot.read) / MINUTE_MS);
        Some((eligibility, reasons))
    }

    /// The reading of this person's calendar that counts at `t`: not a later one, and not one that
    /// is too old.
    fn busy_of(&self, engine: &Engine, id: PersonId, t: UtcMillis) -> Option<&Snapshot> {
        let max_age_ms = i64::from(engine.ports.busy.as_ref()?.max_age_hours) * HOUR_MS;
        self.busy.get(&id).filter(|s| s.read <= t && t.since(s.read) <= max_age_ms)
    }

    pub(super) fn policy_of(&self, person: Uuid) -> Option<&Arc<policy::PolicyInForce>> {
        self.policies.get(&self.person(person)?.policy?)
    }

    /// The active people of a zone.
    pub(super) fn in_zone(&self, zone: &str) -> impl Iterator<Item = &Drawable> {
        self.people.iter().filter(move |p| p.zone == zone)
    }

    /// A person's row over the whole label, of which `first` is the first instant.
    pub(super) fn person_row(
        &self,
        engine: &Engine,
        person: &Drawable,
        boundary: &Boundary,
        first: UtcMillis,
    ) -> Option<(PersonRow, DayReasons)> {
        let policy = self.policy_of(person.id)?;
        let (day, reasons) = self.day(engine, person.id, policy, boundary.label, first)?;
        let stored = person.state.as_ref();
        let last_label = stored.and_then(|s| s.last_label.clone());
        if last_label.is_some_and(|l| l >= boundary.label.to_string()) {
            return None; // drawn for this label in another zone already
        }
        let is_eligible = matches!(day, Eligibility::Eligible { .. });
        let state = cadence(stored).at_boundary(is_eligible, policy.table.max_gap_days());
        let (class, slots) = match day {
            Eligibility::Eligible { slots } => (None, slots),
            Eligibility::Not(class) => (Some(class), Vec::new()),
        };
        let row = PersonRow {
            block: None,
            class,
            excluded: self.excluded(person.id),
            k: state.k,
            languages: languages(&person.languages, policy),
            last_verifier: self.last_verifier(stored),
            policy: policy.id,
            slots,
            token: token(person),
        };
        Some((row, reasons))
    }

    pub(super) fn last_verifier(&self, stored: Option<&draw_state::Model>) -> Option<DrawToken> {
        let id = stored?.last_verifier?;
        self.person(id).map(token)
    }

    pub(super) fn state_of(&self, person: Uuid) -> Option<&draw_state::Model> {
        self.person(person)?.state.as_ref()
    }

    /// Rows of every verifier whose local dates touch the boundary's day, as if nobody had been
    /// drawn: only sessions that were ordered beside the draw and announced already count as busy.
    pub(super) async fn verifier_rows(
        &self,
        engine: &Engine,
        from: UtcMillis,
        to: UtcMillis,
    ) -> anyhow::Result<Vec<VerifierRow>> {
        let Some(terms) = self.widest_terms() else { return Ok(Vec::new()) };
        let cap = self.policies.values().map(|p| p.policy.verifiers.daily_cap).min().unwrap_or(0);
        let breaks = self.strictest_breaks();
        let db = engine.context.store.read();
        let announced = check_ins::beside_the_draw(db, from, to).await?;
        let mut rows = Vec::new();
        for verifier in &self.verifiers {
            let Ok(hours) = verifier.hours.parse::<WeeklyHours>() else { continue };
            let zone = time_zone(verifier);
            let absences = self.spans(verifier.id);
            let is_closed = |date: Date| {
                absences.iter().any(|a| a.contains(date))
                    || verifier
                        .holidays
                        .as_deref()
                        .is_some_and(|code| self.calendars.is_holiday(code, date))
            };
            let read = self.busy_of(engine, PersonId(verifier.id), from);
            let read = read.into_iter().flat_map(|snapshot| snapshot.busy.iter().copied());
            let busy: Vec<Window> = announced
                .iter()
                .filter(|c| c.verifier_id == Some(verifier.id) || c.person_id == verifier.id)
                .map(|c| {
                    let start = UtcMillis(c.start_ms);
                    let minutes = c.session_minutes + c.grace_minutes + c.window_minutes;
                    Window { start, end: start.plus_ms(minutes * MINUTE_MS) }
                })
                .chain(read)
                .collect();
            let (mut label, last) = (from.date_in(&zone), to.date_in(&zone));
            while label <= last {
                let slots = verifier_slots(&hours, &zone, label, &terms, &busy, is_closed);
                let slots: Vec<SlotRange> =
                    slots.into_iter().filter(|r| r.end > from && r.first < to).collect();
                if !slots.is_empty() {
                    rows.push(VerifierRow {
                        breaks,
                        label,
                        languages: split(&verifier.languages),
                        sessions_max: cap,
                        slots,
                        verifier: token(verifier),
                    });
                }
                label = label.tomorrow()?;
            }
        }
        Ok(rows)
    }

    /// Breaks that satisfy every policy: a verifier meets people of all of them.
    fn strictest_breaks(&self) -> Option<Breaks> {
        let with_breaks = self.policies.values().map(|p| &p.policy.verifiers);
        let with_breaks = with_breaks.filter(|v| v.break_minutes > 0);
        let after_sessions = with_breaks.clone().map(|v| v.break_after_sessions).min()?;
        let minutes = with_breaks.map(|v| v.break_minutes).max()?;
        Some(Breaks { after_sessions, minutes })
    }

    /// Terms that fit a session of any policy.
    fn widest_terms(&self) -> Option<SlotTerms> {
        self.policies.values().map(|p| p.terms()).max_by_key(|t| t.tail_ms())
    }
}

/// What every boundary of a label names: whose draw it is, and under which chains.
pub(in crate::engine) struct Named {
    label: Date,
    organisation: String,
    chain: String,
}

impl Named {
    /// As boundaries name them that are committed now.
    pub(in crate::engine) async fn now(engine: &Engine, label: Date) -> anyhow::Result<Named> {
        let installation = installation::get(engine.context.store.read()).await?;
        let organisation = installation.organisation.to_string();
        Ok(Named { label, organisation, chain: keys::chain_names(engine, label).await? })
    }
}

/// The rows of one boundary, and how they came about. Nothing for block 0 of a label for which
/// nobody is drawn in blocks.
pub(in crate::engine) async fn inputs(
    engine: &Engine,
    roster: &Roster,
    zone_name: &str,
    named: &Named,
    horizon: Horizon,
) -> anyhow::Result<Option<(BoundaryInputs, Reasons)>> {
    let label = named.label;
    let zone = zone(zone_name).ok_or_else(|| anyhow::anyhow!("unknown zone {zone_name}"))?;
    let (first, end) = (start_of_day(label, &zone), start_of_day(label.tomorrow()?, &zone));
    let blocks = Blocks::of(first, end);
    let t = match horizon {
        Horizon::Day => first,
        Horizon::Block(n) => blocks.start(n),
    };
    let (chain, org) = (named.chain.clone(), named.organisation.clone());
    let boundary = Boundary { chain, horizon, label, org, t };
    let rows: Vec<(PersonRow, DayReasons)> = match horizon {
        Horizon::Day => roster
            .in_zone(zone_name)
            .filter(|p| !roster.policy_of(p.id).is_some_and(|policy| blocks::is_in_blocks(policy)))
            .filter_map(|p| roster.person_row(engine, p, &boundary, first))
            .collect(),
        Horizon::Block(_) => {
            blocks::people(engine, roster, zone_name, &boundary, blocks, first).await?
        }
    };
    if horizon == Horizon::Block(0) && rows.is_empty() {
        return Ok(None);
    }
    let (people, reasons): (Vec<PersonRow>, Vec<DayReasons>) = rows.into_iter().unzip();
    let tokens = people.iter().map(|row| hex::encode(row.token.0));
    let reasons: Reasons = tokens.zip(reasons).collect();
    let used: HashSet<PolicyVersionId> = people.iter().map(|p| p.policy).collect();
    let policies = roster
        .policies
        .values()
        .filter(|p| used.contains(&p.id))
        .map(|p| p.row())
        .collect::<Vec<PolicyRow>>();
    let verifiers = roster.verifier_rows(engine, t, end).await?;
    Ok(Some((BoundaryInputs::new(boundary, policies, verifiers, people)?, reasons)))
}

async fn live_for(
    db: &impl sea_orm::ConnectionTrait,
    people: &[Drawable],
) -> anyhow::Result<policy::Live> {
    let since = people.iter().filter_map(|p| Some((p.person(), p.live_since?)));
    Ok(policy::Live::load_beside(db, since.collect()).await?)
}

/// Times of first sessions that are announced and ahead, by person.
async fn baseline_sessions(
    db: &impl sea_orm::ConnectionTrait,
) -> anyhow::Result<HashMap<Uuid, Vec<Window>>> {
    let mut sessions: HashMap<Uuid, Vec<Window>> = HashMap::new();
    let open = check_ins::open(db).await?.into_iter();
    for row in open.filter(|row| row.kind == CheckInKind::Baseline.code()) {
        let end = row.clocks().grace_end().plus_minutes(row.session_minutes);
        let window = Window { start: row.clocks().start, end };
        sessions.entry(row.person_id).or_default().push(window);
    }
    Ok(sessions)
}

pub(super) fn token(person: &Drawable) -> DrawToken {
    DrawToken(person.draw_token.as_slice().try_into().unwrap_or_default())
}

pub(super) fn token_of(person: &person::Model) -> DrawToken {
    DrawToken(person.draw_token.as_slice().try_into().unwrap_or_default())
}

pub(super) fn cadence(stored: Option<&draw_state::Model>) -> CadenceState {
    stored.map_or_else(CadenceState::default, |s| CadenceState {
        k: s.k as u32,
        ineligible_days: s.ineligible_run as u32,
        is_eased: s.returned_in_cycle,
    })
}

/// What verifier and person must have in common; nothing where the policy does not ask.
pub(super) fn languages(spoken: &str, policy: &policy::PolicyInForce) -> Vec<String> {
    match policy.policy.verifiers.languages {
        LanguageRule::Shared => split(spoken),
        LanguageRule::Any => Vec::new(),
    }
}

fn time_zone(person: &Drawable) -> jiff::tz::TimeZone {
    zone(&person.zone).unwrap_or(jiff::tz::TimeZone::UTC)
}

/// Stored lists of codes are separated by blanks.
pub(super) fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
