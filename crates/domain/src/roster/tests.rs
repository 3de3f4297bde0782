//! Stories of roster files: what is read, every fault with its place, what a diff says and refuses.

use super::*;
use crate::person::Role;
use proptest::prelude::*;

const HEADER: &str =
    "employee_id,name,email,second_email,manager_id,roles,languages,zone,hours,holidays,department";

fn known() -> Known<'static> {
    Known {
        validate_hours: &|text| {
            if text.contains(':') { Ok(()) } else { Err("no time of day".into()) }
        },
        holiday_calendars: &["DE-BE", "PT"],
    }
}

fn row(id: &str, manager: &str) -> String {
    format!("{id},Person {id},{id}@acme.example,,{manager},,en,Europe/Berlin,Mon-Fri 09:00-17:00,,")
}

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn people(text: &str) -> Vec<RosterPerson> {
    parse_people(text.as_bytes(), &known()).unwrap().people
}

/// Code, line and column of every fault.
fn faults(text: &str) -> Vec<(FaultCode, u32, String)> {
    let faults = parse_people(text.as_bytes(), &known()).unwrap_err();
    faults.into_iter().map(|f| (f.code, f.line, f.column.unwrap_or_default())).collect()
}

fn fault(code: FaultCode, line: u32, column: &str) -> (FaultCode, u32, String) {
    (code, line, column.into())
}

#[test]
fn a_line_becomes_a_person_with_attributes() {
    let text = format!(
        "{HEADER},x_site\nanna,Anna,a@acme.example,a2@acme.example,,verifier hr,de-DE en,Europe/Berlin,Mon-Fri 09:00-17:00,de-be,Engineering,B2\n"
    );
    let anna = people(&text).remove(0);
    assert_eq!(anna.roles, [Role::Verifier, Role::Hr].into());
    assert_eq!(anna.languages, ["de", "en"]);
    assert_eq!(anna.holidays.as_deref(), Some("DE-BE"));
    assert_eq!(anna.attributes["department"], "Engineering");
    assert_eq!(anna.attributes["x_site"], "B2");
    assert_eq!(anna.second_email.as_deref(), Some("a2@acme.example"));
}

#[test]
fn byte_order_mark_delimiter_and_line_ends_do_not_matter() {
    let plain = file(&[row("a", ""), row("b", "a")]);
    let expected = people(&plain);
    for delimiter in [";", "\t"] {
        let other = format!("\u{feff}{}", plain.replace(',', delimiter).replace('\n', "\r\n"));
        assert_eq!(people(&other), expected, "delimiter {delimiter:?}");
    }
    assert_eq!(people(&format!("sep=;\r\n{}", plain.replace(',', ";"))), expected);
}

#[test]
fn lines_are_counted_through_quoted_line_breaks_and_blank_lines() {
    let first = row("a", "").replace("Person a", "\"Ada\r\nvan\nOrt\"");
    let second =
        row("b", "").replace("Person b", "\"B\nC\"").replace("Europe/Berlin", "Europe/Atlantis");
    let text = format!("{HEADER}\n\n{first}\n\n\n{second}\n{}\n", row("c", "nobody"));
    // Header 1, blank 2, a 3-5, blank 6-7, b begins 8 and its zone stands on 9, c on 10.
    let expected = [
        fault(FaultCode::UnknownZone, 9, "zone"),
        fault(FaultCode::UnknownManager, 10, "manager_id"),
    ];
    assert_eq!(faults(&text), expected);
    assert_eq!(people(&file(&[first]))[0].name, "Ada van Ort");
}

