//! P7, the second half: seven days after a label has closed everywhere its key is public, and
//! anybody can recompute the draw from the key, the anchor and the committed inputs.

use crate::support::{Company, Database, START};
use muster::acts::setup::anchor_of;
use muster_domain::draw::{
    BoundaryInputs, BoundaryKey, ChainKey, Horizon, SINGLE_LOCK_SALT, Taken, plan,
};
use muster_store::{check_ins, draws};

const DAY: i64 = 24 * 60;

crate::on_both_databases! {
    async fn a_revealed_key_belongs_to_its_anchor_and_recomputes_what_was_announced(company: Company) {
        let cast = company.usual_cast().await;
        let first = company.first_check_in(cast.maria, "drawn").await;
        company.pass_to(START.plus_minutes(7 * DAY)).await;
        let db = company.store().read();
        assert!(draws::reveals(db).await.unwrap().is_empty(), "not before seven days");
        company.pass_to(START.plus_minutes(10 * DAY)).await;
        company.pass_to(START.plus_minutes(10 * DAY + 1)).await;

        let revealed = draws::reveals(db).await.unwrap();
        let of_first = revealed.iter().find(|r| r.label == first.label).expect("the key of the first label");
        let mut key = [0; 32];
        hex::decode_to_slice(&of_first.chain_key, &mut key).unwrap();
        let key = ChainKey::from_bytes(key);
        let anchor = anchor_of(&draws::chains(db).await.unwrap()[0]).unwrap();
        anchor.verify(first.label.parse().unwrap(), &key).expect("the key hashes down to the anchor");

        let boundary = draws::boundary(db, "Europe/Lisbon", &first.label, Horizon::Day).await.unwrap().unwrap();
        let json = draws::boundary_inputs(company.store(), db, &boundary).await.unwrap();
        let inputs = BoundaryInputs::from_json(&json).unwrap();
        assert_eq!(hex::encode(inputs.root()), boundary.root, "the inputs are those that were committed");
        let key = BoundaryKey::derive(&[&key], &SINGLE_LOCK_SALT, inputs.boundary());
        let recomputed = plan(&inputs, &key, &Taken::default());
        let slots: Vec<i64> = recomputed.selections.iter().map(|s| s.slot.0).collect();
        let announced = check_ins::find(db, first.check_in_id()).await.unwrap().unwrap();
        assert_eq!(slots, [announced.start_ms], "recomputed: same");
    }
}
