//! The one list of routes: method, path, who may reach it, handler. A test walks it, so a route
//! that lets a stranger in cannot come about by forgetting.

use super::guard::{guard, nowhere};
use super::state::Web;
use super::{api, assets, health, line, pages};
use axum::Router;
use axum::handler::Handler;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, post};
use muster_domain::access::Act;
use tower_http::catch_panic::CatchPanicLayer;

/// Who may reach a route at all. What an act is done to may forbid it still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever asks.
    Anybody,
    /// Files of the pages: no cookie is read or set.
    Asset,
    /// Programs: no cookie is read, so no other site can borrow one; the host name does not matter.
    Machine,
    /// Anybody who is signed in.
    SignedIn,
    /// Somebody one of whose roles carries this act.
    Act(Act),
}

/// What a page may ask of passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passkeys {
    No,
    /// To make one.
    Make,
    /// To sign with one.
    Sign,
}

/// One route.
#[derive(Clone)]
pub struct Route {
    pub method: &'static str,
    /// As axum writes it, e.g. `/check-ins/{id}/read`.
    pub path: &'static str,
    pub access: Access,
    /// Whether the page may use camera, microphone and place.
    pub needs_devices: bool,
    /// What the page may ask of passkeys.
    pub passkeys: Passkeys,
    pub(super) handler: MethodRouter<Web>,
}

impl Route {
    /// A page or file to read.
    pub fn get<H, T>(path: &'static str, access: Access, handler: H) -> Route
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        Route::new("GET", path, access, get(handler))
    }

    /// Something that is done.
    pub fn post<H, T>(path: &'static str, access: Access, handler: H) -> Route
    where
        H: Handler<T, Web>,
        T: 'static,
    {
        Route::new("POST", path, access, post(handler))
    }

    fn new(
        method: &'static str,
        path: &'static str,
        access: Access,
        handler: MethodRouter<Web>,
    ) -> Route {
        Route { method, path, access, needs_devices: false, passkeys: Passkeys::No, handler }
    }

    /// The same, allowed to use camera, microphone and place.
    pub fn with_devices(mut self) -> Route {
        self.needs_devices = true;
        self
    }

    /// The same, allowed to ask this of passkeys.
    pub fn with_passkeys(mut self, passkeys: Passkeys) -> Route {
        self.passkeys = passkeys;
        self
    }

    /// The path with `{}` for every parameter, as `muster_messages::pages::ROUTES` writes it.
    pub fn pattern(&self) -> String {
        let named = self.path.split('/').map(|s| if s.starts_with('{') { "{}" } else { s });
        named.collect::<Vec<_>>().join("/")
    }
}

/// What the guard knows of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub access: Access,
    pub needs_devices: bool,
    pub passkeys: Passkeys,
}

impl Rule {
    fn of(route: &Route) -> Rule {
        Rule { access: route.access, needs_devices: route.needs_devices, passkeys: route.passkeys }
    }
}

/// Every route of this service, the demo's included where there is one.
pub fn routes(web: &Web) -> Vec<Route> {
    let mut routes = vec![
        Route::get("/healthz", Access::Machine, health::alive),
        Route::get("/readyz", Access::Machine, health::ready),
        Route::get("/metrics", Access::Machine, health::metrics),
        Route::get("/assets/{*path}", Access::Asset, assets::asset),
    ];
    routes.extend(api::routes());
    routes.extend(pages::routes());
    routes.push(line::route());
    if let Some(demo) = &web.demo {
        routes.extend(demo.routes());
    }
    routes
}

/// The whole HTTP side. Serve it with the peer's address as `ConnectInfo<Peer>`.
pub fn router(web: Web) -> Router {
    let mut router = Router::new();
    for route in routes(&web) {
        let rule = Rule::of(&route);
        let layer = from_fn_with_state((web.clone(), rule), guard);
        router = router.route(route.path, route.handler.layer(layer));
    }
    let rule = Rule { access: Access::Anybody, needs_devices: false, passkeys: Passkeys::No };
    let lost = get(nowhere).post(nowhere).fallback(nowhere);
    let lost = lost.layer(from_fn_with_state((web.clone(), rule), guard));
    router
        .fallback_service(lost.with_state(web.clone()))
        .layer(CatchPanicLayer::new())
        .with_state(web)
}
