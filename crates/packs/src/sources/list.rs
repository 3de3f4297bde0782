//! Lists of ranges: one a line, as a CIDR, a single address or the first column of a CSV, with `#`
//! comments. That covers plain lists, the egress list of a privacy relay (CIDR, country, region,
//! city) and Tor exits (a column that holds an address).

use super::{Progress, RawFile, SourceError, known_look_ups};
use crate::kind::Kind;
use crate::manifest::{LookUp, date_in};
use crate::table::{Table, TableBuilder};
use crate::value::Value;
use ipnet::IpNet;
use jiff::civil::Date;
use std::net::IpAddr;

pub(super) fn build(
    kind: Kind,
    files: &[RawFile],
    progress: Progress<'_>,
) -> Result<(Table, Vec<LookUp>, Option<Date>), SourceError> {
    let mut networks: Vec<IpNet> = Vec::new();
    let mut date: Option<Date> = None;
    for file in files {
        let fault = |line: usize, problem: String| SourceError::Line {
            file: file.name.clone(),
            line,
            problem,
        };
        let text = std::str::from_utf8(&file.bytes);
        let text = text.map_err(|_| fault(1, "it is no text in UTF-8".to_owned()))?;
        let mut has_data = false;
        for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let (data, comment) = line.split_once('#').unwrap_or((line, ""));
            date = date.max(date_in(comment).filter(|_| !has_data));
            let data = data.trim();
            if data.is_empty() {
                continue;
            }
            match network(data) {
                Some(network) => networks.push(network),
                // The first line of a CSV may name its columns.
                None if !has_data && data.contains(',') => {}
                None => {
                    let problem = format!(
                        "`{data}` holds no address; wanted is a network such as 203.0.113.0/24 or an address a line"
                    );
                    return Err(fault(index + 1, problem));
                }
            }
            has_data = true;
            if networks.len().is_multiple_of(50_000) {
                progress(networks.len() as u64);
            }
        }
    }
    progress(networks.len() as u64);
    let every = (networks.len() / 6).max(1);
    let addresses: Vec<IpAddr> = networks
        .iter()
        .step_by(every)
        .flat_map(|network| {
            [network.network(), network.broadcast()].into_iter().chain(after(network))
        })
        .collect();
    let said_by_lines = |address: IpAddr| {
        Ok(networks.iter().any(|network| network.contains(&address)).then_some(Value::Listed))
    };
    let look_ups = known_look_ups(addresses, said_by_lines)?;
    let mut builder = TableBuilder::new(kind);
    let number = builder.number(Value::Listed);
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for network in networks {
        match network {
            IpNet::V4(network) => v4.push((network.network(), network.broadcast(), number)),
            IpNet::V6(network) => v6.push((network.network(), network.broadcast(), number)),
        }
    }
    builder.take_any(v4, v6);
    Ok((builder.finish()?, look_ups, date))
}

/// The first cell that is a network or an address.
fn network(line: &str) -> Option<IpNet> {
    line.split([',', ';', '\t', ' ']).find_map(|cell| {
        let cell = cell.trim().trim_matches('"');
        cell.parse::<IpNet>().ok().or_else(|| cell.parse::<IpAddr>().ok().map(IpNet::from))
    })
}

/// The address behind a network.
fn after(network: &IpNet) -> Option<IpAddr> {
    match network.broadcast() {
        IpAddr::V4(last) => {
            u32::from(last).checked_add(1).map(|n| std::net::Ipv4Addr::from(n).into())
        }
        IpAddr::V6(last) => {
            u128::from(last).checked_add(1).map(|n| std::net::Ipv6Addr::from(n).into())
        }
    }
}
