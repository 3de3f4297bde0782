//! What a world looks like in the files of `muster links`.

use crate::dice::Dice;
use crate::world::{DAYS, EGRESS, Gps, Person, World, near};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How often somebody is observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cadence {
    /// Everything that a check-in sees, on every day of work.
    Dense,
    /// A check-in a month, and a sign-in with address and device on every day of work.
    SignIns,
    /// A check-in a month and nothing else.
    CheckIns,
    /// Everything, on so many days of a hundred.
    Sparse(u32),
}

/// Mean days of work from one check-in to the next, as the default policy has them.
const DAYS_BETWEEN_CHECK_INS: f64 = 21.0;

/// Writes observations day by day; the number of rows.
pub fn write_observations(
    world: &World,
    seed: u64,
    cadence: Cadence,
    path: &Path,
) -> io::Result<usize> {
    let mut out = BufWriter::with_capacity(1 << 20, std::fs::File::create(path)?);
    let columns = "employee_id,at,declared_lat,declared_lon,ip,ip_class,asn,lat,lon,accuracy_m,device_key,lan_id";
    writeln!(out, "{columns}")?;
    let mut dice = Dice::new(seed ^ 0x726f_7773);
    let mut rows = 0;
    for day in 0..DAYS {
        let is_weekend = day % 7 >= 5;
        for person in &world.people {
            if is_weekend || !dice.chance(person.active) {
                continue;
            }
            let base = base_of(person, day, &mut dice);
            let is_check_in = dice.chance(1.0 / DAYS_BETWEEN_CHECK_INS);
            let (full, signs_in) = match cadence {
                Cadence::Dense => (true, false),
                Cadence::SignIns => (is_check_in, true),
                Cadence::CheckIns => (is_check_in, false),
                Cadence::Sparse(percent) => (dice.chance(f64::from(percent) / 100.0), false),
            };
            for is_full in
                [(full, true), (signs_in, false)].into_iter().filter(|w| w.0).map(|w| w.1)
            {
                row(&mut out, &mut dice, world, person, base, day, is_full)?;
                rows += 1;
            }
        }
    }
    out.flush()?;
    Ok(rows)
}

fn base_of(person: &Person, day: u32, dice: &mut Dice) -> usize {
    let stays = person.stays.iter().rev();
    if let Some(stay) = stays.into_iter().find(|(from, until, _)| (*from..*until).contains(&day)) {
        return stay.2;
    }
    let mut left = dice.share();
    for (share, base) in &person.also {
        if left < *share {
            return *base;
        }
        left -= share;
    }
    person.home
}

fn row(
    out: &mut impl Write,
    dice: &mut Dice,
    world: &World,
    person: &Person,
    base: usize,
    day: u32,
    is_full: bool,
) -> io::Result<()> {
    let base = &world.bases[base];
    let date = date(day);
    let (hour, minute) = (dice.of(13..23), dice.of(0..60));
    let (latitude, longitude) = person.declared;
    write!(out, "{},{date}T{hour:02}:{minute:02}:00Z,{latitude:.6},{longitude:.6},", person.id)?;
    if dice.chance(person.vpn) {
        // the class is known to the pack or, of the other half, to the sites file alone
        write!(out, "{EGRESS},{},64496,", ["corporate_egress", ""][dice.of(0..2)])?;
    } else {
        let (address, class) = base.line.on(day);
        write!(out, "{address},{class},64500,")?;
    }
    let gps = if is_full { person.gps } else { Gps::Denied };
    match gps {
        Gps::Denied => write!(out, ",,,")?,
        Gps::Precise => {
            let (latitude, longitude) = near(dice, base.place, base.spread_metres);
            write!(out, "{latitude:.6},{longitude:.6},{:.0},", dice.between(8.0, 80.0))?;
        }
        Gps::Coarse => {
            let (latitude, longitude) = near(dice, base.place, 800.0);
            write!(out, "{latitude:.6},{longitude:.6},{:.0},", dice.between(300.0, 4_000.0))?;
        }
    }
    let lan = if is_full && person.tells_lan { &base.lan } else { "" };
    writeln!(out, "{},{lan}", person.device)
}

/// The date so many days after 1 June 2026.
fn date(day: u32) -> String {
    let mut left = day + 1;
    for (month, days) in [(6, 30), (7, 31), (8, 31), (9, 30), (10, 31), (11, 30)] {
        if left <= days {
            return format!("2026-{month:02}-{left:02}");
        }
        left -= days;
    }
    unreachable!("a world lasts {DAYS} days")
}

pub fn write_sites(world: &World, path: &Path) -> io::Result<()> {
    let mut text = String::from("site_id,kind,lat,lon,radius_m,ip\n");
    for (n, site) in world.listed.iter().enumerate() {
        let place = site.place.map_or(",,".to_owned(), |((latitude, longitude), radius)| {
            format!("{latitude:.6},{longitude:.6},{radius}")
        });
        text += &format!("s{n},{},{place},{}\n", site.kind, site.networks);
    }
    std::fs::write(path, text)
}
