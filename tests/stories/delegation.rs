//! While a manager is away, whom they named is told and may do what they may, on those days only; and
//! nobody is named who would be locked out by it.

use crate::support::{Company, Database, Somebody};
use muster::acts::cases::decide;
use muster::acts::cases::standing::Viewer;
use muster::acts::delegations::{self, Typed};
use muster::acts::{ActError, baseline};
use muster::engine::sweeps;
use muster_domain::id::{CaseId, PersonId};
use muster_domain::person::Role;
use muster_domain::time::DAY_MS;
use muster_store::delegations::state;
use muster_store::entities::delegation;
use muster_store::{cases, people};
use uuid::Uuid;

fn days(company: &Company, from: i64, to: i64) -> (String, String) {
    let date = |days: i64| {
        let at = company.context.now().plus_ms(days * DAY_MS);
        at.date_in(&jiff::tz::TimeZone::get("Europe/Lisbon").unwrap()).to_string()
    };
    (date(from), date(to))
}

async fn named(
    company: &Company,
    manager: PersonId,
    delegate: &str,
    (first, last): &(String, String),
) -> Result<delegations::Listed, ActError> {
    let typed = Typed { delegate, first, last };
    delegations::name(&company.context, manager, &typed).await
}

fn field(refused: Result<delegations::Listed, ActError>) -> (&'static str, String) {
    match refused {
        Err(ActError::Invalid(faults)) => faults[0].clone(),
        Err(other) => panic!("another error: {other}"),
        Ok(_) => panic!("it was taken"),
    }
}

async fn somebody(
    company: &Company,
    name: &str,
    manager: Option<PersonId>,
    roles: &[Role],
) -> PersonId {
    let zone = "Europe/Lisbon";
    company.person(Somebody { name, zone, manager, roles, in_pool: false }).await
}

