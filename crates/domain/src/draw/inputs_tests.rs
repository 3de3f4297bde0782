//! Rows, their canonical bytes and their root.

use super::*;
use crate::draw::fixtures::{boundary, person, policy, slots, verifier};

fn inputs() -> BoundaryInputs {
    let mut nadia = person(2, slots(&[(0, 12)]));
    nadia.languages = vec!["en".into(), "de".into(), "en".into()];
    nadia.excluded = vec![DrawToken([9; 16]), DrawToken([8; 16])];
    let mut omar = person(1, vec![]);
    omar.class = Some(IneligibleClass::Holiday);
    BoundaryInputs::new(
        boundary(),
        vec![policy(5, 5)],
        vec![verifier(7, slots(&[(0, 6)]))],
        vec![nadia, omar],
    )
    .unwrap()
}

#[test]
fn the_order_in_which_rows_arrive_does_not_change_the_root() {
    let rows: Vec<PersonRow> = (1..9).map(|n| person(n, slots(&[(0, 9)]))).collect();
    let backwards = rows.iter().rev().cloned().collect();
    let of =
        |rows| BoundaryInputs::new(boundary(), vec![policy(5, 0)], vec![], rows).unwrap().root();
    assert_eq!(of(rows), of(backwards));
}

#[test]
fn a_row_has_exactly_these_bytes() {
    let inputs = inputs();
    let row = inputs.person(&DrawToken([2; 16])).unwrap();
    let expected = concat!(
        r#"{"person":{"excluded":["08080808080808080808080808080808","09090909090909090909090909090909"],"#,
        r#""k":1,"languages":["de","en"],"policy":"00000000-0000-0000-0000-000000000001","#,
        r#""slots":[[1799827200000,1799830800000]],"token":"02020202020202020202020202020202"}}"#
    );
    assert_eq!(String::from_utf8(canonical(&Leaf::Person(row))).unwrap(), expected);
}

/// `serde_json::Value` may keep insertion order (a feature another crate can switch on), so the
/// sorted form is built here by hand.
#[test]
fn keys_are_sorted_at_every_depth_and_numbers_are_integers() {
    fn walk(value: &serde_json::Value) {
        match value {
            serde_json::Value::Object(map) => {
                let sorted: std::collections::BTreeMap<_, _> = map.iter().collect();
                let keys: Vec<_> = map.keys().collect();
                assert_eq!(sorted.into_keys().collect::<Vec<_>>(), keys);
                map.values().for_each(walk);
            }
            serde_json::Value::Array(list) => list.iter().for_each(walk),
            serde_json::Value::Number(n) => assert!(n.as_i64().is_some_and(|n| n < 1 << 53)),
            _ => {}
        }
    }
    /// Names of objects in the order in which they stand in the text.
    fn check_text(json: &str) {
        let mut depth: Vec<Option<String>> = Vec::new();
        let mut rest = json;
        while let Some(at) = rest.find(['{', '}', '"']) {
            match rest.as_bytes()[at] {
                b'{' => depth.push(None),
                b'}' => drop(depth.pop()),
                _ => {
                    let end = at + 1 + rest[at + 1..].find('"').unwrap();
                    if rest[end + 1..].starts_with(':') {
                        let name = rest[at + 1..end].to_owned();
                        let top = depth.last_mut().unwrap();
                        assert!(top.as_ref().is_none_or(|last| *last < name), "{name}");
                        *top = Some(name);
                    }
                    rest = &rest[end + 1..];
                    continue;
                }
            }
            rest = &rest[at + 1..];
        }
    }
    let mut inputs = inputs();
    inputs.erase(&DrawToken([2; 16]));
    let json = String::from_utf8(inputs.to_json()).unwrap();
    walk(&serde_json::from_str(&json).unwrap());
    check_text(&json);
    check_text(&String::from_utf8(canonical(&super::tests::inputs())).unwrap());
}

#[test]
fn every_change_of_a_row_changes_the_root() {
    let base = inputs();
    let mut seen = HashSet::from([base.root()]);
    let changes: [fn(&mut BoundaryInputs); 6] = [
        |i| i.boundary.t = i.boundary.t.plus_ms(1),
        |i| i.policies[0].notice_minutes_max += 1,
        |i| i.policies[0].hazards = HazardTable::pool(0.5),
        |i| i.verifiers[0].sessions_max += 1,
        |i| drop(i.people.pop()),
        |i| {
            let PersonEntry::Row(row) = &mut i.people[1] else { panic!() };
            row.k += 1;
        },
    ];
    for change in changes {
        let mut other = base.clone();
        change(&mut other);
        assert!(seen.insert(other.root()));
    }
}

#[test]
fn erasing_a_person_keeps_the_root_and_loses_the_row() {
    let mut inputs = inputs();
    let root = inputs.root();
    let token = DrawToken([2; 16]);
    assert!(inputs.erase(&token));
    assert!(!inputs.erase(&token), "once");
    assert_eq!(inputs.root(), root);
    let json = inputs.to_json();
    assert!(!String::from_utf8_lossy(&json).contains(&token.to_hex()));
    let read = BoundaryInputs::from_json(&json).unwrap();
    assert_eq!((read.root(), read.people().count()), (root, 1));
}

#[test]
fn rows_that_contradict_themselves_are_refused() {
    let make =
        |rows: Vec<PersonRow>| BoundaryInputs::new(boundary(), vec![policy(5, 5)], vec![], rows);
    let twice = make(vec![person(1, vec![]), person(1, vec![])]);
    assert!(matches!(twice, Err(InputsFault::Twice(_))));
    type Case = (fn(&mut PersonRow), &'static str);
    let cases: [Case; 5] = [
        (|r| r.k = 0, "from 1"),
        (|r| r.policy = PolicyVersionId(uuid::Uuid::from_u128(99)), "no policy row"),
        (|r| r.class = Some(IneligibleClass::Left), "not eligible"),
        (|r| r.slots.reverse(), "in order"),
        (|r| r.block = Some(BlockShare { before: 0, here: 1, total: 2 }), "block horizon"),
    ];
    for (change, says) in cases {
        let mut row = person(1, slots(&[(0, 6), (8, 12)]));
        change(&mut row);
        let fault = make(vec![row]).unwrap_err();
        assert!(fault.to_string().contains(says), "{fault}");
    }
    let stale = String::from_utf8(inputs().to_json()).unwrap().replace("\"v\":1", "\"v\":2");
    assert_eq!(BoundaryInputs::from_json(stale.as_bytes()), Err(InputsFault::Version(2)));
}
