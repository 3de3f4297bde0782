//! How long each class of data is kept, counted from what, and why: one table that the purge, the
//! notice, the employee's own page and the documentation read.
//!
//! The defaults are short. An operator may shorten them down to what the product still needs, and
//! lengthen them only with a reason that everybody can read.

use crate::msg;
use serde::{Deserialize, Serialize};

words! {
    /// What kind of data a row holds, by how long it is needed.
    pub enum DataClass {
        /// The exact point of a location claim. Afterwards only its area is kept.
        ExactPlace = "exact_place",
        /// The area of a location claim.
        PlaceArea = "place_area",
        /// What happened in a session, minute by minute: sightings, tasks, notes, mails, and
        /// findings that changed nothing.
        SessionDetail = "session_detail",
        /// What was decided and on what ground: check-ins, judgements, findings, cases.
        Decision = "decision",
        /// What each draw read and found, for those who check it.
        DrawRecord = "draw_record",
        /// Absences and work places that are over, slots a calendar did not take.
        PastCircumstances = "past_circumstances",
        /// Keyed fingerprints of lines, networks, devices and squares somebody was seen at.
        Linkage = "linkage",
        /// When somebody was busy.
        BusyTimes = "busy_times",
        /// Everything about somebody who has left, from the roster to the keys.
        FormerEmployee = "former_employee",
        /// The service's own work, probes, alarms, instances.
        Operation = "operation",
        /// Sessions, codes and nonces: until they run out.
        SignIn = "sign_in",
        /// What belongs to a person for as long as that person is employed.
        Employment = "employment",
        /// The installation itself, and the log, which holds pseudonyms and hashes only.
        Installation = "installation",
    }
}

/// One class of the table.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    pub class: DataClass,
    /// Days kept, unless the operator says otherwise. None: for as long as what it belongs to.
    pub default_days: Option<u32>,
    /// Fewer days than these would break what the product promises.
    pub minimum_days: u32,
    /// What is in it, for people.
    pub holds: &'static str,
    /// The event that the days are counted from.
    pub counted_from: &'static str,
    /// What it is needed for meanwhile.
    pub needed_for: &'static str,
}

/// The table. Every class stands in it once.
pub const RETENTION: &[Retention] = &[
    Retention {
        class: DataClass::ExactPlace,
        default_days: Some(30),
        minimum_days: 2,
        holds: msg!("the exact point you shared in a check-in, and the record your browser signed"),
        counted_from: msg!("the check-in"),
        needed_for: msg!("looking into what did not fit"),
    },
    Retention {
        class: DataClass::PlaceArea,
        default_days: Some(90),
        minimum_days: 2,
        holds: msg!("the area of about 5 km around that point, and what the browser said about it"),
        counted_from: msg!("the check-in"),
        needed_for: msg!("comparing with the check-ins that follow"),
    },
    Retention {
        class: DataClass::SessionDetail,
        default_days: Some(180),
        minimum_days: 30,
        holds: msg!(
            "when each side was in the room, tasks and answers, the verifier's notes, mails, how \
                your browser reached us, a code of its key, that there was a passkey, and findings \
                that changed nothing"
        ),
        counted_from: msg!(
            "the check-in, the mail, the end of the case, the key's last use, or the \
                       passkey's removal"
        ),
        needed_for: msg!("explaining an outcome and disputing it"),
    },
    Retention {
        class: DataClass::Decision,
        default_days: Some(730),
        minimum_days: 180,
        holds: msg!("check-ins and their outcomes, what they were decided on, and cases"),
        counted_from: msg!("the outcome, or the end of the case"),
        needed_for: msg!("showing later that a decision was right, or that it was not"),
    },
    Retention {
        class: DataClass::DrawRecord,
        default_days: Some(730),
        minimum_days: 60,
        holds: msg!("for each date, whether you could be drawn and whether you were"),
        counted_from: msg!("the date"),
        needed_for: msg!("checking that nobody was spared or singled out"),
    },
    Retention {
        class: DataClass::PastCircumstances,
        default_days: Some(400),
        minimum_days: 60,
        holds: msg!(
            "absences, trips and work places that are over, and slots your calendar did not take"
        ),
        counted_from: msg!("their last day"),
        needed_for: msg!("reviewing a year of exemptions"),
    },
    Retention {
        class: DataClass::Linkage,
        default_days: Some(180),
        minimum_days: 14,
        holds: msg!(
            "fingerprints of the internet line, local network, device and square of about 150 m \
                that you were seen at, a day each; the values themselves are not kept"
        ),
        counted_from: msg!("that day"),
        needed_for: msg!("noticing company laptops that stand together in one place"),
    },
    Retention {
        class: DataClass::BusyTimes,
        default_days: Some(15),
        minimum_days: 2,
        holds: msg!("when you were busy, without what it was"),
        counted_from: msg!("the reading of your calendar"),
        needed_for: msg!("leaving your meetings alone"),
    },
    Retention {
        class: DataClass::FormerEmployee,
        default_days: Some(730),
        minimum_days: 30,
        holds: msg!("everything about somebody who has left"),
        counted_from: msg!("the day of leaving"),
        needed_for: msg!("the decisions above; then the key to all of it is destroyed"),
    },
    Retention {
        class: DataClass::Operation,
        default_days: Some(90),
        minimum_days: 14,
        holds: msg!("the service's own work, probes, alarms and outages"),
        counted_from: msg!("their end"),
        needed_for: msg!("finding out what went wrong on our side"),
    },
    Retention {
        class: DataClass::SignIn,
        default_days: None,
        minimum_days: 0,
        holds: msg!("sessions and one-time codes"),
        counted_from: msg!("the minute they run out"),
        needed_for: msg!("keeping you signed in"),
    },
    Retention {
        class: DataClass::Employment,
        default_days: None,
        minimum_days: 0,
        holds: msg!(
            "name, addresses, hours, work places, roles, your passkeys and the reference still until you leave, who \
                vouched for you, which notices you have read, and what opens the log's entries about you"
        ),
        counted_from: msg!(
            "the day you leave; from then on as everything about somebody who has left"
        ),
        needed_for: msg!("drawing and meeting you at your own hours"),
    },
    Retention {
        class: DataClass::Installation,
        default_days: None,
        minimum_days: 0,
        holds: msg!("policies, keys of draws that are public, and the log, which names nobody"),
        counted_from: msg!("the end of the installation"),
        needed_for: msg!("proving that nothing was changed afterwards"),
    },
];

