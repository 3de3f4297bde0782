//! Private blocks: times inside the working hours in which a person does not want to be met,
//! declared ahead and capped by the policy. They are committed with the inputs of a day and feed no
//! finding. Whether a block counts for a day yet is for whoever loads them.

use super::hours::{Span, read_time};
use super::windows::{Window, instants};
use crate::sentence::{Sentence, word};
use crate::{msg, sentence};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// Blocks one person can have at a time: so many that nobody is stopped, so few that a page holds
/// them.
pub const BLOCKS_MAX: usize = 40;
/// Days ahead for which a dated block can be declared.
const AHEAD_DAYS_MAX: i32 = 366;

/// On which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BlockWhen {
    /// Each week on this day, Monday 0 to Sunday 6.
    Weekly(u8),
    /// On one date.
    Dated(Date),
}

/// One block, in local time of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PrivateBlock {
    pub when: BlockWhen,
    /// Minutes after local 00:00, 0 to 1439.
    pub start_minute: u16,
    /// Larger than the start, at most 1440.
    pub end_minute: u16,
}

/// Why a block is not taken, as a sentence for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub enum BlockFault {
    Time,
    Order,
    Past(Date),
    FarAhead(Date),
    Overlap(PrivateBlock),
    TooMuch { minutes: u32, minutes_max: u16 },
    TooMany,
}

impl BlockFault {
    /// What the person reads.
    pub fn sentence(&self) -> Sentence {
        match self {
            BlockFault::Time => sentence!("Write the time as 14:00, from 00:00 to 24:00."),
            BlockFault::Order => sentence!(
                "The block ends before it begins. One that runs past midnight is two blocks."
            ),
            BlockFault::Past(date) => sentence!(
                "{date} is over already. Choose a date from tomorrow on.",
                date = date.to_string()
            ),
            BlockFault::FarAhead(date) => sentence!(
                "{date} is too far ahead. Choose a date within a year.",
                date = date.to_string()
            ),
            BlockFault::Overlap(block) => sentence!(
                "This runs into the block {block} that you have already. Remove that one first.",
                block = block.sentence()
            ),
            BlockFault::TooMuch { minutes, minutes_max } => sentence!(
                "With this you would have {minutes} minutes in one week, and your policy allows {most}. Choose a \
                 shorter block or remove another.",
                minutes = *minutes,
                most = *minutes_max
            ),
            BlockFault::TooMany => sentence!(
                "You have {most} blocks already. Remove one that you no longer need.",
                most = BLOCKS_MAX
            ),
        }
    }
}

impl PrivateBlock {
    /// A block from times as people type them.
    ///
    /// # Errors
    /// `Time` or `Order`.
    pub fn read(when: BlockWhen, from: &str, to: &str) -> Result<PrivateBlock, BlockFault> {
        let minute = |text: &str| read_time(text.trim()).ok_or(BlockFault::Time);
        let (start_minute, end_minute) = (minute(from)?, minute(to)?);
        if end_minute <= start_minute {
            return Err(BlockFault::Order);
        }
        Ok(PrivateBlock { when, start_minute, end_minute })
    }

    /// Minutes it takes.
    pub fn minutes(&self) -> u32 {
        u32::from(self.end_minute - self.start_minute)
    }

    /// True where it falls on the date.
    pub fn is_on(&self, date: Date) -> bool {
        match self.when {
            BlockWhen::Weekly(day) => date.weekday() == weekday(day),
            BlockWhen::Dated(day) => day == date,
        }
    }

    /// True where it is over for good.
    pub fn is_over(&self, today: Date) -> bool {
        matches!(self.when, BlockWhen::Dated(date) if date < today)
    }

    /// What it is as instants, on the date `label` and the ones beside it.
    pub fn windows(&self, zone: &TimeZone, label: Date) -> Vec<Window> {
        let dates = [label.yesterday().ok(), Some(label), label.tomorrow().ok()];
        let on = dates.into_iter().flatten().filter(|date| self.is_on(*date));
        on.flat_map(|date| instants(zone, date, self.start_minute, self.end_minute)).collect()
    }

    /// The times as text, as in `14:00-15:30`.
    pub fn times(&self) -> String {
        Span { start_minute: self.start_minute, end_minute: self.end_minute }.to_string()
    }

    /// The day and the times, as in `every Monday 14:00-15:30`.
    pub fn sentence(&self) -> Sentence {
        const NAMES: [&str; 7] = [
            msg!("Monday"),
            msg!("Tuesday"),
            msg!("Wednesday"),
            msg!("Thursday"),
            msg!("Friday"),
            msg!("Saturday"),
            msg!("Sunday"),
        ];
        let times = self.times();
        match self.when {
            BlockWhen::Weekly(day) => {
                sentence!("every {day} {times}", day = word(NAMES[usize::from(day % 7)]), times)
            }
            BlockWhen::Dated(date) => Sentence::as_said(format!("{date} {times}")),
        }
    }

    fn may_meet(&self, other: &PrivateBlock) -> bool {
        match (self.when, other.when) {
            (BlockWhen::Weekly(a), BlockWhen::Weekly(b)) => a == b,
            (BlockWhen::Dated(a), BlockWhen::Dated(b)) => a == b,
            (BlockWhen::Weekly(_), BlockWhen::Dated(date)) => self.is_on(date),
            (BlockWhen::Dated(date), BlockWhen::Weekly(_)) => other.is_on(date),
        }
    }

    fn overlaps(&self, other: &PrivateBlock) -> bool {
        self.may_meet(other)
            && self.start_minute < other.end_minute
            && other.start_minute < self.end_minute
    }

