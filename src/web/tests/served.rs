//! What needs a real socket, and what the demo adds.

use super::company::{Company, HOST};
use crate::web::{DemoHooks, Web, router, serve};
use async_trait::async_trait;
use axum::http::StatusCode;
use muster_domain::id::PersonId;
use muster_messages::pages::DemoBar;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// One request over TCP; answers the first line.
async fn first_line(address: std::net::SocketAddr, request: String) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut buffer = [0; 1024];
    while !answer.windows(2).any(|w| w == b"\r\n") {
        let read = stream.read(&mut buffer).await.unwrap();
        assert!(read > 0, "closed without an answer");
        answer.extend_from_slice(&buffer[..read]);
    }
    String::from_utf8_lossy(&answer).lines().next().unwrap().to_owned()
}

fn upgrade(id: &str, cookie: &str, origin: &str) -> String {
    format!(
        "GET /room/{id}/socket?page=00000000000000aa HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

#[tokio::test]
async fn the_rooms_socket_opens_for_its_two_people_from_our_page_at_its_time() {
    let scene = super::meeting::Scene::open("socket").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let web = scene.company.web.clone();
    let server = tokio::spawn(async move {
        serve(web, listener, async move { drop(stopped.await) }).await.unwrap();
    });
    let anna = scene.company.signed_in(scene.anna).await;
    let cookie = format!("muster={}", anna.cookies["muster"]);
    let (id, ours) = (scene.id.to_string(), format!("http://{HOST}"));
    let early = first_line(address, upgrade(&id, &cookie, &ours)).await;
    assert_eq!(early, "HTTP/1.1 409 Conflict");
    scene.company.clock.advance_minutes(16);
    let opened = first_line(address, upgrade(&id, &cookie, &ours)).await;
    assert_eq!(opened, "HTTP/1.1 101 Switching Protocols");
    let other_site = first_line(address, upgrade(&id, &cookie, "http://evil.example")).await;
    assert_eq!(other_site, "HTTP/1.1 403 Forbidden");
    let nobody = first_line(address, upgrade(&id, "", &ours)).await;
    assert_eq!(nobody, "HTTP/1.1 303 See Other");
    stop.send(()).unwrap();
    server.await.unwrap();
}

struct OneHost(PersonId);

#[async_trait]
impl DemoHooks for OneHost {
    fn knows_host(&self, host: &str) -> bool {
        host == "anna.localhost:8080"
    }
    async fn persona(&self, host: &str) -> Option<PersonId> {
        self.knows_host(host).then_some(self.0)
    }
    async fn bar(&self, host: &str, _zone: &str) -> DemoBar {
        DemoBar {
            now_text: "Tue 1 Dec 12:00".into(),
            now_ms: 0,
            persona: host.into(),
            personas: Vec::new(),
            actions: Vec::new(),
            senses: None,
        }
    }
    fn routes(&self) -> Vec<crate::web::Route> {
        Vec::new()
    }
}

#[tokio::test]
async fn in_the_demo_a_host_name_stands_for_a_person_and_only_that_one() {
    let company = Company::open("demo").await;
    let anna = company.person("Anna Lind", None, &[]).await;
    let web = Web { demo: Some(Arc::new(OneHost(anna))), ..company.web.clone() };
    let mut company = company;
    company.router = router(web);
    let mut browser = company.browser();
    assert_eq!(browser.get("/").await.leads_to(), "/sign-in", "the plain host is nobody's");
    browser.host = "anna.localhost:8080".into();
    let page = browser.get("/").await;
    assert!(page.status == StatusCode::OK && page.text.contains("You are anna.localhost:8080"));
    // The session of the first page carries on: forms work, and a day's stride does not sign out.
    let out = browser.post("/sign-out", &[]).await;
    assert_eq!(out.status, StatusCode::OK);
    company.clock.advance_minutes(1440);
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
    browser.host = "bela.localhost:8080".into();
    assert_eq!(browser.get("/").await.status, StatusCode::MISDIRECTED_REQUEST);
}
