//! How a company begins: its settings, its engine, one chain, one policy.

use super::START;
use muster::acts::{Context, Settings};
use muster::engine::{BusySource, Engine, Ports};
use muster_domain::audit::SigningKey;
use muster_domain::draw::{Chain, ChainKey, HazardTable};
use muster_domain::id::PolicyVersionId;
use muster_domain::policy::{PolicyKnown, parse_policy};
use muster_integrations::built_in_room::BuiltInRoom;
use muster_messages::Renderer;
use muster_messages::mail::{MailDomain, Messages};
use muster_ports::{BeaconPort, MailPort};
use muster_simulation::{MovableClock, ScriptedBeacon, SeededEntropy};
use muster_store::audit::Record;
use muster_store::entities::{draw_chain, policy_version};
use muster_store::{KeyRing, Store, StoreOptions, chains, installation};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

/// Everybody is drawn on every eligible day, so that a story need not wait.
const POLICY: &str = r#"
[policy]
name = "Everybody"
applies_to = "employee_id pr"
law = "cadence"
[policy.cadence]
mean_gap_days = 2.0
"#;

pub(super) fn context(store: Store) -> Context {
    let settings = Settings {
        organisation: "Acme".into(),
        mail_from: "check-ins@muster.example".into(),
        mail_domain: MailDomain::parse("muster.example").unwrap(),
        contact: "the People team, extension 100".into(),
        public_url: "http://localhost:8080".into(),
        language: Default::default(),
        is_clock_stepped: true,
        baseline_deadline_days: 14,
        retention: Default::default(),
        gathering: Default::default(),
        challenges: Default::default(),
    };
    Context {
        signing: Arc::new(SigningKey::new("muster.example/log", store.keys().signing_seed())),
        messages: Messages::new(Arc::new(Renderer::new().unwrap())),
        settings: Arc::new(settings),
        store,
        packs: Default::default(),
    }
}

pub(super) async fn start(
    context: &Context,
    mail: Arc<dyn MailPort>,
    beacon: Option<Arc<ScriptedBeacon>>,
    busy: Option<BusySource>,
) -> Arc<Engine> {
    let room = BuiltInRoom::new("http://localhost:8080".parse().unwrap());
    let beacon = beacon.map(|b| b as Arc<dyn BeaconPort>);
    let ports = Ports { mail, rooms: vec![Arc::new(room)], heartbeat: None, beacon, busy };
    Engine::start(context.clone(), ports).await.unwrap()
}

pub(super) async fn migrate(url: &str) -> anyhow::Result<()> {
    let dir = tempfile::tempdir()?;
    let entropy = Arc::new(SeededEntropy::new(1));
    let keys = KeyRing::create(&dir.path().join("keys"), &*entropy)?;
    let clock = Arc::new(MovableClock::stopped(START));
    let store = Store::open(&StoreOptions::new(url), keys, clock, entropy).await?;
    store.migrate().await?;
    store.close().await?;
    Ok(())
}

pub(super) async fn set_up(context: &Context) -> PolicyVersionId {
    let store = &context.store;
    let tx = store.begin().await.unwrap();
    installation::create(&tx, "Acme", installation::mode::LIVE, false).await.unwrap();
    let chain_id = Uuid::from_bytes(store.entropy().bytes());
    let tip = muster_store::keys::Key::new(store.entropy().bytes());
    let first = START.date_in(&jiff::tz::TimeZone::UTC).yesterday().unwrap();
    let chain =
        Chain::begin(&chain_id.to_string(), first, 400, ChainKey::from_bytes(*tip)).unwrap();
    store.keys().keep_tip(chain_id, &tip).unwrap();
    let row = draw_chain::Model {
        id: chain_id,
        holder: "operator".into(),
        first_date: first.to_string(),
        length: 400,
        anchor: chain.anchor().k0.to_hex(),
        created_ms: START.0,
        tip: chains::tip::SERVICE.into(),
        state: chains::state::ACTIVE.into(),
        asked_by: None,
        ended_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    let organisation = installation::get(&*tx).await.unwrap().organisation;
    Record::new("installation-created")
        .fact("organisation", organisation.to_string())
        .fact("mode", installation::mode::LIVE)
        .fact("is_demo", false)
        .fact("version", env!("CARGO_PKG_VERSION"))
        .write(&tx)
        .await
        .unwrap();
    Record::new("draw-anchor")
        .fact("chain", chain_id.to_string())
        .fact("holder", "operator")
        .fact("tip", "service")
        .fact("first_date", first.to_string())
        .fact("length_days", 400)
        .fact("k_0", chain.anchor().k0.to_hex())
        .write(&tx)
        .await
        .unwrap();
    let known = PolicyKnown { attributes: &[], rooms: &["built-in"] };
    let policy = parse_policy(POLICY, &known).unwrap().policy;
    // The law of the policy is of no matter here: everybody is hit on every eligible day.
    let hazard_table = serde_json::to_string(&HazardTable::pool(1.0)).unwrap();
    let id = PolicyVersionId::from_random(store.entropy().bytes());
    let row = policy_version::Model {
        id: id.0,
        name: policy.name.clone(),
        version: 1,
        text: POLICY.into(),
        parsed: serde_json::to_string(&policy).unwrap(),
        hash: hex::encode(muster_domain::policy::content_hash(&policy)),
        hazard_table: hazard_table.clone(),
        state: "active".into(),
        proposed_by: None,
        proposed_ms: START.0,
        confirmed_by: None,
        confirmed_ms: Some(START.0),
        retired_ms: None,
    };
    muster_store::insert(&tx, row).await.unwrap();
    activated(&tx, id, &hazard_table).await;
    tx.commit().await.unwrap();
    id
}

/// The entry that the audit of draws compares the committed hazards with.
pub(super) async fn activated(tx: &muster_store::Tx, id: PolicyVersionId, hazard_table: &str) {
    Record::new("policy-activated")
        .fact("policy", id.to_string())
        .fact("hazards", hex::encode(Sha256::digest(hazard_table.as_bytes())))
        .write(tx)
        .await
        .unwrap();
}
