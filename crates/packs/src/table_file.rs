//! The file a pack is kept in: `docs/data-packs.md` has the bytes. Written once, at install; read
//! whole, with every number checked, so that a damaged or hostile file is refused and nothing that
//! was read can make a look-up fail.

use crate::kind::Kind;
use crate::ranges::{Address, NotInOrder, Ranges};
use crate::table::{FINE, Place, Records, Table, V6};
use crate::value::{Country, Spot};
use std::io::{self, Read, Write};

const MAGIC: &[u8; 8] = b"MSTRPACK";
const VERSION: u32 = 1;
const HEADER_BYTES: u64 = 36;
const RECORD_BYTES: u64 = 12;
/// Numbers are read in pieces of this size.
const PIECE: usize = 64 * 1024;

const HAS_COUNTRY: u8 = 1;
const HAS_SPOT: u8 = 2;
const IS_CENTRE: u8 = 4;

/// Why a file is no pack.
#[derive(Debug, thiserror::Error)]
pub enum Damaged {
    #[error("it is no file of packs, or of a version this program does not know")]
    NotAPack,
    #[error("it holds a pack of another kind")]
    OtherKind,
    #[error("it has {found} bytes where its head promises {promised}")]
    Length { found: u64, promised: u64 },
    #[error(transparent)]
    Order(#[from] NotInOrder),
    #[error("a number in it points nowhere")]
    PointsNowhere,
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
}

/// Writes a pack.
///
/// # Errors
/// The file cannot be written.
pub fn write(table: &Table, to: &mut impl Write) -> io::Result<()> {
    let (records, text) = match &table.records {
        Records::Places(places) => (places.len(), ""),
        Records::Networks { networks, text } => (networks.len(), text.as_str()),
        Records::Listed => (1, ""),
    };
    let (half, fine) = (&table.v6.half, &table.v6.fine);
    let v4 = table.v4.values().len();
    to.write_all(MAGIC)?;
    for number in [VERSION, table.kind.number()] {
        to.write_all(&number.to_le_bytes())?;
    }
    for count in [v4, half.values().len(), fine.values().len(), records, text.len()] {
        let count = u32::try_from(count).map_err(io::Error::other)?;
        to.write_all(&count.to_le_bytes())?;
    }
    table.v4.starts().iter().try_for_each(|s| to.write_all(&s.to_le_bytes()))?;
    write_values(table.v4.values(), to)?;
    half.starts().iter().try_for_each(|s| to.write_all(&s.to_le_bytes()))?;
    write_values(half.values(), to)?;
    fine.starts().iter().try_for_each(|s| to.write_all(&s.to_le_bytes()))?;
    write_values(fine.values(), to)?;
    match &table.records {
        Records::Places(places) => places.iter().try_for_each(|p| to.write_all(&place_bytes(p)))?,
        Records::Networks { networks, .. } => {
            for (asn, from, until) in networks {
                for number in [asn, from, until] {
                    to.write_all(&number.to_le_bytes())?;
                }
            }
        }
        Records::Listed => {}
    }
    to.write_all(text.as_bytes())
}

fn write_values(values: &[u32], to: &mut impl Write) -> io::Result<()> {
    values.iter().try_for_each(|value| to.write_all(&value.to_le_bytes()))
}

fn place_bytes(place: &Place) -> [u8; 12] {
    let mut bytes = [0; 12];
    if let Some(country) = place.country {
        bytes[..2].copy_from_slice(&country.bytes());
        bytes[2] |= HAS_COUNTRY;
    }
    if let Some(spot) = place.spot {
        bytes[2] |= HAS_SPOT;
        bytes[4..8].copy_from_slice(&spot.latitude_e6.to_le_bytes());
        bytes[8..].copy_from_slice(&spot.longitude_e6.to_le_bytes());
    }
    if place.is_centre {
        bytes[2] |= IS_CENTRE;
    }
    bytes
}

/// Reads a pack of this kind from a source of `length` bytes.
///
/// # Errors
/// See [`Damaged`]. Nothing is taken on trust: memory is asked for only once the length fits.
pub fn read(kind: Kind, length: u64, from: &mut impl Read) -> Result<Table, Damaged> {
    let mut head = [0; HEADER_BYTES as usize];
    if length < HEADER_BYTES {
        return Err(Damaged::NotAPack);
    }
    from.read_exact(&mut head)?;
    let number = |i: usize| u32::from_le_bytes([head[i], head[i + 1], head[i + 2], head[i + 3]]);
    if &head[..8] != MAGIC || number(8) != VERSION {
        return Err(Damaged::NotAPack);
    }
    if number(12) != kind.number() {
        return Err(Damaged::OtherKind);
    }
    let [v4, half, fine, records, text] = [16, 20, 24, 28, 32].map(number);
    let record_bytes = if kind.class().is_some() { 0 } else { RECORD_BYTES };
    if kind.class().is_some() && (records, text) != (1, 0) {
        return Err(Damaged::NotAPack);
    }
    let promised = HEADER_BYTES
        + u64::from(v4) * 8
        + u64::from(half) * 12
        + u64::from(fine) * 20
        + u64::from(records) * record_bytes
        + u64::from(text);
    if promised != length {
        return Err(Damaged::Length { found: length, promised });
    }
    let v4 = read_ranges(v4, records, from, u32::from_le_bytes)?;
    let half = read_ranges(half, records, from, u64::from_le_bytes)?;
    let v6 = V6 { half, fine: read_ranges(fine, records, from, u128::from_le_bytes)? };
    let records = match kind {
        Kind::City | Kind::Country => {
            let places = read_numbers(records, from, |bytes: [u8; 12]| place(&bytes))?;
            Records::Places(
                places.into_iter().collect::<Option<_>>().ok_or(Damaged::PointsNowhere)?,
            )
        }
        Kind::Asn => read_networks(records, text, from)?,
        _ => Records::Listed,
    };
    Ok(Table { kind, v4, v6, records })
}

fn read_ranges<A: Address, const N: usize>(
    count: u32,
    records: u32,
    from: &mut impl Read,
    number: impl Fn([u8; N]) -> A,
) -> Result<Ranges<A>, Damaged> {
    let starts = read_numbers(count, from, number)?;
    let values = read_numbers(count, from, u32::from_le_bytes)?;
    if values.iter().any(|value| *value > records && *value != FINE) {
        return Err(Damaged::PointsNowhere);
    }
    Ok(Ranges::new(starts, values)?)
}

fn read_numbers<T, const N: usize>(
    count: u32,
    from: &mut impl Read,
    number: impl Fn([u8; N]) -> T,
) -> Result<Vec<T>, Damaged> {
    let mut numbers = Vec::with_capacity(count as usize);
    let mut piece = vec![0; PIECE / N * N];
    let mut left = count as usize * N;
    while left > 0 {
        let length = left.min(piece.len());
        from.read_exact(&mut piece[..length])?;
        let (whole, _) = piece[..length].as_chunks::<N>();
        numbers.extend(whole.iter().map(|bytes| number(*bytes)));
        left -= length;
    }
    Ok(numbers)
}

fn place(bytes: &[u8; 12]) -> Option<Place> {
    let flags = bytes[2];
    let country = match flags & HAS_COUNTRY {
        0 => None,
        _ => Some(Country::parse(std::str::from_utf8(&bytes[..2]).ok()?)?),
    };
    let number =
        |i: usize| i32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
    let (latitude_e6, longitude_e6) = (number(4), number(8));
    let is_on_earth =
        latitude_e6.unsigned_abs() <= 90_000_000 && longitude_e6.unsigned_abs() <= 180_000_000;
    let spot = match flags & HAS_SPOT {
        0 => None,
        _ if !is_on_earth => return None,
        _ => Some(Spot { latitude_e6, longitude_e6 }),
    };
    Some(Place { country, spot, is_centre: flags & IS_CENTRE != 0 })
}

fn read_networks(count: u32, text: u32, from: &mut impl Read) -> Result<Records, Damaged> {
    let networks = read_numbers(count, from, |bytes: [u8; 12]| {
        let number =
            |i: usize| u32::from_le_bytes([bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]]);
        (number(0), number(4), number(8))
    })?;
    let bytes = read_numbers(text, from, u8::from_le_bytes)?;
    let text = String::from_utf8(bytes).map_err(|_| Damaged::PointsNowhere)?;
    let is_in_text =
        |(_, from, until): &(u32, u32, u32)| text.get(*from as usize..*until as usize).is_some();
    if !networks.iter().all(is_in_text) {
        return Err(Damaged::PointsNowhere);
    }
    Ok(Records::Networks { networks, text })
}