/// The line of one class.
pub fn retention(class: DataClass) -> &'static Retention {
    RETENTION.iter().find(|r| r.class == class).expect("a test holds the table to be complete")
}

/// Days kept per class, as one installation has set them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionDays {
    pub exact_place: u32,
    pub place_area: u32,
    pub session_detail: u32,
    pub decision: u32,
    pub draw_record: u32,
    pub past_circumstances: u32,
    pub linkage: u32,
    pub busy_times: u32,
    pub former_employee: u32,
    pub operation: u32,
    /// Why something is kept longer than the default.
    pub longer_because: Option<String>,
}

impl Default for RetentionDays {
    fn default() -> RetentionDays {
        let days = |class| retention(class).default_days.expect("this class is counted in days");
        RetentionDays {
            exact_place: days(DataClass::ExactPlace),
            place_area: days(DataClass::PlaceArea),
            session_detail: days(DataClass::SessionDetail),
            decision: days(DataClass::Decision),
            draw_record: days(DataClass::DrawRecord),
            past_circumstances: days(DataClass::PastCircumstances),
            linkage: days(DataClass::Linkage),
            busy_times: days(DataClass::BusyTimes),
            former_employee: days(DataClass::FormerEmployee),
            operation: days(DataClass::Operation),
            longer_because: None,
        }
    }
}

/// What is wrong with a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionFault {
    /// The key, as in the file.
    pub key: &'static str,
    pub problem: String,
    /// What would be accepted.
    pub accepted: String,
}

impl RetentionDays {
    /// Days that a class is kept; None for those that end with what they belong to.
    pub fn of(&self, class: DataClass) -> Option<u32> {
        Some(match class {
            DataClass::ExactPlace => self.exact_place,
            DataClass::PlaceArea => self.place_area,
            DataClass::SessionDetail => self.session_detail,
            DataClass::Decision => self.decision,
            DataClass::DrawRecord => self.draw_record,
            DataClass::PastCircumstances => self.past_circumstances,
            DataClass::Linkage => self.linkage,
            DataClass::BusyTimes => self.busy_times,
            DataClass::FormerEmployee => self.former_employee,
            DataClass::Operation => self.operation,
            DataClass::SignIn | DataClass::Employment | DataClass::Installation => return None,
        })
    }

    /// Everything that is wrong with these settings.
    pub fn faults(&self) -> Vec<RetentionFault> {
        let mut faults = Vec::new();
        let reason = self.longer_because.as_deref().unwrap_or("");
        let has_reason = reason.split_whitespace().count() >= 3;
        for line in RETENTION {
            let (Some(days), Some(default)) = (self.of(line.class), line.default_days) else {
                continue;
            };
            if days < line.minimum_days {
                faults.push(RetentionFault {
                    key: line.class.code(),
                    problem: format!("is {days} days"),
                    accepted: format!("{} days or more", line.minimum_days),
                });
            }
            if days > default && !has_reason {
                faults.push(RetentionFault {
                    key: line.class.code(),
                    problem: format!("is {days} days, longer than the default"),
                    accepted: format!(
                        "at most {default}, or a `longer_because` of three words or more that \
                         everybody in the programme can read"
                    ),
                });
            }
        }
        // A part may not outlive the whole that explains it.
        let order = [
            ("exact_place", self.exact_place, "place_area", self.place_area),
            ("place_area", self.place_area, "decision", self.decision),
            ("session_detail", self.session_detail, "decision", self.decision),
        ];
        for (key, days, whole, limit) in order {
            if days > limit {
                faults.push(RetentionFault {
                    key,
                    problem: format!("is {days} days and so outlives `{whole}`"),
                    accepted: format!("at most {limit}"),
                });
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_stands_in_the_table_once_and_the_defaults_are_accepted() {
        let classes: Vec<DataClass> = RETENTION.iter().map(|r| r.class).collect();
        assert_eq!(classes, DataClass::ALL);
        let days = RetentionDays::default();
        assert_eq!(days.faults(), []);
        for line in RETENTION {
            assert_eq!(days.of(line.class), line.default_days, "{}", line.class);
        }
    }

    #[test]
    fn shortening_is_free_down_to_the_minimum_and_lengthening_needs_a_reason() {
        let short = RetentionDays { decision: 179, session_detail: 30, ..Default::default() };
        assert_eq!(short.faults().iter().map(|f| f.key).collect::<Vec<_>>(), ["decision"]);
        let mut long = RetentionDays { decision: 1_096, ..Default::default() };
        assert!(long.faults()[0].accepted.contains("longer_because"));
        long.longer_because = Some("a works".into());
        assert_eq!(long.faults().len(), 1, "two words explain nothing");
        long.longer_because = Some("the limitation period of our country is three years".into());
        assert_eq!(long.faults(), []);
    }

    #[test]
    fn a_part_does_not_outlive_the_whole() {
        let odd = RetentionDays { place_area: 10, exact_place: 20, ..Default::default() };
        assert_eq!(odd.faults()[0].key, "exact_place");
    }
}
