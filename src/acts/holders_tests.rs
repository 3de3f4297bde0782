//! Two persons for every holder, and keys that prove themselves.

use super::*;
use crate::acts::test_support::{Office, START};
use muster_domain::draw::{ChainKey, TipFile};
use muster_domain::person::Role;
use muster_store::audit;

const REASON: &str = "agreed with the works council";

fn holder() -> TipFile {
    let first = "2026-11-29".parse().unwrap();
    let chain = Uuid::from_u128(77).to_string();
    TipFile::begin("works-council", &chain, first, 400, ChainKey::from_bytes([5; 32])).unwrap()
}

/// An office with two people who may change chains, and the holder's chain in force.
async fn with_holder() -> (Office, TipFile, Uuid) {
    let office = Office::acme().await;
    office.confirm("hr", Role::Hr).await;
    let file = holder();
    let row = add(&office.context, office.id("hr").await, &file.public, REASON).await.unwrap();
    confirm(&office.context, office.id("admin").await, row.id).await.unwrap();
    (office, file, row.id)
}

#[tokio::test]
async fn a_holder_begins_and_ends_by_two_persons() {
    let office = Office::acme().await;
    office.confirm("hr", Role::Hr).await;
    let (hr, admin, anna) =
        (office.id("hr").await, office.id("admin").await, office.id("anna").await);
    let (context, file) = (&office.context, holder());
    let nobody = add(context, anna, &file.public, REASON).await;
    assert!(matches!(nobody, Err(ActError::Forbidden(_))));
    let row = add(context, hr, &file.public, REASON).await.unwrap();
    assert!(matches!(add(context, hr, &file.public, REASON).await, Err(ActError::Conflict(_))));
    assert_eq!(chains::anchored(context.store.read()).await.unwrap().len(), 1, "not yet");
    for who in [hr, anna] {
        let refused = confirm(context, who, row.id).await;
        assert!(matches!(refused, Err(ActError::Forbidden(_))));
    }
    assert!(matches!(confirm(context, admin, row.id).await.unwrap(), Confirmed::Begun(_)));
    assert_eq!(chains::anchored(context.store.read()).await.unwrap().len(), 2);
    assert!(matches!(confirm(context, admin, row.id).await, Err(ActError::Conflict(_))));

    retire(context, admin, row.id, "the council has a new chain").await.unwrap();
    let counts =
        |rows: Vec<draw_chain::Model>| rows.iter().filter(|c| state::counts(&c.state)).count();
    assert_eq!(counts(chains::anchored(context.store.read()).await.unwrap()), 2, "still counts");
    assert!(matches!(confirm(context, admin, row.id).await, Err(ActError::Forbidden(_))));
    let ended = confirm(context, hr, row.id).await.unwrap();
    assert!(matches!(ended, Confirmed::Ended { dropped: 0, .. }));
    assert_eq!(counts(chains::anchored(context.store.read()).await.unwrap()), 1);
    for kind in ["draw-chain-proposed", "draw-chain-retirement-proposed", "draw-chain-retired"] {
        assert_eq!(office.logged(kind).await, 1, "{kind}");
    }
    assert_eq!(office.logged("draw-anchor").await, 2);
}

#[tokio::test]
async fn what_was_asked_for_can_be_refused_and_the_operators_chain_cannot_end() {
    let (office, _, id) = with_holder().await;
    let (context, hr) = (&office.context, office.id("hr").await);
    retire(context, hr, id, "they answer no letters").await.unwrap();
    assert_eq!(refuse(context, hr, id).await.unwrap().state, state::ACTIVE);
    assert!(matches!(refuse(context, hr, id).await, Err(ActError::Conflict(_))));
    let own = chains::anchored(context.store.read()).await.unwrap();
    let own = own.iter().find(|c| c.tip == tip::SERVICE).unwrap().id;
    let refused = retire(context, hr, own, "we do not need it").await;
    assert!(matches!(refused, Err(ActError::Conflict(_))));
}

#[tokio::test]
async fn a_key_is_taken_once_when_its_date_has_begun_and_only_its_arrival_is_logged() {
    let (office, file, id) = with_holder().await;
    let context = &office.context;
    let today = "2026-12-01".parse().unwrap();
    let release = file.release(today, START).unwrap();
    let forged = Release { key: ChainKey::from_bytes([1; 32]), ..release.clone() };
    assert!(matches!(deliver(context, &forged).await, Err(ActError::Conflict(_))));
    let elsewhere = Release { chain: Uuid::from_u128(78).to_string(), ..release.clone() };
    assert!(matches!(deliver(context, &elsewhere).await, Err(ActError::Conflict(_))));
    let tomorrow = file.release("2026-12-03".parse().unwrap(), START.plus_minutes(3 * 1440));
    let early = deliver(context, &tomorrow.unwrap()).await;
    assert!(matches!(early, Err(ActError::Conflict(_))), "not begun anywhere");

    assert_eq!(deliver(context, &release).await.unwrap(), Delivered::Kept);
    assert_eq!(deliver(context, &release).await.unwrap(), Delivered::Known);
    let yesterday = file.release("2026-11-30".parse().unwrap(), START).unwrap();
    assert_eq!(
        deliver(context, &yesterday).await.unwrap(),
        Delivered::Known,
        "the later one gives it"
    );

    let (label, key) = chains::held_key(&context.store, context.store.read(), id, "2026-11-30")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((label.as_str(), &key), ("2026-12-01", &release.key));
    let hex = release.key.to_hex();
    for entry in audit::list(context.store.read(), 0, 1_000).await.unwrap() {
        assert!(!entry.leaf.contains(&hex), "{} tells the key", entry.kind);
    }
    assert_eq!(office.logged("draw-key-delivered").await, 1);
}
