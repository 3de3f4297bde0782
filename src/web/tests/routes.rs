//! The list of routes, walked: who gets in, with which headers, and that pages and handlers agree
//! on the addresses.

use super::company::Company;
use crate::web::{Access, Route, routes};
use axum::body::Body;
use axum::http::{Method, StatusCode};
use muster_domain::access::permits;
use muster_domain::person::Role;
use muster_messages::pages::ROUTES;
use std::collections::BTreeSet;

/// Addresses of `ROUTES` that handlers beside these serve: the office's pages and the demo.
const OTHERS: [&str; 8] =
    ["/people", "/cases", "/coverage", "/policies", "/roster", "/audit", "/system", "/demo"];

fn listed(company: &Company) -> Vec<Route> {
    routes(&company.web)
}

fn example(route: &Route) -> String {
    let path = route.path.replace("{*path}", "muster.css");
    let id = "3b0c7f1e-0000-4000-8000-000000000001";
    path.split('/')
        .map(|s| match s {
            "{number}" => "1",
            s if s.starts_with('{') => id,
            s => s,
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn pages_and_handlers_agree_on_every_address() {
    let company = Company::open("agree").await;
    let handled: BTreeSet<(String, String)> =
        listed(&company).iter().map(|r| (r.method.to_owned(), r.pattern())).collect();
    let known: BTreeSet<(String, String)> =
        ROUTES.iter().map(|(m, p)| ((*m).to_owned(), (*p).to_owned())).collect();
    for route in
        listed(&company).iter().filter(|r| !matches!(r.access, Access::Machine | Access::Asset))
    {
        let pair = (route.method.to_owned(), route.pattern());
        assert!(known.contains(&pair), "{pair:?} is in no page");
    }
    for pair in &known {
        let elsewhere = OTHERS.iter().any(|p| pair.1 == *p || pair.1.starts_with(&format!("{p}/")));
        assert!(elsewhere || handled.contains(pair), "{pair:?} has no handler");
    }
}

#[tokio::test]
async fn nobody_reaches_a_route_without_the_role_it_asks_for() {
    let company = Company::open("roles").await;
    let mut visitors = Vec::new();
    for (i, role) in Role::ALL.iter().enumerate() {
        // Holding reports is what makes a manager.
        let granted: &[Role] =
            if *role == Role::Manager { &[] } else { std::slice::from_ref(role) };
        let id = company.person(&format!("P{i} Example"), None, granted).await;
        if *role == Role::Manager {
            company.person(&format!("R{i} Example"), Some(id), &[]).await;
        }
        visitors.push((Some(*role), company.signed_in(id).await));
    }
    visitors.push((None, company.browser()));
    for route in listed(&company) {
        // Signing out would end the story early.
        if route.path == "/sign-out" {
            continue;
        }
        for (role, browser) in &visitors {
            let mut browser = browser.clone();
            let path = example(&route);
            let page = match route.method {
                "GET" => browser.get(&path).await,
                _ => browser.post(&path, &[]).await,
            };
            let place = format!("{} {path} as {role:?}: {}", route.method, page.status);
            assert!(!page.status.is_server_error(), "{place}");
            let may = match (route.access, role) {
                (Access::Anybody | Access::Asset | Access::Machine, _) => true,
                (_, None) => false,
                (Access::SignedIn, Some(_)) => true,
                (Access::Act(act), Some(role)) => {
                    permits(*role, act) || permits(Role::Employee, act)
                }
            };
            let is_sent_away = page.leads_to().starts_with("/sign-in")
                && page.status == StatusCode::SEE_OTHER
                && !route.path.starts_with("/sign-in");
            let is_refused = page.status == StatusCode::FORBIDDEN
                || is_sent_away
                || (page.status == StatusCode::CONFLICT && role.is_none());
            assert_eq!(is_refused, !may, "{place}");
        }
    }
}

#[tokio::test]
async fn every_route_has_the_headers_and_devices_are_for_check_in_pages_only() {
    let company = Company::open("headers").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let browser = company.signed_in(anna).await;
    for route in listed(&company) {
        let mut browser = browser.clone();
        let method = Method::from_bytes(route.method.as_bytes()).unwrap();
        let request = browser.request(method, &example(&route)).body(Body::empty()).unwrap();
        let page = browser.send(request).await;
        let text = |name: &str| {
            let value =
                page.headers.get(name).unwrap_or_else(|| panic!("{} lacks {name}", route.path));
            value.to_str().unwrap().to_owned()
        };
        let csp = text("content-security-policy");
        assert!(
            csp.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
            "{csp}"
        );
        assert!(!csp.contains("unsafe") && csp.contains("frame-ancestors 'none'"), "{csp}");
        assert_eq!(text("cross-origin-opener-policy"), "same-origin");
        assert_eq!(text("cross-origin-resource-policy"), "same-origin");
        assert_eq!(text("x-content-type-options"), "nosniff");
        assert_eq!(text("referrer-policy"), "same-origin");
        let is_asset = route.access == Access::Asset;
        assert_eq!(text("cache-control"), if is_asset { "no-cache" } else { "no-store" });
        let permissions = text("permissions-policy");
        let has_devices =
            permissions.contains("camera=(self), microphone=(self), geolocation=(self)");
        assert_eq!(has_devices, route.needs_devices, "{}: {permissions}", route.path);
        assert!(has_devices || permissions.contains("camera=(), microphone=(), geolocation=()"));
        let makes = permissions.contains("publickey-credentials-create=(self)");
        let signs = permissions.contains("publickey-credentials-get=(self)");
        assert!(makes || permissions.contains("publickey-credentials-create=()"), "{permissions}");
        assert!(signs || permissions.contains("publickey-credentials-get=()"), "{permissions}");
        let is_get = route.method == "GET";
        let makes_one = is_get && ["/check-ins/{id}/talk", "/me/passkeys"].contains(&route.path);
        assert_eq!(makes, makes_one, "{}", route.path);
        assert_eq!(signs, is_get && route.path == "/check-ins/{id}/place", "{}", route.path);
        let is_device_page = ["/devices", "/place", "/talk", "/room", "/practice"]
            .iter()
            .any(|e| route.path.ends_with(e));
        assert_eq!(has_devices, is_device_page && route.method == "GET", "{}", route.path);
    }
}
