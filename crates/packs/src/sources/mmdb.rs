//! MMDB databases, in both forms there are: flat (`country_code`, `latitude`; the default packs) and
//! nested as GeoIP2 has it (`country.iso_code`, `location.latitude`; what vendors sell).

use super::{Progress, RawFile, SourceError, known_look_ups};
use crate::kind::Kind;
use crate::manifest::LookUp;
use crate::table::{Table, TableBuilder};
use crate::value::{Country, Spot, Value};
use jiff::civil::Date;
use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What is read of a record; all else is skipped.
#[derive(Debug, Default, Deserialize)]
struct Record {
    // flat
    country_code: Option<String>,
    latitude: Option<Number>,
    longitude: Option<Number>,
    // nested
    country: Option<Nation>,
    location: Option<Location>,
    // of an ASN database, in both forms
    autonomous_system_number: Option<Number>,
    autonomous_system_organization: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Nation {
    iso_code: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
struct Location {
    latitude: Option<Number>,
    longitude: Option<Number>,
}

/// A number of whichever type the database chose: flat databases write `float`, GeoIP2 `double`.
#[derive(Debug, Clone, Copy)]
struct Number(f64);

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Number, D::Error> {
        struct AnyNumber;
        impl serde::de::Visitor<'_> for AnyNumber {
            type Value = Number;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number")
            }
            fn visit_f64<E>(self, number: f64) -> Result<Number, E> {
                Ok(Number(number))
            }
            fn visit_f32<E: serde::de::Error>(self, number: f32) -> Result<Number, E> {
                // The decimals that were meant, not the nearest double to the nearest float.
                number.to_string().parse().map(Number).map_err(E::custom)
            }
            fn visit_u64<E>(self, number: u64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Number, E> {
                Ok(Number(number as f64))
            }
        }
        from.deserialize_any(AnyNumber)
    }
}

impl Record {
    fn value(self, kind: Kind) -> Option<Value> {
        if kind == Kind::Asn {
            let asn = self.autonomous_system_number?.0;
            let is_number = asn >= 1.0 && asn <= f64::from(u32::MAX) && asn.fract() == 0.0;
            let asn = is_number.then_some(asn as u32)?;
            let organisation = self.autonomous_system_organization.unwrap_or_default();
            return Some(Value::Network { asn, organisation });
        }
        let code = self.country_code.or(self.country.unwrap_or_default().iso_code);
        let country = code.as_deref().and_then(Country::parse);
        let location = self.location.unwrap_or_default();
        let latitude = self.latitude.or(location.latitude);
        let longitude = self.longitude.or(location.longitude);
        let degrees = latitude.zip(longitude).filter(|_| kind == Kind::City);
        let point =
            degrees.and_then(|(latitude, longitude)| Spot::from_degrees(latitude.0, longitude.0));
        (country.is_some() || point.is_some()).then_some(Value::Place { country, point })
    }
}

struct Database<'a> {
    file: &'a RawFile,
    reader: Reader<&'a [u8]>,
}