#[test]
fn every_fault_is_told_at_once() {
    let text = file(&[
        "a,,not-an-address,,a,boss,klingon,Mars/Base,always,XX,".into(),
        "b b,B,b@acme.example,b@acme.example,,,en,Europe/Berlin,Mon 09:00-10:00,,".into(),
        "b,B,B@ACME.example,,,manager,en,Europe/Berlin,Mon 09:00-10:00,,".into(),
        "b,B2".into(),
        "b,B2,b2@acme.example,,,,en,Europe/Berlin,Mon 09:00-10:00,,".into(),
    ]);
    let mut expected = vec![
        fault(FaultCode::CellMissing, 2, "name"),
        fault(FaultCode::BadEmail, 2, "email"),
        fault(FaultCode::UnknownRole, 2, "roles"),
        fault(FaultCode::UnknownLanguage, 2, "languages"),
        fault(FaultCode::UnknownZone, 2, "zone"),
        fault(FaultCode::BadHours, 2, "hours"),
        fault(FaultCode::UnknownHolidays, 2, "holidays"),
        fault(FaultCode::ManagerLoop, 2, "manager_id"),
        fault(FaultCode::DuplicateEmail, 3, "second_email"),
        fault(FaultCode::BadEmployeeId, 3, "employee_id"),
        fault(FaultCode::DuplicateEmail, 4, "email"),
        fault(FaultCode::RoleNotGranted, 4, "roles"),
        fault(FaultCode::WrongCellCount, 5, ""),
        fault(FaultCode::DuplicateEmployeeId, 6, "employee_id"),
    ];
    let mut got = faults(&text);
    got.sort();
    expected.sort();
    assert_eq!(got, expected);
}

#[test]
fn a_fault_says_what_would_be_accepted() {
    let text = file(&[row("a", "").replace("Europe/Berlin", "Europe/Berln")]);
    let said = parse_people(text.as_bytes(), &known()).unwrap_err()[0].to_string();
    assert_eq!(
        said,
        "people file, line 2, column zone: unknown zone `Europe/Berln`; accepted: an IANA time zone such as \
         Europe/Berlin (did you mean `Europe/Berlin`?) [unknown-zone]"
    );
}

#[test]
fn zones_are_kept_in_the_spelling_of_the_database() {
    let zones = ["europe/berlin", "Europe/Berlin", "UTC"];
    let rows: Vec<String> =
        (0..3).map(|i| row(&format!("p{i}"), "").replace("Europe/Berlin", zones[i])).collect();
    let read: Vec<String> = people(&file(&rows)).into_iter().map(|p| p.zone).collect();
    assert_eq!(read, ["Europe/Berlin", "Europe/Berlin", "UTC"]);
    let unknown = file(&[row("a", "").replace("Europe/Berlin", "Etc/Unknown")]);
    assert_eq!(faults(&unknown), [fault(FaultCode::UnknownZone, 2, "zone")]);
}

#[test]
fn a_long_loop_is_shortened_and_managers_are_those_with_reports() {
    let rows: Vec<String> =
        (0..200).map(|i| row(&format!("p{i}"), &format!("p{}", (i + 1) % 200))).collect();
    let said =
        parse_people(file(&rows).as_bytes(), &known()).unwrap_err().remove(0).problem.to_string();
    assert!(said.ends_with("> ... > p0 (200 people)"), "{said}");
    let three = with_people(people(&file(&[row("a", ""), row("b", "a"), row("c", "a")])));
    assert_eq!(three.managers(), ["a"].into());
}

#[test]
fn a_loop_of_managers_is_written_out_once() {
    let text =
        file(&[row("c", "a"), row("a", "b"), row("b", "c"), row("d", "a"), row("self", "self")]);
    let faults = parse_people(text.as_bytes(), &known()).unwrap_err();
    let said: Vec<_> = faults.iter().map(|f| (f.code, f.problem.to_string())).collect();
    assert_eq!(
        said,
        [
            (FaultCode::ManagerLoop, "a line of management leads back to itself: a > b > c > a"),
            (FaultCode::ManagerLoop, "a line of management leads back to itself: self > self"),
        ]
        .map(|(code, problem)| (code, problem.to_owned()))
    );
}

#[test]
fn faults_of_the_header_are_told_with_the_nearest_column() {
    let found = parse_people(b"employee_id,nmae,email,zone,hours,email\n", &known()).unwrap_err();
    let said: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        said[0].contains("unknown column `nmae`") && said[0].contains("did you mean `name`?"),
        "{said:?}"
    );
    let codes: Vec<FaultCode> = found.iter().map(|f| f.code).collect();
    use FaultCode::{DuplicateColumn, MissingColumn, UnknownColumn};
    assert_eq!(codes, [UnknownColumn, DuplicateColumn, MissingColumn, MissingColumn]);
}

