//! Reads the files of `muster links`: observations as a stream, sites whole; every fault with line,
//! column and what would be accepted. Format: `docs/links-format.md`.

use super::sites::{Network, Site, SiteKind};
use super::{Fix, Observation};
use crate::judging::AccessClass;
use crate::judging::evidence::Point;
use crate::roster::cells::{self, Wrong, short};
use crate::roster::stream;
use crate::roster::table::{self, Columns, Faults, Record};
use crate::roster::{FaultCode, RosterFault, RosterFileKind};
use crate::sentence::Sentence;
use crate::time::UtcMillis;
use std::io::{self, Read};
use std::net::IpAddr;

const OBSERVATIONS: Columns = Columns {
    required: &["employee_id", "at"],
    optional: &[
        "declared_lat",
        "declared_lon",
        "ip",
        "ip_class",
        "asn",
        "lat",
        "lon",
        "accuracy_m",
        "device_key",
        "lan_id",
        "delivery_key",
        "payroll_key",
    ],
    attributes: &[],
    may_be_empty: &[],
    cell_characters_max: 1_000,
};

const SITES: Columns = Columns {
    required: &["site_id", "kind"],
    optional: &["lat", "lon", "radius_m", "ip", "delivery_key"],
    attributes: &[],
    may_be_empty: &[],
    // some hundred networks of an office
    cell_characters_max: 20_000,
};

/// A site is a building or a campus.
const RADIUS_METRES_MAX: f64 = 100_000.0;
/// Half the way around the earth.
const ACCURACY_METRES_MAX: f64 = 20_038_000.0;

