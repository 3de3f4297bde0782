//! One person's day in plain words: why it was eligible or not, and, once the key is public, what was
//! drawn. Everything here is an argument; what may be told already is decided by which parts are there.

use crate::calendar::{DayReasons, IneligibleClass};
use crate::time::UtcMillis;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

/// Slots that are told in keyed order.
pub const SLOTS_TOLD: usize = 10;

/// What can be said about one person and one local date.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DayExplanation {
    pub label: Date,
    /// IANA zone of the boundary, or of the person where nothing is committed.
    pub zone: String,
    /// False: computed from what is known now; the inputs of this date are not committed.
    pub is_committed: bool,
    /// Absent where the person had no row: not there yet, or in no policy.
    pub day: Option<Day>,
    /// Absent until the label has closed.
    pub count: Option<Count>,
    pub draw: DrawTold,
}

/// How the day came out of calendar and roster.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    /// Why the day was not eligible.
    pub class: Option<IneligibleClass>,
    pub free_slots: u32,
    /// Absent for days that were committed before reasons were kept.
    pub reasons: Option<DayReasons>,
}

/// What decides the chance of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The how many-th eligible day since the last draw.
    pub k: u32,
    /// The chance of that day, in millionths.
    pub chance_ppm: u32,
}

/// What the draw said, as far as it is public.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DrawTold {
    /// The date has not begun in that zone.
    NotCommitted,
    /// The label runs.
    Open,
    /// The label has closed; the key is public from then on.
    KeyNotPublic { public_ms: Option<UtcMillis> },
    /// Not eligible, so nothing was drawn.
    NothingDrawn,
    /// Recomputed from the revealed key.
    Revealed(Revealed),
}

/// The draw, recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Revealed {
    /// Number of the day or block, 16 hexadecimal digits.
    pub u: String,
    /// Hit if `u` is below it.
    pub threshold: String,
    pub is_hit: bool,
    /// The free slots in keyed order, the first few.
    pub slots: Vec<UtcMillis>,
    /// What became of a hit, as the service keeps it: `hit`, `shielded`, `uncovered`.
    pub result: Option<String>,
    pub check_in: Option<Announced>,
}

/// The check-in that followed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Announced {
    pub start_ms: UtcMillis,
    /// Place of that slot in keyed order, from 1; absent if it was none of the committed ones.
    pub rank: Option<usize>,
    /// Slots the person's calendar refused before it.
    pub refused: usize,
    pub verifier: Option<String>,
    pub outcome: Option<String>,
}

impl DayExplanation {
    /// The same in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let zone = crate::time::zone(&self.zone).unwrap_or(TimeZone::UTC);
        let mut said = Vec::new();
        if !self.is_committed {
            said.push(format!(
                "{} has not begun in {}: this is how it looks now, and it may change until then.",
                self.label, self.zone
            ));
        }
        match &self.day {
            None if !self.is_committed => {
                said.push("No policy in force draws this person.".to_owned());
            }
            None => said.push("There is no row of this person on that date.".to_owned()),
            Some(day) => said.extend(day.sentences()),
        }
        if let Some(count) = self.count {
            said.push(format!(
                "It was eligible day {} since the last draw, with a chance of {}.{:02} %.",
                count.k,
                count.chance_ppm / 10_000,
                count.chance_ppm % 10_000 / 100
            ));
        }
        said.extend(self.draw.sentences(&zone));
        said
    }
}

impl Day {
    fn sentences(&self) -> Vec<String> {
        let reasons = self.reasons.clone().unwrap_or_default();
        let mut said = Vec::new();
        let why = match self.class {
            Some(IneligibleClass::Left) => "not on the roster",
            Some(IneligibleClass::Paused) => "the programme was paused",
            Some(IneligibleClass::NotInPool) => "no policy draws this person",
            Some(IneligibleClass::OutsidePilot) => "not in the pilot group",
            Some(IneligibleClass::NoticePending) => "the privacy notice was not delivered yet",
            Some(IneligibleClass::BaselinePending) => "the baseline session was still to come",
            Some(IneligibleClass::Absence) => "an absence was recorded",
            Some(IneligibleClass::Holiday) => "a holiday of the person's calendar",
            Some(IneligibleClass::NoHours) => "the working hours hold no check-in on that date",
            Some(IneligibleClass::PrivateBlock) => "private blocks cover every slot",
            None => {
                said.push(format!(
                    "Eligible, with {} free slots of five minutes.",
                    self.free_slots
                ));
                ""
            }
        };
        if self.class.is_some() {
            let holiday = reasons.holiday.as_deref().map(|name| format!(" ({name})"));
            said.push(format!("Not eligible: {why}{}.", holiday.unwrap_or_default()));
        }
        if self.reasons.is_some() && reasons.by_hours > 0 {
            let mut steps = vec![format!("the hours give {}", reasons.by_hours)];
            for (before, after, who) in [
                (reasons.by_hours, reasons.open, "absences and holidays around"),
                (reasons.open, reasons.beside_private_blocks, "private blocks"),
                (reasons.beside_private_blocks, reasons.free, "busy times"),
            ] {
                if before != after {
                    steps.push(format!("{who} take {}", before - after));
                }
            }
            said.push(format!("Slots: {}; {} are left.", steps.join(", "), reasons.free));
            if reasons.busy_age_minutes.is_none() && self.class.is_none() {
                said.push("No reading of the person's calendar was used.".to_owned());
            }
            if let Some(minutes) = reasons.busy_age_minutes {
                let beside = reasons.beside_private_blocks.max(1);
                let busy = reasons.beside_private_blocks - reasons.free;
                said.push(format!(
                    "The calendar showed {} % of them as busy; it had been read {} h {} min before.",
                    busy * 100 / beside,
                    minutes / 60,
                    minutes % 60
                ));
            }
        }
        said
    }
}