#[test]
fn files_that_are_no_text_or_empty_or_never_close_a_quote_are_refused() {
    let of = |bytes: &[u8]| parse_people(bytes, &known()).unwrap_err()[0].clone();
    assert_eq!(of(b"").code, FaultCode::EmptyFile);
    assert_eq!(of(b"\xff\xfee\0").code, FaultCode::NotUtf8);
    let latin1 = [HEADER.as_bytes(), b"\na,Ren\xe9,a@acme.example"].concat();
    assert_eq!((of(&latin1).code, of(&latin1).line), (FaultCode::NotUtf8, 2));
    let open = format!("{HEADER}\n{},\"open{}", row("a", ""), "\nmore of the file".repeat(100));
    assert_eq!(of(open.as_bytes()).code, FaultCode::UnclosedQuote);
    let bell = file(&[row("a", "").replace("Person", "Per\u{7}son")]);
    assert_eq!(of(bell.as_bytes()).code, FaultCode::ControlCharacter);
}

#[test]
fn cells_that_look_like_formulas_stay_text() {
    let text = file(&[
        row("a", "").replace("Person a", "=HYPERLINK(1)"),
        row("b", "").replace("Person b", "@b"),
    ]);
    let names: Vec<String> = people(&text).into_iter().map(|p| p.name).collect();
    assert_eq!(names, ["=HYPERLINK(1)", "@b"]);
}

#[test]
fn work_places_and_absences_are_checked_against_the_people() {
    let people = file(&[row("a", ""), row("b", "a").replace("Europe/Berlin", "Nowhere/Land")]);
    let places = "employee_id;label;lat;lon;radius_km;country;valid_from;valid_to\n\
        b;Home;52,5;13,4;5;de;;\n\
        ghost;Home;91;181;0;Germany;2026-02-30;\n\
        a;Home;0;0;5;PT;2026-12-31;2026-01-01\n";
    let absences = "employee_id,kind,from,to\na,holiday,2026-12-24,2026-12-23\nb,leave,2026-12-24,2026-12-24\nb,leave,2026-12-24,2026-12-24\n";
    let bytes = RosterBytes {
        people: people.as_bytes(),
        work_places: Some(places.as_bytes()),
        absences: Some(absences.as_bytes()),
    };
    let faults = parse_roster(bytes, &known()).unwrap_err();
    let got: Vec<_> = faults.iter().map(|f| (f.file, f.code, f.line)).collect();
    use FaultCode::*;
    use RosterFileKind::*;
    assert_eq!(
        got,
        [
            (People, UnknownZone, 3),
            (WorkPlaces, UnknownPerson, 3),
            (WorkPlaces, BadNumber, 3),
            (WorkPlaces, BadNumber, 3),
            (WorkPlaces, BadNumber, 3),
            (WorkPlaces, BadCountry, 3),
            (WorkPlaces, BadDate, 3),
            (WorkPlaces, DatesReversed, 4),
            (Absences, UnknownKind, 2),
            (Absences, DatesReversed, 2),
            (Absences, DuplicateRow, 4),
        ]
    );
}

fn snapshot(people: Vec<RosterPerson>) -> RosterSnapshot {
    let held = |person| SnapshotPerson { person, roles_pending: [].into(), outside_file: false };
    RosterSnapshot { people: people.into_iter().map(held).collect(), ..RosterSnapshot::default() }
}

fn crowd(count: usize) -> Vec<RosterPerson> {
    people(&file(&(0..count).map(|i| row(&format!("p{i}"), "")).collect::<Vec<_>>()))
}

fn with_people(people: Vec<RosterPerson>) -> RosterFile {
    RosterFile { people, ..RosterFile::default() }
}

#[test]
fn a_diff_names_who_joins_leaves_and_changes_and_asks_for_privileged_roles() {
    let mut after = crowd(10);
    after.remove(9);
    after[0].zone = "Asia/Tokyo".into();
    after[0].attributes.insert("department".into(), "Sales".into());
    after[1].roles = [Role::Verifier].into();
    after.push(people(&file(&[row("new", "")])).remove(0));
    let mut before = snapshot(crowd(10));
    before.people[2].person.roles = [Role::Hr].into();
    before.people[3].roles_pending = [Role::Auditor].into();
    after[3].roles = [Role::Auditor].into();
    let diff = diff(&before, &with_people(after), DiffLimits::default());
    assert!(diff.refusals.is_empty(), "one leaver is below the smallest number that refuses");
    assert_eq!(diff.unchanged, 6);
    let said = diff.to_string();
    for line in [
        "1 join, 1 leave, 1 change, 6 stay as they are.",
        "+ Person new (new), Europe/Berlin",
        "- Person p9 (p9)",
        "~ Person p0 (p0): department: (empty) -> `Sales`; zone: `Europe/Berlin` -> `Asia/Tokyo`",
        "? verifier for Person p1 (p1)",
        "- hr from Person p2 (p2)",
    ] {
        assert!(said.contains(line), "{line:?} in\n{said}");
    }
    assert!(!said.contains("auditor"), "a request that already waits is not told again");
    assert!(diff.roles_granted.is_empty());
}

