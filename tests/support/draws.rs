//! The draw as somebody recomputes it who holds every key: from the committed rows, the tips, the
//! delivered keys and the salt that was decided. Not with the engine's own code.

use super::Company;
use muster::acts::setup::anchor_of;
use muster_domain::draw::{
    BeaconKind, BeaconRound, BoundaryInputs, BoundaryKey, Chain, ChainKey, Plan, SINGLE_LOCK_SALT,
    Taken, TakenSession, drawn_before, plan,
};
use muster_store::entities::draw_boundary;
use muster_store::{audit, chains, draws};
use serde_json::{Map, Value};

/// One boundary, recomputed.
pub struct Recomputed {
    pub row: draw_boundary::Model,
    pub inputs: BoundaryInputs,
    pub key: BoundaryKey,
    pub plan: Plan,
}

/// Every boundary of a label in one zone whose salt is decided, in order of plans.
pub async fn recompute(company: &Company, zone: &str, label: &str) -> Vec<Recomputed> {
    let store = company.store();
    let mut done: Vec<Recomputed> = Vec::new();
    for row in draws::boundaries_in(store.read(), zone, label).await.unwrap() {
        let salt = match row.salt.as_str() {
            draws::salt::ZEROS => SINGLE_LOCK_SALT,
            draws::salt::BEACON => {
                let round = row.round.unwrap() as u64;
                let answer = BeaconRound { round, signature: row.signature.clone().unwrap() };
                let kind: BeaconKind = row.beacon.parse().unwrap();
                kind.verify(round, &answer).unwrap()
            }
            _ => continue,
        };
        let json = draws::boundary_inputs(store, store.read(), &row).await.unwrap();
        let inputs = BoundaryInputs::from_json(&json).unwrap();
        assert_eq!(hex::encode(inputs.root()), row.root, "the rows are those committed");
        let mut keys = Vec::new();
        for name in inputs.boundary().chain.split('+') {
            let id = name.parse().unwrap();
            let chain = chains::find(store.read(), id).await.unwrap().unwrap();
            let anchor = anchor_of(&chain).unwrap();
            let date = inputs.boundary().label;
            keys.push(match store.keys().tip(id) {
                Ok(tip) => {
                    let tip = ChainKey::from_bytes(*tip);
                    Chain::open(anchor, tip).unwrap().key(date).unwrap()
                }
                Err(_) => {
                    let held = chains::held_key(store, store.read(), id, label).await.unwrap();
                    let (of, key) = held.expect("the holder has delivered");
                    let steps = anchor.index(of.parse().unwrap()).unwrap();
                    key.earlier(steps - anchor.index(date).unwrap())
                }
            });
        }
        let holders: Vec<&ChainKey> = keys.iter().collect();
        let key = BoundaryKey::derive(&holders, &salt, inputs.boundary());
        let earlier = done.iter().map(|r| (r.inputs.boundary(), &r.plan));
        let drawn = drawn_before(inputs.boundary(), earlier);
        let taken = taken_by(&done);
        let plan = plan(&inputs.clone().without(&drawn), &key, &taken);
        done.push(Recomputed { row, inputs, key, plan });
    }
    done
}

fn taken_by(done: &[Recomputed]) -> Taken {
    let sessions = done.iter().flat_map(|r| {
        r.plan
            .selections
            .iter()
            .flat_map(|s| TakenSession::of(s, r.inputs.policy(s.policy).unwrap()))
    });
    Taken { sessions: sessions.collect() }
}

/// Facts of the log's entries of one kind, oldest first.
pub async fn logged(company: &Company, kind: &str) -> Vec<Map<String, Value>> {
    let mut entries = audit::list(company.store().read(), 0, 100_000).await.unwrap();
    entries.retain(|e| e.kind == kind);
    entries.sort_by_key(|e| (e.at_ms, e.seq));
    let leaf = |text: &str| serde_json::from_str::<Value>(text).unwrap()["facts"].clone();
    entries.iter().map(|e| leaf(&e.leaf).as_object().unwrap().clone()).collect()
}