impl DrawTold {
    fn sentences(&self, zone: &TimeZone) -> Vec<String> {
        let at = |t: UtcMillis| t.in_zone(zone).strftime("%Y-%m-%d %H:%M").to_string();
        match self {
            DrawTold::NotCommitted => Vec::new(),
            DrawTold::Open => vec![
                "The date is not over, so nothing about its draw is told. Its key becomes public seven days after \
                 the date has ended everywhere."
                    .to_owned(),
            ],
            DrawTold::KeyNotPublic { public_ms: Some(public) } => {
                vec![format!("The key of the date becomes public on {} (this zone).", at(*public))]
            }
            DrawTold::KeyNotPublic { public_ms: None } => vec![
                "The key becomes public seven days after the date has ended in every zone.".to_owned(),
            ],
            DrawTold::NothingDrawn => vec!["So nothing was drawn for this person.".to_owned()],
            DrawTold::Revealed(revealed) => revealed.sentences(&at),
        }
    }
}

impl Revealed {
    fn sentences(&self, at: &dyn Fn(UtcMillis) -> String) -> Vec<String> {
        let relation = if self.is_hit { "below" } else { "not below" };
        let mut said = vec![format!(
            "The number drawn is {}, {relation} the threshold {}: {}.",
            self.u,
            self.threshold,
            if self.is_hit { "drawn" } else { "not drawn" }
        )];
        if !self.is_hit {
            return said;
        }
        let slots: Vec<String> = self.slots.iter().map(|slot| at(*slot)).collect();
        if !slots.is_empty() {
            said.push(format!("Slots in keyed order: {}.", slots.join(", ")));
        }
        match (&self.check_in, self.result.as_deref()) {
            (None, Some("shielded")) => said.push(
                "Too few free slots: the day counted as shielded, and nobody was called."
                    .to_owned(),
            ),
            (None, Some("uncovered")) => {
                said.push("No verifier had time: the day counted as uncovered.".to_owned());
            }
            (None, _) => said.push("No check-in is on record.".to_owned()),
            (Some(check_in), _) => {
                let rank = match check_in.rank {
                    Some(rank) => format!("number {rank} in that order"),
                    None => "none of the committed slots".to_owned(),
                };
                let with = check_in.verifier.as_deref().unwrap_or("nobody");
                said.push(format!(
                    "The check-in was at {}, {rank}, with {with}; {} slot(s) were refused by the calendar. Outcome: {}.",
                    at(check_in.start_ms),
                    check_in.refused,
                    check_in.outcome.as_deref().unwrap_or("not yet")
                ));
            }
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn eligible() -> DayExplanation {
        DayExplanation {
            label: date(2026, 12, 2),
            zone: "Europe/Lisbon".to_owned(),
            is_committed: true,
            day: Some(Day {
                class: None,
                free_slots: 30,
                reasons: Some(DayReasons {
                    by_hours: 86,
                    open: 86,
                    beside_private_blocks: 74,
                    free: 30,
                    holiday: None,
                    busy_age_minutes: Some(40),
                }),
            }),
            count: None,
            draw: DrawTold::Open,
        }
    }

    #[test]
    fn a_running_day_tells_why_it_is_eligible_and_nothing_of_its_draw() {
        let said = eligible().sentences().join("\n");
        assert!(said.contains("Eligible, with 30 free slots"));
        assert!(said.contains(
            "the hours give 86, private blocks take 12, busy times take 44; 30 are left."
        ));
        assert!(said.contains("59 % of them as busy; it had been read 0 h 40 min before"));
        assert!(said.contains("not over") && !said.contains("eligible day"), "{said}");
    }

    #[test]
    fn a_holiday_is_named_and_an_absence_is_not() {
        let mut day = eligible();
        let reasons = DayReasons { holiday: Some("Founder's day".into()), ..DayReasons::default() };
        let class = Some(IneligibleClass::Holiday);
        day.day = Some(Day { class, free_slots: 0, reasons: Some(reasons) });
        day.draw = DrawTold::NothingDrawn;
        let said = day.sentences().join("\n");
        assert!(said.contains("Not eligible: a holiday of the person's calendar (Founder's day)."));
        assert!(said.contains("nothing was drawn"));
        day.day = Some(Day { class: Some(IneligibleClass::Absence), free_slots: 0, reasons: None });
        assert!(day.sentences()[0] == "Not eligible: an absence was recorded.");
    }

    #[test]
    fn a_revealed_draw_is_told_with_its_numbers() {
        let slot = UtcMillis(1_796_212_800_000); // 2026-12-02 12:00 UTC
        let mut day = eligible();
        day.count = Some(Count { k: 3, chance_ppm: 34_567 });
        day.draw = DrawTold::Revealed(Revealed {
            u: "0123456789abcdef".into(),
            threshold: "ffffffffffffffff".into(),
            is_hit: true,
            slots: vec![slot],
            result: Some("hit".into()),
            check_in: Some(Announced {
                start_ms: slot,
                rank: Some(1),
                refused: 0,
                verifier: Some("Jo Park".into()),
                outcome: Some("verified".into()),
            }),
        });
        let said = day.sentences().join("\n");
        assert!(
            said.contains("eligible day 3 since the last draw, with a chance of 3.45 %"),
            "{said}"
        );
        assert!(said.contains("below the threshold ffffffffffffffff: drawn."));
        assert!(
            said.contains("at 2026-12-02 12:00, number 1 in that order, with Jo Park"),
            "{said}"
        );
    }
}