crate::on_both_databases! {
    async fn whoever_stands_in_is_told_and_acts_and_the_end_takes_it_all_back(company: Company) {
        let cast = company.usual_cast().await;
        let (context, db) = (&company.context, company.store().read());
        let boss = PersonId(people::get(db, cast.maria).await.unwrap().manager_id.unwrap());
        let peer = somebody(&company, "Peer Example", None, &[]).await;
        assert!(!people::roles(db, peer).await.unwrap().contains(&Role::Manager));
        let made = named(&company, boss, "peer", &days(&company, 0, 20)).await.unwrap();
        assert!(people::roles(db, peer).await.unwrap().contains(&Role::Manager), "at once: it begins today");

        let first = company.first_check_in(cast.maria, "drawn").await;
        company.nobody_comes(&first).await;
        let second = company.first_check_in(cast.maria, "recheck").await;
        company.nobody_comes(&second).await;
        let case = company.pass_until("the manager's step", 3 * 24 * 60, async || {
            company.cases().await.into_iter().find(|c| c.step == 1)
        }).await;
        let id = CaseId(case.id);
        let step = &cases::steps(db, id).await.unwrap()[0];
        assert_eq!(step.recipient, "manager");
        let mail = company.pass_until("the mail", 60, async || {
            company.mails_to("peer@muster.example").into_iter().find(|m| m.subject.to_lowercase().contains("case"))
        }).await;
        assert!(mail.text.contains("you stand in for the manager"), "{}", mail.text);
        let boss_row = people::get(db, boss).await.unwrap();
        assert!(company.mails_to(&boss_row.email).iter().all(|m| !m.subject.to_lowercase().contains("case")));
        decide::acknowledge(context, peer, id).await.unwrap();
        decide::comment(context, peer, id, "She was ill, and is well again.").await.unwrap();

        // What asks for knowing the person, and what the line may not, stays closed.
        let viewer = Viewer::load(db, peer, [cast.maria, boss]).await.unwrap();
        assert!(viewer.is_in_line_of(cast.maria) && !viewer.is_in_line_of(boss));
        assert!(baseline::vouch(context, peer, cast.maria).await.is_err());
        // Nobody below the delegate hands it on.
        let on = named(&company, peer, "hedda", &days(&company, 0, 1)).await;
        assert!(matches!(on, Err(ActError::Forbidden(_))));

        delegations::end(context, peer, made.row.id).await.unwrap();
        assert!(!people::roles(db, peer).await.unwrap().contains(&Role::Manager));
        assert!(decide::comment(context, peer, id, "And one word more.").await.is_err());
        delegations::end(context, boss, made.row.id).await.unwrap(); // once more is no fault
        company.ends_well().await;
    }

    async fn it_begins_and_ends_on_its_days_and_with_the_people(company: Company) {
        let cast = company.usual_cast().await;
        let (context, db) = (&company.context, company.store().read());
        let boss = PersonId(people::get(db, cast.maria).await.unwrap().manager_id.unwrap());
        let peer = somebody(&company, "Peer Example", None, &[]).await;
        named(&company, boss, "peer@muster.example", &days(&company, 2, 3)).await.unwrap();
        let is_manager = async || people::roles(db, peer).await.unwrap().contains(&Role::Manager);
        let after = async |days: i64| {
            company.clock.set(context.now().plus_ms(days * DAY_MS));
            sweeps::all(&company.engine).await.unwrap();
            is_manager().await
        };
        sweeps::all(&company.engine).await.unwrap();
        assert!(!is_manager().await, "ahead");
        assert!(after(2).await, "running");
        assert!(after(1).await, "the last day is included");
        assert!(!after(1).await, "over");
        assert_eq!(delegations::all(context, cast.hr).await.unwrap().len(), 1, "HR still sees it");

        named(&company, boss, "peer", &days(&company, 0, 5)).await.unwrap();
        assert!(is_manager().await);
        let tx = company.store().begin().await.unwrap();
        let mut gone = people::get(&*tx, boss).await.unwrap();
        gone.state = "left".into();
        muster_store::save(&tx, gone).await.unwrap();
        tx.commit().await.unwrap();
        sweeps::all(&company.engine).await.unwrap();
        assert!(!is_manager().await, "it ends with whoever named them");
    }

    async fn nobody_is_named_who_would_read_colleagues_or_be_locked_out(company: Company) {
        let cast = company.usual_cast().await;
        let db = company.store().read();
        let boss = PersonId(people::get(db, cast.maria).await.unwrap().manager_id.unwrap());
        let below = somebody(&company, "Below Example", Some(cast.maria), &[]).await;
        somebody(&company, "Peer Example", None, &[]).await;
        let soon = days(&company, 0, 3);
        for (delegate, says) in [
            ("maria", "your own line"),
            ("below", "your own line"),
            ("hedda@muster.example", "from outside your line"),
            ("nobody.example", "Nobody on the roster"),
            ("", "Nobody on the roster"),
        ] {
            let (at, told) = field(named(&company, boss, delegate, &soon).await);
            assert!(at == "delegate" && told.contains(says), "{delegate}: {told}");
        }
        let own = people::get(db, boss).await.unwrap().employee_id;
        assert!(field(named(&company, boss, &own, &soon).await).1.contains("This is you"));
        for (pair, at, says) in [
            (days(&company, -1, 3), "first", "over"),
            (days(&company, 3, 2), "last", "before the first"),
            (days(&company, 0, 60), "last", "At most 60 days"),
            (days(&company, 400, 401), "first", "within a year"),
            (("soon".into(), "later".into()), "first", "2026-12-24"),
        ] {
            let (field, told) = field(named(&company, boss, "peer", &pair).await);
            assert!(field == at && told.contains(says), "{pair:?}: {field}: {told}");
        }
        named(&company, boss, "peer", &days(&company, 0, 59)).await.unwrap();
        let (at, told) = field(named(&company, boss, "peer", &days(&company, 59, 61)).await);
        assert!(at == "first" && told.contains("already"), "{told}");
        let below_names = named(&company, below, "peer", &soon).await;
        assert!(matches!(below_names, Err(ActError::Forbidden(_))), "nobody reports to them");
    }

    async fn a_line_is_the_same_whoever_it_is_read_for(company: Company) {
        // Three trees; the people of the last go round in a circle, as an old roster may have had them.
        let above = [None, Some(0), Some(0), Some(1), Some(1), Some(3), None, Some(6), Some(7), Some(7), Some(11), Some(10)];
        let stands_in = [(6, 3), (2, 1), (4, 1), (5, 7), (11, 0), (8, 0)];
        let tx_of = async || company.store().begin().await.unwrap();
        let mut ids = Vec::new();
        for n in 0..above.len() {
            ids.push(somebody(&company, &format!("Person{n} Example"), None, &[]).await);
        }
        let tx = tx_of().await;
        for (n, manager) in above.iter().enumerate() {
            let mut row = people::get(&*tx, ids[n]).await.unwrap();
            row.manager_id = manager.map(|manager: usize| ids[manager].0);
            muster_store::save(&tx, row).await.unwrap();
        }
        for (n, (delegate, manager)) in stands_in.into_iter().enumerate() {
            muster_store::insert(&tx, running(n, ids[delegate], ids[manager])).await.unwrap();
        }
        tx.commit().await.unwrap();
        let chain = |of: usize| {
            let mut chain = Vec::new();
            let mut next = above[of];
            while let Some(n) = next.filter(|n| !chain.contains(n)) {
                chain.push(n);
                next = above[n];
            }
            chain
        };
        let is_above = |viewer: usize, person: usize| {
            let own = [vec![viewer], chain(viewer)].concat();
            let theirs = [vec![person], chain(person)].concat();
            let is_lent = |n: &usize| {
                let manager = above[*n].filter(|_| !own.contains(n));
                manager.is_some_and(|manager| stands_in.contains(&(viewer, manager)))
            };
            theirs[1..].contains(&viewer) || theirs.iter().any(is_lent)
        };
        let db = company.store().read();
        for viewer in 0..above.len() {
            let seen = Viewer::load(db, ids[viewer], ids.iter().copied()).await.unwrap();
            for person in 0..above.len() {
                let alone = Viewer::load(db, ids[viewer], [ids[person]]).await.unwrap();
                let expected = is_above(viewer, person);
                let shares = expected || viewer == person || chain(viewer).contains(&person);
                for read in [&seen, &alone] {
                    assert_eq!(read.is_in_line_of(ids[person]), expected, "{viewer} above {person}");
                    assert_eq!(read.shares_a_line_with(ids[person]), shares, "{viewer} and {person}");
                }
            }
        }
    }
}

fn running(n: usize, delegate: PersonId, manager: PersonId) -> delegation::Model {
    delegation::Model {
        id: Uuid::from_u128(n as u128 + 1),
        manager_id: manager.0,
        delegate_id: delegate.0,
        first_day: "2026-11-02".into(),
        last_day: "2026-11-06".into(),
        begins_ms: n as i64,
        ends_ms: i64::MAX,
        state: state::RUNNING.into(),
        entered_ms: 0,
        ended_by: None,
        ended_ms: None,
    }
}
