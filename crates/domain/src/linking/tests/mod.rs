//! What joins, what does not, and what makes no difference.

mod files;
mod hr_keys;
mod kept;
mod properties;
mod reasons;
mod rules;
mod worlds;

use super::*;
use crate::time::{DAY_MS, HOUR_MS};

/// 1 June 2026, 00:00 UTC.
const START: UtcMillis = UtcMillis(1_780_272_000_000);

/// A place by degrees.
pub(super) fn place(latitude: f64, longitude: f64) -> Option<Point> {
    Point::from_degrees(latitude, longitude)
}

/// Fictional places some hundred kilometres apart.
pub(super) const NORTH: (f64, f64) = (52.000_4, 8.000_4);
pub(super) const SOUTH: (f64, f64) = (48.000_4, 11.000_4);
pub(super) const WEST: (f64, f64) = (50.000_4, 4.000_4);

/// An observation that owns its texts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) id: String,
    pub(super) at: UtcMillis,
    pub(super) declared: Option<Point>,
    pub(super) address: Option<IpAddr>,
    pub(super) class: Option<AccessClass>,
    pub(super) fix: Option<Fix>,
    pub(super) device: Option<String>,
    pub(super) lan: Option<String>,
    pub(super) delivery: Option<String>,
    pub(super) payroll: Option<String>,
}

/// One person's observations, built a stay at a time.
#[derive(Debug, Clone)]
pub(super) struct Life {
    blank: Seen,
    pub(super) seen: Vec<Seen>,
}

/// Somebody without a declared place.
pub(super) fn life(id: &str) -> Life {
    let blank = Seen {
        id: id.into(),
        at: START,
        declared: None,
        address: None,
        class: None,
        fix: None,
        device: None,
        lan: None,
        delivery: None,
        payroll: None,
    };
    Life { blank, seen: Vec::new() }
}

impl Life {
    pub(super) fn declares(mut self, (latitude, longitude): (f64, f64)) -> Life {
        self.blank.declared = place(latitude, longitude);
        self
    }

    /// Noon of each of these days, counted from 1 June, with what `like` says.
    pub(super) fn on(
        mut self,
        days: impl IntoIterator<Item = i64>,
        like: impl Fn(Seen) -> Seen,
    ) -> Life {
        for day in days {
            let at = START.plus_ms(day * DAY_MS + 12 * HOUR_MS);
            self.seen.push(like(Seen { at, ..self.blank.clone() }));
        }
        self
    }
}

impl Seen {
    pub(super) fn line(mut self, address: &str) -> Seen {
        self.address = Some(address.parse().unwrap());
        self
    }

    pub(super) fn class(mut self, class: AccessClass) -> Seen {
        self.class = Some(class);
        self
    }

    pub(super) fn spot(self, (latitude, longitude): (f64, f64)) -> Seen {
        self.fix((latitude, longitude), 20.0)
    }

    pub(super) fn fix(mut self, (latitude, longitude): (f64, f64), accuracy: f64) -> Seen {
        let point = place(latitude, longitude).unwrap();
        self.fix = Some(Fix { point, accuracy_metres: Some(accuracy) });
        self
    }

    pub(super) fn device(mut self, key: &str) -> Seen {
        self.device = Some(key.into());
        self
    }

    pub(super) fn lan(mut self, id: &str) -> Seen {
        self.lan = Some(id.into());
        self
    }

    pub(super) fn delivered_to(mut self, address: &str) -> Seen {
        self.delivery = Some(address.into());
        self
    }

    pub(super) fn paid_into(mut self, account: &str) -> Seen {
        self.payroll = Some(account.into());
        self
    }

    pub(super) fn hours_later(mut self, hours: i64) -> Seen {
        self.at = self.at.plus_ms(hours * HOUR_MS);
        self
    }
}

/// People who share nothing with anybody, so that a line of two is rare.
pub(super) fn bystanders(count: usize) -> Vec<Life> {
    let one = |n: usize| {
        let address = format!("198.18.{}.{}", n / 250, n % 250);
        life(&format!("z{n:04}")).on([0, 40], |s| s.line(&address))
    };
    (0..count).map(one).collect()
}

pub(super) fn linked_with(lives: &[Life], sites: &[Site]) -> LinkReport {
    let seen: Vec<Seen> = lives.iter().flat_map(|l| l.seen.clone()).collect();
    linked_rows(&seen, sites)
}

pub(super) fn linked_rows(seen: &[Seen], sites: &[Site]) -> LinkReport {
    let mut ledger = Ledger::new(&[7; 32], Sites::new(sites), |_, _| None);
    seen.iter().for_each(|s| ledger.add(&observation(s)));
    ledger.link()
}

pub(super) fn observation(seen: &Seen) -> Observation<'_> {
    Observation {
        employee_id: &seen.id,
        at: seen.at,
        declared: seen.declared,
        address: seen.address,
        class: seen.class,
        asn: None,
        fix: seen.fix,
        device_key: seen.device.as_deref(),
        lan_id: seen.lan.as_deref(),
        delivery: seen.delivery.as_deref(),
        payroll: seen.payroll.as_deref(),
    }
}

/// These lives among a thousand strangers.
pub(super) fn linked(lives: Vec<Life>) -> LinkReport {
    linked_with(&[lives, bystanders(1_000)].concat(), &[])
}

/// The edge's reasons as `kind weight`, or an empty list where the two are not joined.
pub(super) fn edge(report: &LinkReport, a: &str, b: &str) -> Vec<String> {
    let edges = report.groups.iter().flat_map(|g| &g.edges);
    let found = edges.into_iter().find(|e| e.a == a && e.b == b);
    let reasons = found.map(|e| e.reasons.as_slice()).unwrap_or_default();
    reasons.iter().map(|r| format!("{} {}", r.kind, r.weight)).collect()
}
