//! `muster serve`: the service in earnest, until it is told to stop. TLS is left to a reverse proxy.

use super::Ended;
use super::print::say;
use crate::app;
use crate::config::{Config, IceServer};
use crate::engine::{Engine, Ports};
use crate::telemetry;
use crate::web::room::{IceSettings, TurnSettings};
use crate::web::{self, Stun, Web, WebSettings};
use anyhow::ensure;
use clap::Args;
use muster_ports::{OsEntropy, SystemClock};
use muster_store::installation;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Minutes a TURN credential lasts; it must outlive the page it is given to.
const TURN_MINUTES: u32 = 120;
/// How often metrics are tidied.
const UPKEEP: Duration = Duration::from_secs(10);

/// Runs the service: draws, books, announces, meets, judges, escalates. Stops on Ctrl-C or SIGTERM
/// after what was begun is finished.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  muster serve --config /etc/muster/muster.toml")]
pub struct Serve {}

impl Serve {
    pub(super) async fn run(self, config: &Config) -> anyhow::Result<Ended> {
        telemetry::start_logging(&config.log)?;
        let metrics = telemetry::install_metrics()?;
        let listener = app::listen(config).await?;
        let datagrams = app::listen_stun(config).await?;
        let store = app::open_store(config).await?;
        let _lock = app::lock_folder(config)?;
        let found = installation::get(store.read()).await?;
        ensure!(
            !found.is_demo,
            "this database belongs to a demo: its roles were confirmed by nobody. Set server.data_dir or \
             database.url to another place and run `muster migrate`"
        );
        let context = app::context(config, store)?;
        let outside = app::outside(config)?;
        let ports = Ports {
            mail: outside.mail,
            rooms: outside.rooms,
            heartbeat: outside.heartbeat,
            beacon: outside.beacon,
            busy: outside.busy,
        };
        let engine = Engine::start(context.clone(), ports).await?;
        let hub = web::presence::hub(&context, Arc::new(SystemClock), Arc::new(OsEntropy));
        let rendering = metrics.clone();
        let stun = config.stun.as_ref().map(|stun| Arc::new(Stun::new(&stun.public)));
        let web = Web {
            renderer: context.messages.renderer(),
            context,
            hub: hub.clone(),
            settings: Arc::new(WebSettings {
                public_url: config.server.public_url.trim_end_matches('/').to_owned(),
                trusted_proxies: config.server.trusted_proxies.clone(),
                ice: ice(config),
            }),
            previews: Default::default(),
            stun: stun.clone(),
            demo: None,
            metrics: Some(Arc::new(move || rendering.render())),
        };
        let stop = CancellationToken::new();
        stop_on_signal(stop.clone());
        let answering = stun
            .zip(datagrams)
            .map(|(stun, socket)| tokio::spawn(stun.serve(socket, stop.clone())));
        let upkeep = tokio::spawn({
            let stop = stop.clone();
            async move {
                while !stop.is_cancelled() {
                    metrics.run_upkeep();
                    tokio::select! { () = tokio::time::sleep(UPKEEP) => {}, () = stop.cancelled() => {} }
                }
            }
        });
        let running = tokio::spawn({
            let (engine, schedule, stop) = (engine, config.schedule.clone(), stop.clone());
            async move {
                let ended = engine.run(&schedule, stop.clone()).await;
                stop.cancel(); // without its engine the service must not look alive
                ended
            }
        });
        say!("Muster listens on {} for {}", config.server.listen, config.server.public_url);
        web::serve(web, listener, async move {
            stop.cancelled().await;
            hub.drain().await;
        })
        .await?;
        running.await??;
        upkeep.await?;
        if let Some(answering) = answering {
            answering.await?;
        }
        say!("Stopped; nothing that was begun is left half done.");
        Ok(Ended::Done)
    }
}

/// Cancels on Ctrl-C, and on SIGTERM where there is one.
pub(super) fn stop_on_signal(stop: CancellationToken) {
    tokio::spawn(async move {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            match signal(SignalKind::terminate()) {
                Ok(mut terminate) => tokio::select! {
                    _ = tokio::signal::ctrl_c() => {}
                    _ = terminate.recv() => {}
                },
                Err(_) => drop(tokio::signal::ctrl_c().await),
            }
        }
        #[cfg(not(unix))]
        drop(tokio::signal::ctrl_c().await);
        stop.cancel();
    });
}

fn ice(config: &Config) -> IceSettings {
    let servers = &config.room.ice_servers;
    let stun = servers.iter().flat_map(|s| &s.urls).filter(|u| u.starts_with("stun")).cloned();
    let turn = servers.iter().find_map(|server: &IceServer| {
        let urls: Vec<String> =
            server.urls.iter().filter(|u| u.starts_with("turn")).cloned().collect();
        let secret = server.static_auth_secret.clone()?;
        (!urls.is_empty()).then_some(TurnSettings {
            urls,
            secret,
            credential_minutes: TURN_MINUTES,
        })
    });
    IceSettings { stun: stun.collect(), turn, relay_only: config.room.relay_only }
}
