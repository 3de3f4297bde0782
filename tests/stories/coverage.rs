//! Coverage follows what happens by itself: a date that is over everywhere, a year that has passed.

use crate::support::{Company, Database};
use muster::engine::sweeps;
use muster_domain::time::DAY_MS;
use muster_store::coverage::{self, Sort, Wanted};

fn wanted(sort: Sort, is_descending: bool) -> Wanted {
    Wanted { name: String::new(), policies: None, sort, is_descending, escalated: Vec::new() }
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
                    let wanted = Wanted { escalated, ..wanted(sort, is_descending) };
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
}