impl<'a> Database<'a> {
    fn open(file: &'a RawFile) -> Result<Database<'a>, SourceError> {
        let reader = Reader::from_source(file.bytes.as_slice());
        let reader = reader.map_err(|error| not_mmdb(file, &error))?;
        let metadata = reader.metadata();
        let says = |text: &str| text.to_ascii_lowercase().contains("geolite2");
        let is_geolite2 = says(&metadata.database_type)
            || metadata.description.values().any(|text| says(text))
            || says(&file.name);
        if is_geolite2 {
            return Err(SourceError::GeoLite2 { file: file.name.clone() });
        }
        Ok(Database { file, reader })
    }

    fn answer(&self, kind: Kind, address: IpAddr) -> Result<Option<Value>, SourceError> {
        let is_of_family = address.is_ipv4() || self.reader.metadata().ip_version == 6;
        if !is_of_family {
            return Ok(None);
        }
        let read = || -> Result<Option<Record>, MaxMindDbError> {
            self.reader.lookup(address)?.decode::<Record>()
        };
        let record = read().map_err(|error| not_mmdb(self.file, &error))?;
        Ok(record.and_then(|record| record.value(kind)))
    }

    fn date(&self) -> Option<Date> {
        let seconds = i64::try_from(self.reader.metadata().build_epoch).ok().filter(|s| *s > 0)?;
        let built = jiff::Timestamp::from_second(seconds).ok()?;
        Some(built.to_zoned(jiff::tz::TimeZone::UTC).date())
    }
}

fn not_mmdb(file: &RawFile, error: &MaxMindDbError) -> SourceError {
    SourceError::NotMmdb { file: file.name.clone(), detail: error.to_string() }
}

/// The kind of pack this database makes.
///
/// # Errors
/// It is damaged, GeoLite2, or tells something else.
pub fn kind_of(file: &RawFile) -> Result<Kind, SourceError> {
    let database = Database::open(file)?;
    let mut networks =
        database.reader.networks(Default::default()).map_err(|error| not_mmdb(file, &error))?;
    // Some first networks may say nothing.
    let mut fields = Vec::new();
    for found in networks.by_ref().take(1_000) {
        let found = found.map_err(|error| not_mmdb(file, &error))?;
        let map = found.decode::<HashMap<String, serde::de::IgnoredAny>>();
        let map = map.map_err(|error| not_mmdb(file, &error))?.unwrap_or_default();
        let has = |name: &str| map.contains_key(name);
        if has("latitude") || has("location") {
            return Ok(Kind::City);
        }
        if has("autonomous_system_number") {
            return Ok(Kind::Asn);
        }
        if fields.is_empty() {
            fields = map.keys().cloned().collect();
        }
    }
    if fields.iter().any(|f| f == "country_code" || f == "country") {
        return Ok(Kind::Country);
    }
    fields.sort();
    Err(SourceError::OtherMmdb { file: file.name.clone(), fields: fields.join(", ") })
}

/// A pack from one database, or from two of which one holds each family.
pub(super) fn build(
    kind: Kind,
    files: &[RawFile],
    progress: Progress<'_>,
) -> Result<(Table, Vec<LookUp>, Option<Date>), SourceError> {
    let databases: Vec<Database<'_>> =
        files.iter().map(Database::open).collect::<Result<_, _>>()?;
    let mut builder = TableBuilder::new(kind);
    let mut sampled = Vec::new();
    let mut rows = 0_u64;
    for database in &databases {
        let trouble = |error: MaxMindDbError| not_mmdb(database.file, &error);
        // Records are shared by many networks; each is decoded once.
        let mut numbers: HashMap<usize, u32> = HashMap::new();
        // Networks come in ascending order, and there are no more of them than nodes.
        let every = (u64::from(database.reader.metadata().node_count) / 12).max(1);
        for found in database.reader.networks(Default::default()).map_err(trouble)? {
            let found = found.map_err(trouble)?;
            let Some(offset) = found.offset() else { continue };
            let number = match numbers.get(&offset) {
                Some(number) => *number,
                None => {
                    let record = found.decode::<Record>().map_err(trouble)?;
                    let value = record.and_then(|record| record.value(kind));
                    let number = value.map_or(0, |value| builder.number(value));
                    numbers.insert(offset, number);
                    number
                }
            };
            if number == 0 {
                continue;
            }
            let network = found.network().map_err(trouble)?;
            let (first, last) = edges(network.ip(), network.prefix());
            builder.push(first, last, number)?;
            rows += 1;
            if rows.is_multiple_of(every) {
                sampled.push(last);
            }
            if rows.is_multiple_of(50_000) {
                progress(rows);
            }
        }
    }
    progress(rows);
    let answer = |address: IpAddr| {
        for database in &databases {
            if let Some(value) = database.answer(kind, address)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    };
    let look_ups = known_look_ups(sampled, answer)?;
    Ok((builder.finish()?, look_ups, databases.iter().filter_map(Database::date).max()))
}

/// First and last address of a network. IPv4 within IPv6 (`::a.b.c.d`) is IPv4.
fn edges(address: IpAddr, prefix: u8) -> (IpAddr, IpAddr) {
    match address {
        IpAddr::V4(address) => {
            let hosts = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
            let first = u32::from(address) & !hosts;
            (Ipv4Addr::from(first).into(), Ipv4Addr::from(first | hosts).into())
        }
        IpAddr::V6(address) => {
            let hosts = u128::MAX.checked_shr(u32::from(prefix)).unwrap_or(0);
            let first = u128::from(address) & !hosts;
            (Ipv6Addr::from(first).into(), Ipv6Addr::from(first | hosts).into())
        }
    }
}
