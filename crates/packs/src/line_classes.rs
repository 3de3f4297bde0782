//! The class of a line by who runs its network: a short table that ships with the program
//! (`data/line_classes.csv`, which says where it comes from).

use muster_domain::judging::AccessClass;
use std::collections::HashMap;
use std::sync::LazyLock;

static CLASSES: LazyLock<HashMap<u32, AccessClass>> = LazyLock::new(|| {
    let text = include_str!("../data/line_classes.csv");
    let rows = text.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.filter_map(|row| {
        let mut cells = row.splitn(3, ',');
        let asn = cells.next()?.parse().ok()?;
        let class = match cells.next()? {
            "satellite" => AccessClass::Satellite,
            "mobile" => AccessClass::Mobile,
            "hosting" => AccessClass::Hosting,
            _ => return None,
        };
        Some((asn, class))
    })
    .collect()
});

/// Satellite, mobile or hosting, where the network serves nothing else; `None` for all others.
pub fn class_of(asn: u32) -> Option<AccessClass> {
    CLASSES.get(&asn).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_no_number_stands_twice() {
        let rows = include_str!("../data/line_classes.csv").lines();
        let rows = rows.filter(|line| !line.starts_with('#')).skip(1).count();
        assert_eq!(CLASSES.len(), rows);
    }

    #[test]
    fn networks_of_one_kind_have_its_class() {
        assert_eq!(class_of(14_593), Some(AccessClass::Satellite));
        assert_eq!(class_of(21_928), Some(AccessClass::Mobile));
        assert_eq!(class_of(16_509), Some(AccessClass::Hosting));
        assert_eq!(class_of(7_922), None, "a cable network is of no listed kind");
    }
}
