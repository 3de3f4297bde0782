//! The laptop farm in the service: sign-ins come in as a file, become tags, and are compared at night.
//! What is found reaches security and nobody else.

use super::future_draw::{contains, written};
use crate::support::{Company, Database, Somebody};
use muster::acts::links::{search, view};
use muster::acts::observations::{self, ImportReport, Importer};
use muster::acts::{ActError, personal_data, sites, tokens};
use muster::engine::sweeps;
use muster_domain::id::PersonId;
use muster_domain::linking::read_sites;
use muster_domain::person::{Role, TokenScope};
use muster_domain::time::DAY_MS;
use muster_store::entities::{link_group, link_view};
use muster_store::{links, people};
use sea_orm::EntityTrait;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const DAY: i64 = 24 * 60;
const ZONE: &str = "Europe/Lisbon";
/// The house of the farm: its line, and the key of a machine that nobody shares.
const FARM_LINE: &str = "203.0.113.5";
const DEVICE: &str = "tpm-5a1f77c0e9d2";

struct People {
    boss: PersonId,
    hr: PersonId,
    security: PersonId,
    other_security: PersonId,
    /// Three whose laptops stand in one house, and a fourth who joins them.
    farm: Vec<PersonId>,
}

/// The farm, a couple, twelve in an office, and thirty strangers with a home of their own each.
async fn hire(company: &Company) -> People {
    let boss = one(company, "Mads Boss", None, &[]).await;
    let hr = one(company, "Hedda People", None, &[Role::Hr]).await;
    let security = one(company, "Sven Guard", None, &[Role::Security]).await;
    let other_security = one(company, "Siri Watch", None, &[Role::Security]).await;
    let mut farm = Vec::new();
    for (name, lat) in
        [("Lee Um", 40.1), ("Max Dois", 36.5), ("Sam Tres", 44.0), ("Tom Quatro", 47.0)]
    {
        let id = one(company, name, Some(boss), &[]).await;
        company.declare_place(id, lat, -95.0).await;
        farm.push(id);
    }
    for name in ["Ana Casa", "Bo Casa"] {
        let id = one(company, name, None, &[]).await;
        company.declare_place(id, 39.5, -98.2).await;
    }
    for n in 0..12 {
        one(company, &format!("Office{n} Desk"), None, &[]).await;
    }
    for n in 0..30 {
        one(company, &format!("Home{n} Own"), None, &[]).await;
    }
    People { boss, hr, security, other_security, farm }
}

async fn one(company: &Company, name: &str, manager: Option<PersonId>, roles: &[Role]) -> PersonId {
    company.person(Somebody { name, zone: ZONE, manager, roles, in_pool: false }).await
}

/// Sign-ins of some days before now, ten days apart.
fn sign_ins(company: &Company, farm: &[&str], days_ago: &[i64]) -> String {
    let mut text = "employee_id,at,ip,ip_class,lat,lon,accuracy_m,device_key,lan_id\n".to_owned();
    for ago in days_ago {
        let at = company.context.now().plus_ms(-ago * DAY_MS).timestamp();
        for id in farm {
            writeln!(text, "{id},{at},{FARM_LINE},residential,41.25,-96.01,20,,").unwrap();
        }
        for id in ["ana", "bo"] {
            writeln!(text, "{id},{at},2001:db8:1:2::7,residential,39.5,-98.2,20,,home-net")
                .unwrap();
        }
        for n in 0..12 {
            writeln!(text, "office{n},{at},198.51.100.9,business,38.7,-9.1,20,,campus").unwrap();
        }
        for n in 0..30 {
            writeln!(text, "home{n},{at},198.18.0.{n},residential,,,,{DEVICE}{n},").unwrap();
        }
    }
    text
}

async fn import(company: &Company, text: &str) -> ImportReport {
    let file = std::io::Cursor::new(text.to_owned().into_bytes());
    observations::import(&company.context, Importer::Person(None), file).await.unwrap()
}

/// Lives to the next comparison.
async fn night(company: &Company) {
    company.pass_to(company.context.now().plus_minutes(DAY)).await;
}

async fn groups(company: &Company) -> Vec<link_group::Model> {
    links::standing(company.store().read()).await.unwrap()
}

async fn members(company: &Company, group: &link_group::Model) -> BTreeSet<PersonId> {
    let rows = links::members(company.store().read(), group.id).await.unwrap();
    rows.into_iter().map(|m| PersonId(m.person_id)).collect()
}