    /// Whether it can be added to those there are. `today` is the person's local date; the first
    /// date that can be had is the next one, since today's inputs are committed.
    ///
    /// # Errors
    /// The first thing that does not fit, as a sentence.
    pub fn check(
        &self,
        existing: &[PrivateBlock],
        today: Date,
        minutes_max: u16,
    ) -> Result<(), BlockFault> {
        if let BlockWhen::Dated(date) = self.when {
            if date <= today {
                return Err(BlockFault::Past(date));
            }
            if (date - today).get_days() > AHEAD_DAYS_MAX {
                return Err(BlockFault::FarAhead(date));
            }
        }
        let live: Vec<PrivateBlock> =
            existing.iter().copied().filter(|block| !block.is_over(today)).collect();
        if live.len() >= BLOCKS_MAX {
            return Err(BlockFault::TooMany);
        }
        if let Some(other) = live.iter().find(|other| self.overlaps(other)) {
            return Err(BlockFault::Overlap(*other));
        }
        let mut all = live;
        all.push(*self);
        let minutes = minutes_in_fullest_week(&all);
        if minutes > u32::from(minutes_max) {
            return Err(BlockFault::TooMuch { minutes, minutes_max });
        }
        Ok(())
    }
}

/// The most minutes these blocks take in one calendar week (Monday to Sunday).
pub fn minutes_in_fullest_week(blocks: &[PrivateBlock]) -> u32 {
    let (mut weekly, mut dated) = (0, std::collections::BTreeMap::<Date, u32>::new());
    for block in blocks {
        match block.when {
            BlockWhen::Weekly(_) => weekly += block.minutes(),
            BlockWhen::Dated(date) => {
                let back = jiff::Span::new().days(date.weekday().to_monday_zero_offset());
                let monday = date.checked_sub(back).unwrap_or(date);
                *dated.entry(monday).or_default() += block.minutes();
            }
        }
    }
    weekly + dated.values().max().copied().unwrap_or(0)
}

impl std::fmt::Display for PrivateBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.sentence().fmt(f)
    }
}

fn weekday(day: u8) -> Weekday {
    Weekday::from_monday_zero_offset((day % 7) as i8).expect("0 to 6 is a weekday")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::zone;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 12, 1); // a Tuesday

    fn weekly(day: u8, from: &str, to: &str) -> PrivateBlock {
        PrivateBlock::read(BlockWhen::Weekly(day), from, to).unwrap()
    }

    fn dated(on: Date, from: &str, to: &str) -> PrivateBlock {
        PrivateBlock::read(BlockWhen::Dated(on), from, to).unwrap()
    }

    #[test]
    fn what_does_not_fit_is_said_in_a_sentence() {
        let have = [weekly(2, "14:00", "15:00"), dated(date(2026, 12, 4), "10:00", "10:30")];
        let says = |block: PrivateBlock| block.check(&have, TODAY, 120).unwrap_err().to_string();
        assert!(says(dated(TODAY, "09:00", "10:00")).contains("from tomorrow on"));
        assert!(says(dated(date(2028, 1, 1), "09:00", "10:00")).contains("within a year"));
        assert!(says(weekly(2, "14:30", "15:30")).contains("every Wednesday 14:00-15:00"));
        let wednesday = dated(date(2026, 12, 9), "14:59", "15:30");
        assert!(says(wednesday).contains("every Wednesday 14:00-15:00"));
        assert!(says(weekly(4, "10:00", "11:00")).contains("2026-12-04 10:00-10:30"));
        assert!(says(weekly(0, "09:00", "09:31")).contains("121 minutes in one week"));
        weekly(0, "09:00", "09:30").check(&have, TODAY, 120).unwrap();
        dated(date(2026, 12, 9), "15:00", "16:00").check(&have, TODAY, 120).unwrap();
        for (from, to) in [("9", "10:00"), ("25:00", "26:00"), ("", "")] {
            let fault = PrivateBlock::read(BlockWhen::Weekly(0), from, to).unwrap_err();
            assert_eq!(fault, BlockFault::Time);
        }
        let night = PrivateBlock::read(BlockWhen::Weekly(0), "22:00", "02:00");
        assert_eq!(night.unwrap_err(), BlockFault::Order);
    }

    #[test]
    fn blocks_that_are_over_count_no_longer() {
        let past: Vec<_> = (1..=BLOCKS_MAX as i8)
            .map(|n| dated(date(2026, 10, n % 28 + 1), "09:00", "10:00"))
            .collect();
        weekly(0, "09:00", "10:00").check(&past, TODAY, 60).unwrap();
        let future: Vec<_> = (0..BLOCKS_MAX as u16)
            .map(|n| PrivateBlock {
                when: BlockWhen::Weekly(1),
                start_minute: n,
                end_minute: n + 1,
            })
            .collect();
        assert_eq!(
            weekly(0, "09:00", "10:00").check(&future, TODAY, 600),
            Err(BlockFault::TooMany)
        );
    }

    #[test]
    fn a_block_is_the_wall_clock_of_its_day_through_a_clock_change() {
        let berlin = zone("Europe/Berlin").unwrap();
        let night = weekly(6, "01:30", "03:30"); // 2026-03-29: 02:00 to 03:00 does not exist
        let minutes = |label: Date| -> i64 {
            night.windows(&berlin, label).iter().map(|w| w.end.since(w.start) / 60_000).sum()
        };
        assert_eq!(minutes(date(2026, 3, 29)), 60);
        assert_eq!(minutes(date(2026, 10, 25)), 180, "an hour that comes twice is covered twice");
        assert_eq!(minutes(date(2026, 3, 31)), 0);
    }
}
