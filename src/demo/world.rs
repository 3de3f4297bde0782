//! Puts the demo together: data folder, marked database, company, engine, server on loopback.

use super::hooks::Hooks;
use super::mailbox::DemoMail;
use super::{company, history, processor};
use crate::acts::{Context, Settings};
use crate::engine::{Engine, Ports, sweeps};
use crate::web::room::IceSettings;
use crate::web::{self, Stun, Web, WebSettings};
use anyhow::Context as _;
use muster_domain::audit::SigningKey;
use muster_domain::challenge::Catalogue;
use muster_integrations::built_in_room::BuiltInRoom;
use muster_integrations::test_beacon::TestBeacon;
use muster_messages::Renderer;
use muster_messages::mail::{MailDomain, Messages};
use muster_ports::{Clock, Entropy, OsEntropy};
use muster_simulation::{MovableClock, SeededEntropy};
use muster_store::{KeyRing, Store, StoreOptions, installation};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

/// The demo's database in its folder; a real one is never called so.
const DATABASE: &str = "muster-demo.db";

/// What `muster demo` was asked for.
#[derive(Debug, Clone)]
pub struct DemoOptions {
    pub port: u16,
    pub data_dir: PathBuf,
    /// The same seed founds the same company: keys, tokens, ids, and so the same people are drawn
    /// at the same times. Without effect on a folder that has a company already.
    pub seed: Option<u64>,
    /// Weeks that a new company lives through before the visitor comes.
    pub weeks: u32,
    /// The cards that tasks are drawn from.
    pub challenges: Arc<Catalogue>,
    /// Whether progress is printed.
    pub tells: bool,
    /// Whether what an earlier demo left in the folder is forgotten first.
    pub fresh: bool,
}

/// The running demo.
pub struct World {
    pub context: Context,
    pub engine: Arc<Engine>,
    pub clock: Arc<MovableClock>,
    pub port: u16,
    pub data_dir: PathBuf,
    /// Whether progress is printed.
    pub(super) tells: bool,
    /// Held while the clock is stepped, so that two presses do not overtake each other.
    pub(super) stepping: Mutex<()>,
}

/// Runs the demo until interrupted.
pub async fn run(options: DemoOptions, stop: CancellationToken) -> anyhow::Result<()> {
    let address = format!("127.0.0.1:{}", options.port);
    let listener = TcpListener::bind(&address).await.with_context(|| {
        format!(
            "port {} is in use: give another one, e.g. `muster demo --port {}`",
            options.port,
            options.port + 1
        )
    })?;
    println!("Muster demo: preparing the company in {} ...", options.data_dir.display());
    let world = tokio::select! {
        world = open(&options) => Arc::new(world?),
        () = stop.cancelled() => return Ok(()),
    };
    processor::use_all();
    // Datagrams come to the same port number, where it is free; visitors on this machine are not asked.
    let stun = Arc::new(Stun::new(&format!("stun.localhost:{}", options.port)));
    let datagrams = UdpSocket::bind(&address).await.ok();
    let entropy: Arc<dyn Entropy> = Arc::new(OsEntropy);
    let clock: Arc<dyn Clock> = world.clock.clone();
    let web = Web {
        context: world.context.clone(),
        renderer: world.context.messages.renderer(),
        hub: web::presence::hub(&world.context, clock, entropy),
        settings: Arc::new(WebSettings {
            public_url: world.context.settings.public_url.clone(),
            trusted_proxies: Vec::new(),
            ice: IceSettings { stun: Vec::new(), turn: None, relay_only: false },
        }),
        previews: Default::default(),
        stun: Some(stun.clone()),
        demo: Some(Arc::new(Hooks(world.clone()))),
        metrics: None,
    };
    if let Some(datagrams) = datagrams {
        tokio::spawn(stun.serve(datagrams, stop.clone()));
    }
    let running = tokio::spawn({
        let (world, stop) = (world.clone(), stop.clone());
        async move { world.keep_running(stop).await }
    });
    println!(
        "\n  Open http://localhost:{}/demo in a browser and live through the two stories.",
        options.port
    );
    println!("  Everything stays on this machine; stop with Ctrl-C.\n");
    let hub = web.hub.clone();
    web::serve(web, listener, async move {
        stop.cancelled().await;
        hub.drain().await;
    })
    .await?;
    running.await?;
    world.engine.stop().await?;
    Ok(())
}