async fn logged(company: &Company, kind: &str) -> usize {
    let entries = muster_store::audit::list(company.store().read(), 0, 10_000).await.unwrap();
    entries.iter().filter(|e| e.kind == kind).count()
}

fn forbidden<T>(result: Result<T, ActError>) -> bool {
    matches!(result, Err(ActError::Forbidden(_)))
}

crate::on_both_databases! {
    async fn an_imported_farm_is_found_overnight_and_a_couple_and_an_office_are_not(company: Company) {
        let people = hire(&company).await;
        let report = import(&company, &sign_ins(&company, &["lee", "max", "sam"], &[3, 13, 23])).await;
        assert!(report.faults.is_empty() && report.known == 0, "{report:?}");
        assert_eq!(report.taken, 3 * (3 + 2 + 12 + 30));
        assert!(groups(&company).await.is_empty());
        night(&company).await;

        let found = groups(&company).await;
        let of_three: Vec<_> = found.iter().filter(|g| g.state == "open").collect();
        let [group] = of_three.as_slice() else { panic!("{found:?}") };
        assert_eq!(members(&company, group).await, people.farm[..3].iter().copied().collect());
        assert_eq!(found.len(), 1, "neither the couple nor the office: {found:?}");

        // Security hears of it, by number of people; nobody else does.
        for (address, count) in [("sven", 1), ("siri", 1), ("mads", 0), ("hedda", 0), ("lee", 0)] {
            let mails = company.mails_to(&format!("{address}@muster.example"));
            let mails: Vec<_> = mails.iter().filter(|m| m.subject.contains("Link group")).collect();
            assert_eq!(mails.len(), count, "{address}");
            for mail in mails {
                assert!(mail.text.contains("3 people") && mail.text.contains("/links/1"), "{}", mail.text);
                assert!(!mail.text.contains("Lee Um") && !mail.text.contains(FARM_LINE));
            }
        }

        // The page says why, and each look stands in the log.
        let open = view::open(&company.context, people.security, 1).await.unwrap();
        assert_eq!(open.detail.edges.len(), 3);
        let kinds: BTreeSet<&str> = open.detail.edges[0].reasons.iter().map(|(k, _)| k.as_str()).collect();
        assert_eq!(kinds, BTreeSet::from(["declared_apart", "line", "spot"]));
        assert!(open.detail.sentence.to_string().contains("Innocent causes"), "{}", open.detail.sentence);
        assert_eq!(open.detail.edges[0].days, 3);
        assert_eq!(logged(&company, "link-group-opened").await, 1);
        for somebody in [people.hr, people.boss, people.farm[0]] {
            assert!(forbidden(view::open(&company.context, somebody, 1).await));
            assert!(forbidden(view::list(&company.context, somebody).await.map(drop)));
            assert!(forbidden(search::search(&company.context, somebody, FARM_LINE).await.map(drop)));
        }

        // Nobody of the group reads of it before it has ended, nor HR.
        let lee = people::get(company.store().read(), people.farm[0]).await.unwrap();
        let exported = async || {
            let theirs = personal_data::mine(&company.context, &lee).await.unwrap();
            let offices = personal_data::hand_out(&company.context, None, &lee).await.unwrap();
            [theirs, offices].map(|data| serde_json::to_string(&data).unwrap())
        };
        for text in exported().await {
            assert!(text.contains("\"observation\"") && !text.contains("link_member"), "{text}");
        }
        let closed = view::resolve(&company.context, people.security, 1, "household", "they share one flat").await;
        closed.unwrap();
        for text in exported().await {
            assert!(text.contains("link_member") && text.contains("link_view"), "afterwards it is theirs to read");
        }
        company.ends_well().await;
    }

    async fn a_group_keeps_its_number_while_it_grows_and_is_asked_about_again(company: Company) {
        let people = hire(&company).await;
        import(&company, &sign_ins(&company, &["lee", "max", "sam"], &[3, 13])).await;
        night(&company).await;
        let context = &company.context;
        let seen = search::search(context, people.security, FARM_LINE).await.unwrap();
        assert!(seen[0].people.len() == 3 && seen[0].people.iter().all(|who| who.groups == [1]));
        let looks = link_view::Entity::find().all(company.store().read()).await.unwrap();
        let subjects: BTreeSet<PersonId> = looks.iter().map(|look| PersonId(look.subject)).collect();
        assert_eq!(subjects, people.farm[..3].iter().copied().collect(), "each can read it later");
        let early = view::resolve(context, people.security, 1, "household", "they share one flat").await;
        assert!(matches!(early, Err(ActError::Conflict(_))), "to read of a group is not to open it");
        view::open(context, people.security, 1).await.unwrap();
        view::acknowledge(context, people.security, 1).await.unwrap();
        let short = view::resolve(context, people.security, 1, "household", "fine").await;
        assert!(matches!(short, Err(ActError::Invalid(_))), "a reason has words");
        view::resolve(context, people.security, 1, "household", "they share one flat").await.unwrap();
        night(&company).await;
        assert_eq!(groups(&company).await[0].state, "resolved", "found again, and nothing new");

        import(&company, &sign_ins(&company, &["lee", "max", "sam", "tom"], &[0, 1])).await;
        night(&company).await;
        let found = groups(&company).await;
        assert_eq!((found.len(), found[0].no, found[0].state.as_str()), (1, 1, "open"));
        assert_eq!(members(&company, &found[0]).await.len(), 4);
        assert_eq!(found[0].resolution, None);
        let again = view::resolve(context, people.security, 1, "household", "they share one flat").await;
        assert!(matches!(again, Err(ActError::Conflict(_))), "it is to be opened anew");

        // Nobody takes it on: it is told again every night, and stays when it is not found any more.
        let told = |who: &str| company.mails_to(who).iter().filter(|m| m.subject.contains("ink group")).count();
        let before = told("siri@muster.example");
        night(&company).await;
        assert_eq!(told("siri@muster.example"), before + 1);
        company.pass_to(company.context.now().plus_minutes(200 * DAY)).await;
        sweeps::purge(&company.engine).await.unwrap();
        night(&company).await;
        let found = groups(&company).await;
        assert_eq!((found.len(), found[0].state.as_str()), (1, "open"), "a human closes it");
    }

    async fn who_belongs_to_a_group_or_its_line_does_not_open_it(company: Company) {
        let people = hire(&company).await;
        company.declare_place(people.security, 50.0, -95.0).await;
        import(&company, &sign_ins(&company, &["lee", "max", "sam", "sven"], &[3, 13])).await;
        night(&company).await;
        let told = |who: &str| company.mails_to(who).iter().any(|m| m.subject.contains("Link group"));
        assert!(told("siri@muster.example") && !told("sven@muster.example"));
        assert!(forbidden(view::open(&company.context, people.security, 1).await));
        assert!(forbidden(view::acknowledge(&company.context, people.security, 1).await));
        let seen = search::search(&company.context, people.security, FARM_LINE).await.unwrap();
        assert!(seen[0].people.iter().all(|who| who.groups.is_empty()), "nor does a search name it");
        view::open(&company.context, people.other_security, 1).await.unwrap();
        let listed = view::list(&company.context, people.security).await.unwrap();
        assert!(!listed[0].may_open);
    }

    async fn keys_are_replaced_and_what_was_seen_before_still_joins(company: Company) {
        let people = hire(&company).await;
        // Two of them have a day on the line in each of two epochs: under one key they would have one.
        let at = async |farm: &[&str], ago: &[i64]| import(&company, &sign_ins(&company, farm, ago)).await;
        at(&["lee"], &[0, 1]).await;
        at(&["max", "sam"], &[1]).await;
        let keys = || {
            let dir = std::fs::read_dir(company.dir.path().join("keys")).unwrap();
            let names = dir.map(|e| e.unwrap().file_name().into_string().unwrap());
            names.filter(|name| name.starts_with("link-")).collect::<BTreeSet<_>>()
        };
        let first = keys();
        assert_eq!(first.len(), 2, "this epoch's and the next one's");
        company.pass_to(company.context.now().plus_minutes(60 * DAY)).await;
        at(&["max", "sam"], &[0]).await;
        night(&company).await;
        let now = keys();
        assert_eq!((now.len(), now.intersection(&first).count()), (2, 1), "{first:?} {now:?}");
        let found = groups(&company).await;
        assert_eq!(members(&company, &found[0]).await, people.farm[..3].iter().copied().collect());

        // The same file again is known, under whichever key.
        let report = at(&["max", "sam"], &[0, 1]).await;
        assert_eq!((report.known > 0, report.taken > 0), (true, true), "one night later: {report:?}");
        let seen = search::search(&company.context, people.security, FARM_LINE).await.unwrap();
        assert_eq!(seen[0].people.len(), 3, "a question reaches back over the change of keys");
    }

    async fn no_address_device_or_place_stands_anywhere(company: Company) {
        let people = hire(&company).await;
        let report = import(&company, &sign_ins(&company, &["lee", "max", "sam"], &[3, 13])).await;
        assert!(report.taken > 0);
        night(&company).await;
        view::open(&company.context, people.security, 1).await.unwrap();
        search::search(&company.context, people.security, &format!("{FARM_LINE}\ndevice:{DEVICE}4")).await.unwrap();
        company.engine.drain().await.unwrap();
        let line: std::net::Ipv4Addr = FARM_LINE.parse().unwrap();
        let traces = [
            FARM_LINE.as_bytes().to_vec(), DEVICE.as_bytes().to_vec(), b"home-net".to_vec(), b"41.25".to_vec(),
            b"41250000".to_vec(), b"2001:db8:1:2".to_vec(), hex::encode(line.octets()).into_bytes(),
        ];
        let places = written(&company).await;
        assert!(places.iter().any(|(_, bytes)| contains(bytes, b"residential")), "the search finds what is there");
        for (place, bytes) in places {
            for trace in &traces {
                assert!(!contains(&bytes, trace), "{place} holds {}", String::from_utf8_lossy(trace));
            }
        }
    }

    async fn a_site_counts_once_a_second_person_has_confirmed_it(company: Company) {
        let people = hire(&company).await;
        import(&company, &sign_ins(&company, &["lee", "max", "sam"], &[3, 13])).await;
        night(&company).await;
        view::open(&company.context, people.security, 1).await.unwrap();
        let done = view::resolve(&company.context, people.security, 1, "shared_site", "HR names the loft").await;
        done.unwrap();
        let list = read_sites(b"site_id,kind,lat,lon,radius_m,ip\nloft,coworking,41.25,-96.01,100,203.0.113.0/29\n").unwrap();
        let (context, hr, security) = (&company.context, people.hr, people.security);
        assert!(forbidden(sites::propose(context, Some(people.boss), &list).await));
        let version = sites::propose(context, Some(security), &list).await.unwrap();
        assert!(forbidden(sites::confirm(context, security, version).await), "not by oneself");
        assert!(forbidden(sites::confirm(context, hr, version).await), "not by HR");
        night(&company).await;
        assert!(groups(&company).await[0].ended_ms.is_none(), "what waits does not count");
        sites::confirm(context, people.other_security, version).await.unwrap();
        night(&company).await;
        assert!(groups(&company).await.is_empty(), "what was seen before is subtracted too");
        assert_eq!(logged(&company, "sites-confirmed").await, 1);
        let wide = read_sites(b"site_id,kind,ip\nworld,office,0.0.0.0/0\n").unwrap();
        assert!(matches!(sites::propose(context, None, &wide).await, Err(ActError::Invalid(_))));
    }

    async fn bad_rows_are_named_and_the_others_are_taken_once(company: Company) {
        hire(&company).await;
        let now = company.context.now();
        let at = |days: i64| now.plus_ms(days * DAY_MS).timestamp();
        let text = format!(
            "employee_id,at,ip,ip_class\nlee,{0},{FARM_LINE},\nlee,{0},{FARM_LINE},\nnobody,{0},203.0.113.9,\n\
             max,yesterday,203.0.113.9,\nmax,{0},203.0.113.999,\nsam,{1},203.0.113.9,\nsam,{2},203.0.113.9,\nsam,{0},,\n",
            at(-1), at(3), at(-200)
        );
        let report = import(&company, &text).await;
        assert_eq!((report.taken, report.known, report.too_old, report.empty), (1, 1, 1, 1), "{report:?}");
        let told: Vec<(u32, &str)> = report.faults.iter().map(|f| (f.line, f.code.code())).collect();
        let expected = [(4, "unknown-person"), (5, "bad-instant"), (6, "bad-address"), (7, "bad-instant")];
        assert_eq!(told, expected);
        let again = import(&company, &text).await;
        assert_eq!((again.taken, again.known), (0, 2));
        let by = async |who| {
            let file = std::io::Cursor::new(text.clone().into_bytes());
            observations::import(&company.context, Importer::Person(Some(who)), file).await
        };
        let lee = people::by_employee_id(company.store().read(), "lee").await.unwrap().unwrap();
        assert!(forbidden(by(PersonId(lee.id)).await));
    }

    async fn hrs_records_count_beside_what_was_seen_and_come_from_hr_alone(company: Company) {
        let people = hire(&company).await;
        let context = &company.context;
        let at = context.now().plus_ms(-DAY_MS).timestamp();
        let records = format!(
            "employee_id,at,delivery_key,payroll_key\nlee,{at},\"12 Example Road, Sampleton\",\n\
             max,{at},12 example road SAMPLETON,\nsam,{at},,XX00 1234 5678\n"
        );
        let by = async |who: Importer, text: &str| {
            let file = std::io::Cursor::new(text.to_owned().into_bytes());
            observations::import(context, who, file).await
        };
        let taken = by(Importer::Person(Some(people.hr)), &records).await.unwrap();
        assert_eq!((taken.taken, taken.faults.len()), (3, 0), "{taken:?}");
        assert!(forbidden(by(Importer::Person(Some(people.boss)), &records).await));

        // Who keeps the roster does not say where people were seen; a program does not say what HR knows.
        let seen = sign_ins(&company, &["lee", "max"], &[3, 13]);
        let codes = |report: &ImportReport| -> BTreeSet<String> {
            report.faults.iter().map(|f| f.code.code().to_owned()).collect()
        };
        let from_hr = by(Importer::Person(Some(people.hr)), &seen).await.unwrap();
        assert_eq!((from_hr.taken, codes(&from_hr)), (0, BTreeSet::from(["not-allowed".to_owned()])));
        let made = tokens::create(context, Some(people.security), "idp", TokenScope::Observations, 30).await.unwrap();
        let from_token = by(Importer::Program(Box::new(made.row)), &records).await.unwrap();
        assert_eq!((from_token.taken, codes(&from_token)), (0, BTreeSet::from(["not-allowed".to_owned()])));

        night(&company).await;
        assert!(groups(&company).await.is_empty(), "two with one address are a note");
        import(&company, &seen).await;
        night(&company).await;
        let open = view::open(context, people.security, 1).await.unwrap();
        let kinds: Vec<&str> = open.detail.edges[0].reasons.iter().map(|(kind, _)| kind.as_str()).collect();
        assert!(kinds.contains(&"delivery_address") && !kinds.contains(&"payroll_account"), "{kinds:?}");
        let written = written(&company).await;
        for trace in ["Example Road", "example road", "12exampleroad", "xx0012345678", "1234 5678"] {
            let place = written.iter().find(|(_, bytes)| contains(bytes, trace.as_bytes()));
            assert!(place.is_none(), "{} holds {trace}", place.unwrap().0);
        }
    }

    async fn a_token_is_good_for_one_thing_until_it_ends_or_is_revoked(company: Company) {
        let people = hire(&company).await;
        let context = &company.context;
        let scope = TokenScope::Observations;
        assert!(forbidden(tokens::create(context, Some(people.hr), "idp", scope, 30).await.map(drop)));
        let made = tokens::create(context, Some(people.security), "idp", scope, 30).await.unwrap();
        let id = made.row.id;
        assert_eq!(tokens::check(context, &made.secret, scope).await.unwrap().id, id);
        let other_case = made.secret.to_uppercase();
        for bad in ["", "muster_", &made.secret[..20], other_case.as_str()] {
            assert!(forbidden(tokens::check(context, bad, scope).await), "{bad}");
        }
        for (place, bytes) in written(&company).await {
            assert!(!contains(&bytes, made.secret.as_bytes()), "{place}");
        }
        tokens::revoke(context, None, id, "the program was replaced").await.unwrap();
        assert!(forbidden(tokens::check(context, &made.secret, scope).await));
        let other = tokens::create(context, None, "vpn", scope, 1).await.unwrap();
        company.clock.set(context.now().plus_ms(DAY_MS));
        assert!(forbidden(tokens::check(context, &other.secret, scope).await), "its day is over");
        assert_eq!((logged(&company, "token-created").await, logged(&company, "token-revoked").await), (2, 1));
    }
}