#[test]
fn an_import_that_would_remove_too_many_is_refused() {
    let refused = |before: usize, after: usize| {
        !diff(&snapshot(crowd(before)), &with_people(crowd(after)), DiffLimits::default())
            .refusals
            .is_empty()
    };
    assert!(!refused(100, 95), "five of a hundred may leave");
    assert!(refused(100, 94));
    assert!(!refused(10, 8), "two people never refuse a file");
    assert!(refused(10, 7));
    assert!(refused(10, 0));
    assert!(!refused(0, 10));
    let said =
        diff(&snapshot(crowd(100)), &with_people(crowd(94)), DiffLimits::default()).to_string();
    assert!(said.contains("6 of 100 people (6.0 %) would leave, more than the 5 %"), "{said}");
}

#[test]
fn an_administrator_created_by_hand_does_not_leave_with_an_import() {
    let mut before = snapshot(crowd(3));
    before.people[0].outside_file = true;
    let file = with_people(crowd(3).split_off(1));
    assert_eq!(diff(&before, &file, DiffLimits::default()).left, []);
}

#[test]
fn a_file_that_was_not_given_changes_nothing() {
    let mut before = snapshot(crowd(1));
    let text = "employee_id,kind,from,to\np0,leave,2026-12-24,2026-12-31\n";
    before.absences = parse_absences(text.as_bytes(), &|_| true).unwrap();
    let mut file = with_people(crowd(1));
    assert!(diff(&before, &file, DiffLimits::default()).is_empty());
    file.absences = Some(vec![]);
    assert_eq!(diff(&before, &file, DiffLimits::default()).absences_removed, before.absences);
}

#[test]
fn two_hundred_thousand_people_are_read() {
    let mut text = format!("{HEADER}\n");
    for i in 0..200_000 {
        let manager = if i == 0 { String::new() } else { format!("p{}", i / 8) };
        text.push_str(&row(&format!("p{i}"), &manager));
        text.push('\n');
    }
    let start = std::time::Instant::now();
    let read = people(&text);
    println!("read 200,000 people in {:?}", start.elapsed());
    assert_eq!(read.len(), 200_000);
    let start = std::time::Instant::now();
    let same = diff(&snapshot(read.clone()), &with_people(read), DiffLimits::default());
    println!("compared them in {:?}", start.elapsed());
    assert!(same.is_empty() && same.unchanged == 200_000);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let with_header = [HEADER.as_bytes(), b"\n", &bytes].concat();
        for input in [&bytes, &with_header] {
            if let Err(faults) = parse_people(input, &known()) {
                prop_assert!(faults.iter().all(|f| f.line >= 1 && !f.accepted.to_string().is_empty()));
            }
        }
    }

    #[test]
    fn names_survive_quoting_and_the_fault_behind_them_keeps_its_line(name in "[a-zA-Z=+@;,\"\n ]{0,30}x") {
        let quoted = format!("\"{}\"", name.replace('"', "\"\""));
        let text = file(&[row("a", "").replace("Person a", &quoted), row("b", "ghost")]);
        let line = 3 + u32::try_from(name.matches('\n').count()).unwrap();
        prop_assert_eq!(faults(&text), vec![fault(FaultCode::UnknownManager, line, "manager_id")]);
        let fine = text.replace("ghost", "a");
        prop_assert_eq!(&people(&fine)[0].name, &name.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    #[test]
    fn a_diff_with_itself_is_empty_and_joined_and_left_mirror_each_other(a in 0_usize..30, b in 0_usize..30) {
        let there = diff(&snapshot(crowd(a)), &with_people(crowd(b)), DiffLimits::default());
        let back = diff(&snapshot(crowd(b)), &with_people(crowd(a)), DiffLimits::default());
        prop_assert_eq!(there.joined.len(), back.left.len());
        prop_assert_eq!(there.left.len(), back.joined.len());
        prop_assert_eq!(there.is_empty(), a == b);
        prop_assert_eq!(there.unchanged, a.min(b));
    }
}