pub(super) async fn open(options: &DemoOptions) -> anyhow::Result<World> {
    std::fs::create_dir_all(&options.data_dir).with_context(|| {
        format!("the data folder {} cannot be made", options.data_dir.display())
    })?;
    if options.fresh {
        forget(&options.data_dir)?;
    }
    let keys_dir = options.data_dir.join("keys");
    let is_founded = KeyRing::exists(&keys_dir);
    // The seed founds a company. A folder that is opened again already has its keys and tokens; the
    // same stream from its beginning would give ids and nonces out a second time.
    let entropy: Arc<dyn Entropy> = match options.seed {
        Some(seed) if !is_founded => Arc::new(SeededEntropy::new(seed)),
        _ => Arc::new(OsEntropy),
    };
    let keys = match is_founded {
        true => KeyRing::open(&keys_dir)?,
        false => KeyRing::create(&keys_dir, &*entropy)?,
    };
    let clock = Arc::new(MovableClock::running(history::beginning(options.weeks)));
    let url = format!("sqlite://{}", options.data_dir.join(DATABASE).display());
    // An invented company need not survive a power cut, and its weeks pass faster.
    let on_disk = StoreOptions { durable: false, ..StoreOptions::new(&url) };
    let store = Store::open(&on_disk, keys, clock.clone(), entropy).await?;
    store.migrate().await?;
    let found = installation::find(store.read()).await?;
    let is_new = found.is_none();
    if let Some(found) = found {
        anyhow::ensure!(
            found.is_demo,
            "{} is not a demo's folder; give another with --data",
            options.data_dir.display()
        );
        clock.set(muster_domain::time::UtcMillis(found.high_water_ms));
    }
    let context = context(store, options)?;
    if is_new {
        company::found(&context).await?;
        history::begin(&context).await?;
    }
    let ports = Ports {
        busy: None,
        mail: Arc::new(DemoMail),
        rooms: vec![Arc::new(BuiltInRoom::new(context.settings.public_url.parse()?))],
        heartbeat: None,
        beacon: Some(Arc::new(TestBeacon)),
    };
    let engine = Engine::start(context.clone(), ports).await?;
    sweeps::labels(&engine).await?;
    let world = World {
        context,
        engine,
        clock,
        port: options.port,
        data_dir: options.data_dir.clone(),
        tells: options.tells,
        stepping: Mutex::new(()),
    };
    if world.context.now() < company::MORNING {
        world.live_until_morning().await?;
    }
    Ok(world)
}

/// Removes what a demo made, and nothing else: a folder without a demo's database is left as it is.
fn forget(data_dir: &Path) -> anyhow::Result<()> {
    if !data_dir.join(DATABASE).exists() {
        return Ok(());
    }
    for name in [DATABASE.to_owned(), format!("{DATABASE}-wal"), format!("{DATABASE}-shm")] {
        match std::fs::remove_file(data_dir.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    let keys = data_dir.join("keys");
    std::fs::remove_dir_all(&keys).with_context(|| format!("{} cannot be removed", keys.display()))
}

fn context(store: Store, options: &DemoOptions) -> anyhow::Result<Context> {
    let settings = Settings {
        organisation: company::ORGANISATION.to_owned(),
        mail_from: "check-ins@acme.example".to_owned(),
        mail_domain: MailDomain::parse("acme.example")?,
        contact: "the People team, extension 4400".to_owned(),
        public_url: format!("http://localhost:{}", options.port),
        language: Default::default(),
        is_clock_stepped: true,
        baseline_deadline_days: 14,
        retention: Default::default(),
        gathering: Default::default(),
        challenges: options.challenges.clone(),
    };
    Ok(Context {
        signing: Arc::new(SigningKey::new("acme.example/muster-demo", store.keys().signing_seed())),
        messages: Messages::new(Arc::new(Renderer::new()?)),
        settings: Arc::new(settings),
        store,
        packs: Default::default(),
    })
}
