//! P1, P6: the service was away. Nobody is blamed for it, and nothing vanishes.

use crate::support::{Company, Database};
use muster_store::installation;

crate::on_both_databases! {
    async fn a_check_in_during_our_own_outage_is_void_and_never_a_miss(company: Company) {
        let cast = company.usual_cast().await;
        let check_in = company.first_check_in(cast.maria, "drawn").await;
        // Away from just after the announcement until long after the window.
        let back = check_in.clocks().grace_end().plus_minutes(90);
        let tx = company.store().begin().await.unwrap();
        installation::keep_outage(&tx, company.context.now(), back, "power cut").await.unwrap();
        tx.commit().await.unwrap();
        company.clock.set(back);
        company.engine.drain().await.unwrap();

        let judged = company.check_in(check_in.check_in_id()).await;
        assert_eq!(judged.outcome.as_deref(), Some("void"));
        assert_eq!(judged.fault.as_deref(), Some("service"));
        assert!(company.cases().await.is_empty());
        company.ends_well().await;
    }

    async fn a_hit_whose_moment_passed_while_we_were_away_is_kept_as_void(company: Company) {
        let cast = company.usual_cast().await;
        // The label of Wednesday is committed and planned, then nothing runs for two days.
        company.pass_to(crate::support::START.plus_minutes(24 * 60 + 5)).await;
        let announced = company.check_ins(cast.maria).await;
        assert!(announced.iter().all(|c| c.label == "2026-12-01"), "{announced:?}");
        let told = company.mails_to("maria@muster.example").len();
        company.clock.set(crate::support::START.plus_minutes(2 * 24 * 60 + 30));
        company.engine.drain().await.unwrap();

        let kept = company.check_ins(cast.maria).await;
        let wednesday = kept.iter().find(|c| c.label == "2026-12-02").expect("the hit of Wednesday");
        assert_eq!((wednesday.outcome.as_deref(), wednesday.fault.as_deref()), (Some("void"), Some("service")));
        let about = |m: &&muster_ports::Mail| m.text.contains(&wednesday.code);
        assert_eq!(company.mails_to("maria@muster.example").iter().skip(told).filter(about).count(), 0, "nobody is bothered with the past");
        company.ends_well().await;
    }
}
