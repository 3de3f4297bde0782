//! HR's lists: coverage follows what happens by itself (a date that is over everywhere, a year that has
//! passed), and both databases sort and cut alike.

use crate::support::{Company, Database};
use muster::engine::sweeps;
use muster_domain::time::DAY_MS;
use muster_store::coverage::{self, Sort};
use muster_store::entities::absence;
use muster_store::people;
use muster_store::roster::{self, Show, Today, Wanted};

fn wanted(sort: Sort, is_descending: bool) -> coverage::Wanted {
    coverage::Wanted {
        name: String::new(),
        policies: None,
        sort,
        is_descending,
        escalated: Vec::new(),
    }
}

crate::on_both_databases! {
    async fn a_miss_is_counted_once_its_date_is_over_and_nobody_is_lost_in_any_order(company: Company) {
        let cast = company.usual_cast().await;
        let db = company.store().read();
        let tx = company.store().begin().await.unwrap();
        coverage::follow_memberships(&tx).await.unwrap();
        tx.commit().await.unwrap();
        sweeps::all(&company.engine).await.unwrap();
        let of_maria = async || {
            let lines = coverage::lines(db, &wanted(Sort::Name, false), 0, 50).await.unwrap();
            lines.into_iter().find(|line| line.person_id == cast.maria.0).unwrap()
        };
        let check_in = company.first_check_in(cast.maria, "drawn").await;
        let closed = company.nobody_comes(&check_in).await;
        sweeps::all(&company.engine).await.unwrap();
        assert_eq!(of_maria().await.latest, None, "the day still runs somewhere");
        company.clock.set(company.context.now().plus_ms(2 * DAY_MS));
        sweeps::all(&company.engine).await.unwrap();
        assert_eq!(of_maria().await.latest, closed.outcome, "it is over everywhere");

        let everybody = coverage::count(db, &wanted(Sort::Name, false)).await.unwrap();
        for sort in [Sort::Name, Sort::Policy, Sort::LastMet, Sort::Latest, Sort::MetInYear] {
            for is_descending in [false, true] {
                for escalated in [Vec::new(), vec![cast.hr.0]] {
                    let wanted = coverage::Wanted { escalated, ..wanted(sort, is_descending) };
                    let mut seen = Vec::new();
                    for first in 0..everybody {
                        let page = coverage::lines(db, &wanted, first, 1).await.unwrap();
                        seen.extend(page.into_iter().map(|line| line.person_id));
                    }
                    let whole = coverage::lines(db, &wanted, 0, everybody).await.unwrap();
                    let whole: Vec<_> = whole.into_iter().map(|line| line.person_id).collect();
                    assert_eq!(seen, whole, "{sort:?}: the pages are the list");
                    let first = if is_descending { whole.first() } else { whole.last() };
                    if sort == Sort::Latest && wanted.escalated.is_empty() {
                        assert_eq!(first, Some(&cast.maria.0), "whoever has an outcome stands after those without");
                    }
                    seen.sort_unstable();
                    seen.dedup();
                    assert_eq!(seen.len() as u64, everybody, "{sort:?}: everybody once");
                }
            }
        }
        company.clock.set(company.context.now().plus_ms(370 * DAY_MS));
        muster::acts::coverage::refresh(&company.context).await.unwrap();
        assert_eq!(of_maria().await.latest, None, "a year later nothing is told of it");
    }

    async fn the_roster_is_found_sorted_and_cut_by_either_database(company: Company) {
        let cast = company.usual_cast().await;
        let db = company.store().read();
        let all = Wanted {
            show: Show::Active,
            part: String::new(),
            policies: None,
            sort: roster::Sort::Name,
            is_descending: false,
            today: Today { usual: "2026-03-03".into(), elsewhere: vec![] },
        };
        let everybody = roster::count(db, &all).await.unwrap();
        assert_eq!(everybody, roster::active(db).await.unwrap());
        for sort in [roster::Sort::Name, roster::Sort::Department, roster::Sort::Manager, roster::Sort::Zone, roster::Sort::Policy] {
            for is_descending in [false, true] {
                let wanted = Wanted { sort, is_descending, ..all.clone() };
                let mut seen = Vec::new();
                for first in 0..everybody {
                    seen.extend(roster::lines(db, &wanted, first, 1).await.unwrap());
                }
                let whole = roster::lines(db, &wanted, 0, everybody).await.unwrap();
                assert_eq!(seen, whole, "{sort:?}: the pages are the list");
                let mut ids: Vec<_> = seen.iter().map(|line| line.id).collect();
                ids.sort_unstable();
                ids.dedup();
                assert_eq!(ids.len() as u64, everybody, "{sort:?}: everybody once");
            }
        }
        let maria = people::get(db, cast.maria).await.unwrap();
        let upper = Wanted { part: maria.email.to_uppercase(), ..all.clone() };
        let [found] = &roster::lines(db, &upper, 0, 50).await.unwrap()[..] else { panic!("one address") };
        assert_eq!((found.id, found.is_active, found.is_away), (maria.id, true, false));
        let odd = Wanted { part: "100%_!'".into(), ..all.clone() };
        assert_eq!(roster::count(db, &odd).await.unwrap(), 0, "marks of a pattern are letters like others");
        let of_none = Wanted { policies: Some(vec![]), ..all.clone() };
        assert_eq!(roster::count(db, &of_none).await.unwrap(), 0);

        // Away where the person is, not where the service is.
        let tx = company.store().begin().await.unwrap();
        let absence = absence::Model {
            id: uuid::Uuid::from_u128(7),
            person_id: maria.id,
            first_day: "2026-03-04".into(),
            last_day: "2026-03-04".into(),
            detail: vec![],
            entered_ms: 0,
            entered_by: None,
        };
        muster_store::insert(&tx, absence).await.unwrap();
        tx.commit().await.unwrap();
        let away = Wanted { show: Show::Away, ..all.clone() };
        assert_eq!(roster::count(db, &away).await.unwrap(), 0, "tomorrow");
        let today = Today { elsewhere: vec![(maria.zone.clone(), "2026-03-04".into())], ..all.today.clone() };
        let away = Wanted { today, ..away };
        let [found] = &roster::lines(db, &away, 0, 50).await.unwrap()[..] else { panic!("one is away") };
        assert!(found.id == maria.id && found.is_away);
        assert_eq!(roster::count(db, &away).await.unwrap(), 1);
        for show in [Show::NoPolicy, Show::NoPlace, Show::Left] {
            let some = Wanted { show, ..all.clone() };
            let lines = roster::lines(db, &some, 0, 1_000).await.unwrap();
            assert_eq!(lines.len() as u64, roster::count(db, &some).await.unwrap(), "{show:?}");
            assert!(lines.iter().all(|line| line.is_active == (show != Show::Left)));
        }
    }
}
