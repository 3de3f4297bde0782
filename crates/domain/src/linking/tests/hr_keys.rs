//! One delivery address, one payroll account.

use super::*;

const DESK: &str = "12 Example Road, Sampleton";

fn groups(lives: Vec<Life>) -> Vec<Group> {
    linked(lives).groups
}

fn delivered(id: &str, home: (f64, f64), address: &str) -> Life {
    life(id).declares(home).on([3], |s| s.delivered_to(address))
}

#[test]
fn two_are_a_note_beside_something_else_and_nothing_by_themselves() {
    let both = [delivered("a", NORTH, DESK), delivered("b", SOUTH, "12 example road SAMPLETON")];
    assert_eq!(groups(both.to_vec()), []);
    let account = |life: Life| life.on([3], |s| s.paid_into("XX00 1234 5678"));
    assert_eq!(groups(both.clone().map(account).to_vec()), [], "a family has both");
    let at_a_spot = |life: Life| life.on([5, 9], |s| s.spot(WEST));
    let report = linked(both.clone().map(at_a_spot).to_vec());
    assert_eq!(edge(&report, "a", "b"), ["spot 3", "declared_apart 3", "delivery_address 3"]);
    assert!(!report.groups[0].needs_site);
    assert!(report.groups[0].sentence.to_string().contains("a delivery address"));
    // a line of a small company weighs too little alone
    let on_a_line = |life: Life| life.on([5, 9], |s| s.line("203.0.113.5"));
    let lives = [both.map(on_a_line).to_vec(), bystanders(18)].concat();
    let expected = ["line 2.303", "declared_apart 3", "delivery_address 3"];
    assert_eq!(edge(&linked_with(&lives, &[]), "a", "b"), expected);
}

#[test]
fn three_and_more_ask_what_the_address_is() {
    let three = [("a", NORTH), ("b", SOUTH), ("c", WEST)].map(|(id, at)| delivered(id, at, DESK));
    let found = groups(three.to_vec());
    assert_eq!((found.len(), found[0].members.len(), found[0].needs_site), (1, 3, true));
    assert!(found[0].sentence.to_string().contains("freight desk"), "{}", found[0].sentence);
    // with something else they are joined as any others
    let seen = three.clone().map(|life| life.on([5, 9], |s| s.spot(WEST)));
    assert!(!groups(seen.to_vec())[0].needs_site);
    // a desk that somebody named says nothing
    let named = Site {
        site_id: "desk".into(),
        kind: SiteKind::Office,
        area: None,
        networks: Vec::new(),
        delivery: vec![DESK.to_uppercase()],
    };
    assert_eq!(linked_with(&three, &[named]).groups, []);
    // nor does the one of more than thirty
    let many: Vec<Life> = (0..31)
        .map(|n| delivered(&format!("d{n:02}"), (NORTH.0 + f64::from(n), NORTH.1), DESK))
        .collect();
    assert_eq!(groups(many), []);
}

#[test]
fn one_home_that_both_declared_explains_one_address_and_one_account() {
    let home = |id: &str| {
        life(id)
            .declares(NORTH)
            .on([3, 9], |s| s.line("203.0.113.5").spot(NORTH))
            .on([3], |s| s.delivered_to(DESK).paid_into("XX00 1234 5678"))
    };
    assert_eq!(groups(vec![home("a"), home("b")]), []);
}
