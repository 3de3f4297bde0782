//! Ranges of autonomous systems as CSV without a header: first address, last address, number,
//! organisation. Addresses are written as such or as whole numbers.

use super::{Progress, RawFile, SourceError, known_look_ups};
use crate::kind::Kind;
use crate::manifest::LookUp;
use crate::table::{Table, TableBuilder};
use crate::value::Value;
use jiff::civil::Date;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

struct Row {
    first: IpAddr,
    last: IpAddr,
    asn: u32,
    organisation: String,
}

pub(super) fn build(
    files: &[RawFile],
    progress: Progress<'_>,
) -> Result<(Table, Vec<LookUp>, Option<Date>), SourceError> {
    let mut builder = TableBuilder::new(Kind::Asn);
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    let mut sampled = Vec::new();
    let mut rows = 0_u64;
    for file in files {
        let count = file.bytes.iter().filter(|b| **b == b'\n').count();
        let every = (count * files.len() / 14).max(1);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(file.bytes.as_slice());
        for (index, record) in reader.records().enumerate() {
            let line = index + 1;
            let fault =
                |problem: String| SourceError::Line { file: file.name.clone(), line, problem };
            let record = record.map_err(|_| fault("it is no CSV in UTF-8".to_owned()))?;
            let row = row(&record).map_err(fault)?;
            rows += 1;
            if rows.is_multiple_of(50_000) {
                progress(rows);
            }
            // Number 0 is written for what nobody announces (RFC 7607).
            if row.asn == 0 {
                continue;
            }
            let value = Value::Network { asn: row.asn, organisation: row.organisation.clone() };
            let number = builder.number(value);
            match (row.first, row.last) {
                (IpAddr::V4(first), IpAddr::V4(last)) => v4.push((first, last, number)),
                (IpAddr::V6(first), IpAddr::V6(last)) => v6.push((first, last, number)),
                _ => return Err(fault("its two addresses are of different families".to_owned())),
            }
            if index.is_multiple_of(every) {
                sampled.push(row.last);
            }
        }
    }
    progress(rows);
    // Every row is looked at, so that the answer does not rest on the search it shall check.
    let said_by_rows = |address: IpAddr| {
        let number = match address {
            IpAddr::V4(address) => latest(&v4, address),
            IpAddr::V6(address) => latest(&v6, address),
        };
        Ok(number.and_then(|number| builder.value(number)).cloned())
    };
    let look_ups = known_look_ups(sampled, said_by_rows)?;
    builder.take_any(v4, v6);
    Ok((builder.finish()?, look_ups, None))
}

/// Of the rows that hold the address, the one that begins last; of those, the shortest.
fn latest<A: Copy + Ord>(rows: &[(A, A, u32)], address: A) -> Option<u32> {
    let holds = |row: &&(A, A, u32)| row.0 <= address && address <= row.1;
    let found = rows.iter().filter(holds).max_by_key(|row| (row.0, std::cmp::Reverse(row.1)));
    found.map(|row| row.2)
}

fn row(record: &csv::StringRecord) -> Result<Row, String> {
    let cell = |i: usize| record.get(i).map(str::trim).unwrap_or_default();
    let (first, last) = (address(cell(0))?, address(cell(1))?);
    if first > last {
        return Err(format!("it ends with {last}, before it begins with {first}"));
    }
    let number = cell(2).trim_start_matches("AS");
    let asn = number.parse().map_err(|_| {
        format!("`{}` is no number of an autonomous system; wanted are the columns first,last,asn,organisation", cell(2))
    })?;
    Ok(Row { first, last, asn, organisation: cell(3).to_owned() })
}

fn address(text: &str) -> Result<IpAddr, String> {
    if let Ok(number) = text.parse::<u128>() {
        return Ok(match u32::try_from(number) {
            Ok(number) => Ipv4Addr::from(number).into(),
            Err(_) => Ipv6Addr::from(number).into(),
        });
    }
    text.parse().map_err(|_| format!("`{text}` is no address"))
}
