//! A company of a few people on a temporary database, and browsers that visit it.

use crate::acts::cases::fixtures;
use crate::acts::{Context, Settings};
use crate::web::room::IceSettings;
use crate::web::{Web, WebSettings, router};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use muster_domain::audit::SigningKey;
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_domain::retention::RetentionDays;
use muster_domain::time::UtcMillis;
use muster_messages::Renderer;
use muster_messages::mail::{MailDomain, Messages};
use muster_simulation::{MovableClock, SeededEntropy};
use muster_store::{KeyRing, Store, StoreOptions, installation, notifications};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt;

/// Tuesday 1 December 2026, 12:00 UTC.
pub(super) const NOON: UtcMillis = UtcMillis(1_796_126_400_000);
pub(super) const HOST: &str = "localhost:8080";

pub(super) struct Company {
    pub web: Web,
    pub router: Router,
    pub clock: Arc<MovableClock>,
    _dir: tempfile::TempDir,
}

impl Company {
    pub(super) async fn open(name: &str) -> Company {
        Company::at(name, "http://localhost:8080").await
    }

    /// A company whose people type this address.
    pub(super) async fn at(name: &str, public_url: &str) -> Company {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(MovableClock::stopped(NOON));
        let entropy = Arc::new(SeededEntropy::new(11).labelled(name));
        let keys = KeyRing::create(&dir.path().join("keys"), &*entropy).unwrap();
        let url = format!("sqlite://{}", dir.path().join("muster.db").display());
        let options = StoreOptions { durable: false, ..StoreOptions::new(&url) };
        let store = Store::open(&options, keys, clock.clone(), entropy.clone()).await.unwrap();
        store.migrate().await.unwrap();
        let tx = store.begin().await.unwrap();
        installation::create(&tx, "Acme", installation::mode::LIVE, false).await.unwrap();
        tx.commit().await.unwrap();
        let renderer = Arc::new(Renderer::new().unwrap());
        let settings = Settings {
            organisation: "Acme".into(),
            mail_from: "check-ins@acme.example".into(),
            mail_domain: MailDomain::parse("acme.example").unwrap(),
            contact: "the People team, extension 100".into(),
            public_url: public_url.into(),
            language: Default::default(),
            is_clock_stepped: true,
            baseline_deadline_days: 14,
            retention: Default::default(),
            gathering: Default::default(),
            challenges: Default::default(),
        };
        let context = Context {
            signing: Arc::new(SigningKey::new("acme.example/muster", store.keys().signing_seed())),
            messages: Messages::new(renderer.clone()),
            settings: Arc::new(settings),
            store,
            packs: Default::default(),
        };
        let web = Web {
            hub: crate::web::presence::hub(&context, clock.clone(), entropy),
            context,
            renderer,
            settings: Arc::new(WebSettings {
                public_url: public_url.into(),
                trusted_proxies: Vec::new(),
                ice: IceSettings::default(),
            }),
            previews: Default::default(),
            stun: None,
            demo: None,
            metrics: None,
        };
        Company { router: router(web.clone()), web, clock, _dir: dir }
    }

    /// Keeps data for other days than the defaults.
    pub(super) fn keeps(&mut self, set: impl FnOnce(&mut RetentionDays)) {
        let mut settings = (*self.web.context.settings).clone();
        set(&mut settings.retention);
        self.web.context.settings = Arc::new(settings);
        self.router = router(self.web.clone());
    }

    pub(super) fn context(&self) -> &Context {
        &self.web.context
    }

    /// Adds somebody; the address is the first name at acme.example.
    pub(super) async fn person(
        &self,
        name: &str,
        manager: Option<PersonId>,
        roles: &[Role],
    ) -> PersonId {
        fixtures::person(self.context(), name, manager, roles).await
    }

    /// The six digits of the newest mail to somebody, if there is one.
    pub(super) async fn newest_code(&self, person: PersonId) -> Option<String> {
        let db = self.context().store.read();
        let mails = notifications::to_person(db, person.0, 0).await.unwrap();
        let mut newest: Vec<_> = mails.iter().filter(|m| m.step == "sign-in-code").collect();
        newest.sort_by_key(|m| m.created_ms);
        let mail =
            notifications::open_mail(&self.context().store, db, newest.last()?).await.unwrap();
        let digits: String =
            mail.text.chars().filter(|c| c.is_ascii_digit() || *c == ' ').collect();
        let found = digits
            .split("  ")
            .map(str::trim)
            .find(|w| w.len() == 7 && w.as_bytes()[3] == b' ' && w.replace(' ', "").len() == 6);
        found.map(str::to_owned)
    }

    pub(super) fn browser(&self) -> Browser {
        Browser { router: self.router.clone(), cookies: BTreeMap::new(), host: HOST.into() }
    }

    /// A browser in which this person is signed in.
    pub(super) async fn signed_in(&self, person: PersonId) -> Browser {
        let mut browser = self.browser();
        let token = format!("token-of-{person}");
        crate::acts::sign_in::be_persona(self.context(), person, &token).await.unwrap();
        browser.cookies.insert("muster".into(), token);
        browser.get("/about").await;
        browser
    }
}

/// A browser: keeps cookies, follows nothing by itself.
#[derive(Clone)]
pub(super) struct Browser {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub host: String,
}

pub(super) struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Page {
    /// Where a redirect leads.
    pub(super) fn leads_to(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |v| v.to_str().unwrap())
    }

    /// The value of the first hidden field of this name.
    pub(super) fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let at = self.text.find(&mark).unwrap_or_else(|| panic!("no field {name}")) + mark.len();
        self.text[at..].split('"').next().unwrap().to_owned()
    }
}

impl Browser {
    pub(super) async fn send(&mut self, request: Request<Body>) -> Page {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            match text.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.into(), value.into()),
            };
        }
        let bytes = to_bytes(body, 4 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Page { status: parts.status, headers: parts.headers, text }
    }

    pub(super) fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        let cookies: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
        Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &self.host)
            .header(header::COOKIE, cookies.join("; "))
    }

    pub(super) async fn get(&mut self, path: &str) -> Page {
        let request = self.request(Method::GET, path).body(Body::empty()).unwrap();
        self.send(request).await
    }

    /// Posts a form as one of our own pages does, with the token of this browser.
    pub(super) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let about = self.get("/sign-in").await;
        let csrf = match about.status {
            StatusCode::OK => about.hidden("csrf"),
            // Signed in: every page has the token in its sign-out form.
            _ => self.get("/about").await.hidden("csrf"),
        };
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_raw(path, &all).await
    }

    pub(super) async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields.iter().copied())
            .finish();
        let request = self
            .request(Method::POST, path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, format!("http://{}", self.host))
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }
}