/// Reads observations one by one, in the order of the file.
///
/// # Errors
/// The source's own. What is wrong with the file is returned: then what was passed on is not all.
pub fn read_observations(
    source: impl Read,
    mut each: impl FnMut(&Observation<'_>),
) -> io::Result<Vec<RosterFault>> {
    read_numbered(source, |_, observation| each(observation))
}

/// The same, each with the line it begins on.
///
/// # Errors
/// As [`read_observations`].
pub fn read_numbered(
    source: impl Read,
    mut each: impl FnMut(u32, &Observation<'_>),
) -> io::Result<Vec<RosterFault>> {
    let mut faults = Faults { file: RosterFileKind::Observations, list: Vec::new() };
    stream::read(source, &OBSERVATIONS, &mut faults, |record, faults| {
        let before = faults.list.len();
        // without an id or instant the record has a fault already
        let read = observation(record, faults);
        if let (Some(observation), true) = (read, faults.list.len() == before) {
            each(record.line(), &observation);
        }
    })?;
    Ok(faults.list)
}

fn observation<'r>(record: &'r Record<'_>, faults: &mut Faults) -> Option<Observation<'r>> {
    let id_is_good = cells::read(record, "employee_id", faults, cells::employee_id);
    let at = cells::read(record, "at", faults, instant);
    let declared = point(record, "declared_lat", "declared_lon", faults);
    let address = cells::read(record, "ip", faults, address);
    let class = cells::read(record, "ip_class", faults, class);
    let asn = cells::read(record, "asn", faults, asn);
    let accuracy_metres = cells::read(record, "accuracy_m", faults, |cell| {
        cells::number(cell, 0.0, ACCURACY_METRES_MAX, "metres")
    });
    let fix = point(record, "lat", "lon", faults).map(|point| Fix { point, accuracy_metres });
    id_is_good?;
    Some(Observation {
        employee_id: record.cell("employee_id"),
        at: at?,
        declared,
        address,
        class,
        asn,
        fix,
        device_key: record.filled("device_key"),
        lan_id: record.filled("lan_id"),
        delivery: record.filled("delivery_key"),
        payroll: record.filled("payroll_key"),
    })
}

/// Both degrees or neither.
fn point(
    record: &Record<'_>,
    latitude: &str,
    longitude: &str,
    faults: &mut Faults,
) -> Option<Point> {
    let degrees = |column: &str, most: f64, faults: &mut Faults| {
        cells::read(record, column, faults, |cell| cells::number(cell, -most, most, "degrees"))
    };
    for (empty, filled) in [(latitude, longitude), (longitude, latitude)] {
        if record.filled(empty).is_none() && record.filled(filled).is_some() {
            let problem = Sentence::as_said(format!("the cell is empty and `{filled}` is not"));
            let (line, accepted) = (record.line_of(empty), "both degrees, or neither");
            faults.add(line, Some(empty), FaultCode::CellMissing, problem, accepted);
        }
    }
    let latitude = degrees(latitude, 90.0, faults);
    let longitude = degrees(longitude, 180.0, faults);
    Point::from_degrees(latitude?, longitude?)
}

fn instant(cell: &str) -> Result<UtcMillis, Wrong> {
    let instant = cell.parse::<jiff::Timestamp>().ok().map(UtcMillis::from);
    instant.filter(|at| (0..YEAR_2200_MS).contains(&at.0)).ok_or_else(|| {
        let problem =
            Sentence::as_said(format!("`{}` is not an instant from 1970 to 2199", short(cell)));
        let accepted = "date, time and offset of RFC 3339, such as 2026-11-23T09:30:00Z or \
                        2026-11-23T10:30:00+01:00";
        (FaultCode::BadInstant, problem, accepted.into())
    })
}

/// 2200-01-01T00:00:00Z.
const YEAR_2200_MS: i64 = 7_258_118_400_000;

fn address(cell: &str) -> Result<IpAddr, Wrong> {
    cell.parse().map_err(|_| {
        let problem = Sentence::as_said(format!("`{}` is not an address", short(cell)));
        let accepted = "an IPv4 or IPv6 address, such as 203.0.113.7 or 2001:db8::7";
        (FaultCode::BadAddress, problem, accepted.into())
    })
}

fn class(cell: &str) -> Result<AccessClass, Wrong> {
    word(cell, AccessClass::from_code, AccessClass::ALL.iter().map(|c| c.code()))
}

fn kind(cell: &str) -> Result<SiteKind, Wrong> {
    word(cell, SiteKind::from_code, SiteKind::ALL.iter().map(|c| c.code()))
}

fn word<T>(
    cell: &str,
    read: impl Fn(&str) -> Option<T>,
    known: impl Iterator<Item = &'static str>,
) -> Result<T, Wrong> {
    read(cell).ok_or_else(|| {
        let known = known.collect::<Vec<_>>().join(", ");
        let problem = Sentence::as_said(format!("`{}` is not known", short(cell)));
        (FaultCode::UnknownKind, problem, Sentence::as_said(known))
    })
}

/// RFC 6793; a leading `AS` is usual. Used by no condition.
fn asn(cell: &str) -> Result<u32, Wrong> {
    let digits = cell.strip_prefix("AS").unwrap_or(cell);
    let is_plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| is_plain).ok_or_else(|| {
        let problem =
            Sentence::as_said(format!("`{}` is not an autonomous system number", short(cell)));
        (FaultCode::BadNumber, problem, "a number from 0 to 4294967295".into())
    })
}

/// Reads the sites.
///
/// # Errors
/// Every fault of the file.
pub fn read_sites(bytes: &[u8]) -> Result<Vec<Site>, Vec<RosterFault>> {
    let mut faults = Faults { file: RosterFileKind::Sites, list: Vec::new() };
    let mut sites: Vec<Site> = Vec::new();
    table::read(bytes, &SITES, &mut faults, |record, faults| {
        let site_id = record.cell("site_id").to_owned();
        let kind = cells::read(record, "kind", faults, kind);
        let centre = point(record, "lat", "lon", faults);
        let radius = cells::read(record, "radius_m", faults, |cell| {
            cells::number(cell, 0.0, RADIUS_METRES_MAX, "metres")
        });
        let networks = cells::read(record, "ip", faults, networks).unwrap_or_default();
        let mut missing = |column: &str, problem: &'static str, accepted: &'static str| {
            let line = record.line_of(column);
            faults.add(line, Some(column), FaultCode::CellMissing, problem, accepted);
        };
        let has_point = record.filled("lat").is_some() || record.filled("lon").is_some();
        match (has_point, record.filled("radius_m").is_some()) {
            (true, false) => missing("radius_m", "the place has no radius", "metres, such as 150"),
            (false, true) => {
                missing("lat", "a radius without a place", "lat and lon, or no radius_m")
            }
            (false, false)
                if record.filled("ip").is_none() && record.filled("delivery_key").is_none() =>
            {
                missing(
                    "ip",
                    "the site has neither networks nor a place",
                    "ip, or lat, lon and radius_m",
                );
            }
            _ => {}
        }
        if sites.iter().any(|site| site.site_id == site_id) {
            let line = record.line_of("site_id");
            let problem = Sentence::as_said(format!("`{}` stands twice", short(&site_id)));
            faults.add(line, Some("site_id"), FaultCode::DuplicateId, problem, "every id once");
        }
        if let Some(kind) = kind {
            let delivery = record.filled("delivery_key").map_or_else(Vec::new, addresses);
            sites.push(Site { site_id, kind, area: centre.zip(radius), networks, delivery });
        }
    });
    if faults.list.is_empty() { Ok(sites) } else { Err(faults.list) }
}

/// Delivery addresses with `;` between.
fn addresses(cell: &str) -> Vec<String> {
    cell.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn networks(cell: &str) -> Result<Vec<Network>, Wrong> {
    let parts = cell.split(';').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.parse().map_err(|()| {
                let problem = Sentence::as_said(format!("`{}` is not a network", short(part)));
                let accepted =
                    "networks as CIDR with `;` between, such as 203.0.113.0/24;2001:db8::/48";
                (FaultCode::BadNetwork, problem, accepted.into())
            })
        })
        .collect()
}
