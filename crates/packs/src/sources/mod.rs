//! Raw data of others, parsed at the door: MMDB files, ASN ranges as CSV, lists of ranges, and the
//! npm packages they come in. Each becomes one [`Built`]: a table, and known look-ups that were
//! answered by the source itself and not by the table.

pub mod archive;
pub mod asn_csv;
pub mod defaults;
pub mod list;
pub mod mmdb;

use crate::kind::Kind;
use crate::manifest::{Attribution, LOOK_UPS, LookUp};
use crate::table::Table;
use crate::value::{Country, Value};
use jiff::civil::Date;
use std::net::IpAddr;

/// A raw file: a name, for its ending and for messages, and what is in it.
#[derive(Debug)]
pub struct RawFile {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What is said of raw files by whoever knows where they come from.
#[derive(Debug, Clone)]
pub struct Provenance {
    pub name: String,
    pub source: String,
    pub licence: String,
    pub attribution: Vec<Attribution>,
    /// `None`: the files themselves say it.
    pub date: Option<Date>,
    /// Where they do not.
    pub date_otherwise: Option<Date>,
    pub warn_days: u32,
    pub void_days: u32,
}

/// A pack that lies in memory only.
#[derive(Debug)]
pub struct Built {
    pub table: Table,
    pub look_ups: Vec<LookUp>,
    pub date: Date,
    pub provenance: Provenance,
}

/// Why raw data became no pack; a sentence with what to do.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(
        "{file} is GeoLite2 data, whose licence (EULA, section 4) forbids use for employment purposes: that is \
         what Muster does. Use DB-IP Lite (`muster data update` takes it by itself) or a database whose \
         licence allows it"
    )]
    GeoLite2 { file: String },
    #[error("{file} is no MMDB database: {detail}. Download it again")]
    NotMmdb { file: String, detail: String },
    #[error(
        "{file} holds neither countries nor autonomous systems, the first record has: {fields}"
    )]
    OtherMmdb { file: String, fields: String },
    #[error("{file}, line {line}: {problem}")]
    Line { file: String, line: usize, problem: String },
    #[error("{file} holds nothing")]
    Empty { file: String },
    #[error(
        "nothing says of which day {file} is: put the date into its name (vpn-2026-08-22.txt) or give it with --date"
    )]
    NoDate { file: String },
    #[error("{file} says {said} of {address}, which is {truth}: this is not the data it should be")]
    NotTrue { file: String, address: IpAddr, said: String, truth: &'static str },
    #[error("{file}: {detail}")]
    Archive { file: String, detail: String },
    #[error("two files of one kind speak of the same addresses: leave one of them")]
    Order(#[from] crate::ranges::NotInOrder),
}

/// How far long work has come; asked for about ten times a second at most by whoever shows it.
pub type Progress<'a> = &'a mut dyn FnMut(u64);

/// Builds a pack of this kind from the raw files of one source.
///
/// # Errors
/// See [`SourceError`].
pub fn build(
    kind: Kind,
    files: &[RawFile],
    provenance: Provenance,
    progress: Progress<'_>,
) -> Result<Built, SourceError> {
    let (table, look_ups, own_date) = match kind {
        Kind::City | Kind::Country => mmdb::build(kind, files, progress)?,
        Kind::Asn if files.iter().any(|f| is_mmdb(&f.name)) => mmdb::build(kind, files, progress)?,
        Kind::Asn => asn_csv::build(files, progress)?,
        _ => list::build(kind, files, progress)?,
    };
    let names = files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    if table.ranges() == 0 {
        return Err(SourceError::Empty { file: names });
    }
    check_truths(&names, &table)?;
    let named = || files.iter().filter_map(|f| crate::manifest::date_in(&f.name)).max();
    let date = provenance.date.or(own_date).or_else(named).or(provenance.date_otherwise);
    let date = date.ok_or(SourceError::NoDate { file: names })?;
    Ok(Built { table, look_ups, date, provenance })
}

/// Whether a file's name is one of an MMDB database.
pub fn is_mmdb(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".mmdb")
}

/// The kind of pack that a raw file makes, by its content (MMDB) or its name.
///
/// # Errors
/// It is GeoLite2, or a damaged MMDB.
pub fn kind_of(file: &RawFile) -> Result<Option<Kind>, SourceError> {
    if is_mmdb(&file.name) {
        return mmdb::kind_of(file).map(Some);
    }
    let name = file.name.to_ascii_lowercase();
    let is_text = [".csv", ".txt", ".list", ".netset"].iter().any(|end| name.ends_with(end));
    let begins = |kind: &Kind| {
        name.strip_prefix(kind.code())
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    Ok(Kind::ALL.into_iter().filter(|_| is_text).find(begins))
}

/// What holds of the internet whatever the day: a file that says otherwise was mixed up.
fn check_truths(file: &str, table: &Table) -> Result<(), SourceError> {
    if table.kind().class().is_some() {
        return Ok(());
    }
    for private in PRIVATE {
        let address = private.parse().expect("an address of ours");
        if let Some(value) = table.value(address) {
            let said = format!("{value:?}");
            let truth = "a private address";
            return Err(SourceError::NotTrue { file: file.to_owned(), address, said, truth });
        }
    }
    for (address, code, truth) in WELL_KNOWN {
        let address = address.parse().expect("an address of ours");
        let said = table.place(address).and_then(|place| place.country);
        if let Some(said) = said.filter(|said| Country::parse(code) != Some(*said)) {
            let said = said.to_string();
            return Err(SourceError::NotTrue { file: file.to_owned(), address, said, truth });
        }
    }
    Ok(())
}

/// Not 192.168.0.0/16: the country data of June 2026 puts it into Australia. Private addresses are
/// never looked up, so that does no harm.
const PRIVATE: [&str; 2] = ["10.0.0.1", "100.64.0.1"];
const WELL_KNOWN: [(&str, &str, &str); 2] = [
    ("193.0.6.139", "NL", "the RIPE NCC in the Netherlands"),
    ("128.112.128.15", "US", "Princeton University in the United States"),
];

/// Twenty look-ups: of the private addresses, and of addresses spread over the source. `answer` must
/// ask the source itself. Where the source is small, addresses beside its ranges fill the number up.
fn known_look_ups(
    addresses: impl IntoIterator<Item = IpAddr>,
    answer: impl Fn(IpAddr) -> Result<Option<Value>, SourceError>,
) -> Result<Vec<LookUp>, SourceError> {
    let fixed = PRIVATE.iter().map(|text| text.parse().expect("an address of ours"));
    let fill = (0..=u8::MAX).map(|i| IpAddr::from([8, 8, i, 8]));
    let mut look_ups: Vec<LookUp> = Vec::with_capacity(LOOK_UPS);
    for address in fixed.chain(addresses).chain(fill) {
        if look_ups.len() == LOOK_UPS {
            break;
        }
        if look_ups.iter().all(|l| l.address != address) {
            look_ups.push(LookUp { address, answer: answer(address)? });
        }
    }
    Ok(look_ups)
}
