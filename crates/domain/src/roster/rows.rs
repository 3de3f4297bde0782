//! The rows of a roster after reading: checked, trimmed, in our own types. The same types describe
//! what the store knows, so that a file and a snapshot can be compared field by field.

use crate::person::Role;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One person of the roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterPerson {
    /// The company's own id. 1 to 64 letters, digits and `. _ @ + -`.
    pub employee_id: String,
    pub name: String,
    pub email: String,
    /// A second channel for announcements.
    pub second_email: Option<String>,
    pub manager_id: Option<String>,
    /// Roles written in the file, without `employee` (everybody) and `manager` (follows from
    /// having reports). The privileged ones are requests.
    pub roles: BTreeSet<Role>,
    /// BCP-47 primary subtags, lower case, in the order of preference.
    pub languages: Vec<String>,
    /// IANA zone name.
    pub zone: String,
    /// Weekly hours, in the grammar of `calendar::WeeklyHours`.
    pub hours: String,
    /// Code of the holiday calendar; `None` = no public holidays.
    pub holidays: Option<String>,
    /// Further columns, for policy filters. Never empty values.
    pub attributes: BTreeMap<String, String>,
}

/// One declared work place of one person, identified by person, label and `valid_from`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WorkPlace {
    pub employee_id: String,
    pub label: String,
    /// Degrees, WGS 84, -90 to 90.
    pub latitude_degrees: f64,
    /// Degrees, WGS 84, -180 to 180.
    pub longitude_degrees: f64,
    /// 0.1 to 500 km.
    pub radius_km: f64,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// First valid local date; `None` = always was.
    pub valid_from: Option<Date>,
    /// Last valid local date; `None` = until further notice.
    pub valid_to: Option<Date>,
}

words! {
    /// Why a person is away. Never finer than this: a diagnosis has no place here.
    pub enum AbsenceKind {
        Leave = "leave",
        Sickness = "sickness",
        Other = "other",
    }
}

/// One absence, whole local days, both ends included.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Absence {
    pub employee_id: String,
    pub kind: AbsenceKind,
    pub from: Date,
    pub to: Date,
}
