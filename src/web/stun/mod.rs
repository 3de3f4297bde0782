//! Our own STUN responder: it tells a browser from which address its datagram came, and remembers it
//! for two minutes, in memory only, so that an address a page names afterwards is one we saw ourselves.
//!
//! It answers well-formed Binding requests and nothing else, never more than twice what was asked, and
//! only so often: whoever forges senders gains nothing by it.

pub mod asking;
mod message;

use crate::web::session::proxy::rate_subject;
use message::Request;
use muster_domain::judging::gathered::Relation;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long an address is remembered.
const REMEMBERED: Duration = Duration::from_secs(120);
/// Answers to one household (an IPv4 address, an IPv6 network of 64 bits) and to all, in a window.
const WINDOW: Duration = Duration::from_secs(10);
const ANSWERS_OF_ONE: u32 = 60;
const ANSWERS_OF_ALL: u32 = 20_000;
/// Addresses remembered at most; beyond that all are forgotten and pages are told nothing.
const SEEN_MAX: usize = 50_000;

/// See the module.
#[derive(Debug)]
pub struct Stun {
    /// As browsers are told, e.g. `stun:muster.acme.example:3478`.
    url: String,
    memory: Mutex<Memory>,
}

#[derive(Debug)]
struct Memory {
    seen: HashMap<SocketAddr, Instant>,
    window: Instant,
    of_one: HashMap<String, u32>,
    of_all: u32,
}

impl Stun {
    /// A responder that browsers reach at this host and port.
    pub fn new(public: &str) -> Stun {
        let memory = Memory {
            seen: HashMap::new(),
            window: Instant::now(),
            of_one: HashMap::new(),
            of_all: 0,
        };
        Stun { url: format!("stun:{public}"), memory: Mutex::new(memory) }
    }

    /// What browsers ask.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Answers until stopped.
    pub async fn serve(self: Arc<Stun>, socket: UdpSocket, stop: CancellationToken) {
        let mut datagram = [0; 1_500];
        loop {
            let received = tokio::select! {
                received = socket.recv_from(&mut datagram) => received,
                () = stop.cancelled() => return,
            };
            // An error of one datagram (a port that was closed meanwhile) is not one of the socket.
            let Ok((length, from)) = received else { continue };
            if let Some(answer) = self.answer(&datagram[..length], from, Instant::now()) {
                let _ = socket.send_to(&answer, from).await;
            }
        }
    }

    /// The answer to a datagram, if there is one.
    fn answer(&self, datagram: &[u8], from: SocketAddr, now: Instant) -> Option<Vec<u8>> {
        let request = Request::read(datagram)?;
        let from = SocketAddr::new(from.ip().to_canonical(), from.port());
        let mut memory = self.memory.lock().expect("no panic while held");
        if !memory.may_answer(from.ip(), now) {
            return None;
        }
        if request.is_understood() {
            memory.remember(from, now);
        }
        Some(request.answer(from))
    }

    /// Of the addresses a page names, the one to compare with its own: one that our responder saw in
    /// the last two minutes, of the page's family where there is one, another network first.
    pub fn confirmed(&self, named: &[SocketAddr], page: IpAddr) -> Option<IpAddr> {
        let now = Instant::now();
        let memory = self.memory.lock().expect("no panic while held");
        let is_seen = |named: &&SocketAddr| {
            let seen = SocketAddr::new(named.ip().to_canonical(), named.port());
            memory.seen.get(&seen).is_some_and(|at| now - *at <= REMEMBERED)
        };
        let of_internet = |ip: &IpAddr| !ip.is_loopback() && !ip.is_unspecified();
        let seen: Vec<IpAddr> = named
            .iter()
            .filter(is_seen)
            .map(|a| a.ip().to_canonical())
            .filter(of_internet)
            .collect();
        [Relation::Other, Relation::Same, Relation::OtherFamily].into_iter().find_map(|relation| {
            seen.iter().copied().find(|ip| Relation::of(page, *ip) == relation)
        })
    }
}

impl Memory {
    fn may_answer(&mut self, from: IpAddr, now: Instant) -> bool {
        if now - self.window > WINDOW {
            self.window = now;
            self.of_one.clear();
            self.of_all = 0;
        }
        self.of_all += 1;
        if self.of_all > ANSWERS_OF_ALL {
            return false;
        }
        let count = self.of_one.entry(rate_subject(from)).or_default();
        *count += 1;
        *count <= ANSWERS_OF_ONE
    }

    fn remember(&mut self, from: SocketAddr, now: Instant) {
        if self.seen.len() >= SEEN_MAX {
            self.seen.retain(|_, at| now - *at <= REMEMBERED);
            if self.seen.len() >= SEEN_MAX {
                self.seen.clear();
            }
        }
        self.seen.insert(from, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: [u8; 20] =
        [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

    fn at(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn a_browser_hears_where_its_datagram_came_from() {
        let stun = Arc::new(Stun::new("localhost:3478"));
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (socket.local_addr().unwrap(), CancellationToken::new());
        let serving = tokio::spawn(stun.clone().serve(socket, stop.clone()));
        let browser = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        browser.send_to(b"no request", address).await.unwrap();
        browser.send_to(&ASKED, address).await.unwrap();
        let mut answer = [0; 100];
        let received = browser.recv_from(&mut answer);
        let (length, _) =
            tokio::time::timeout(Duration::from_secs(5), received).await.unwrap().unwrap();
        assert_eq!((length, &answer[..2]), (32, &[1, 1][..]));
        let port = u16::from_be_bytes([answer[26], answer[27]]) ^ 0x2112;
        assert_eq!(port, browser.local_addr().unwrap().port());
        stop.cancel();
        serving.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn only_addresses_we_saw_lately_count_and_another_network_comes_first() {
        let stun = Stun::new("localhost:3478");
        let page = at("198.51.100.7:1").ip();
        let named = [at("198.51.100.9:4711"), at("203.0.113.5:4712"), at("[2001:db8::1]:4713")];
        assert_eq!(stun.confirmed(&named, page), None, "a page can name what it likes");
        let see = |from| stun.answer(&ASKED, from, Instant::now()).unwrap();
        see(named[2]);
        assert_eq!(stun.confirmed(&named, page), Some(named[2].ip()), "the other family");
        see(named[0]);
        assert_eq!(stun.confirmed(&named, page), Some(named[0].ip()));
        see(at("[::ffff:203.0.113.5]:4712"));
        assert_eq!(stun.confirmed(&named, page), Some(named[1].ip()));
        assert_eq!(stun.confirmed(&[at("203.0.113.5:9")], page), None, "another port");
        see(at("127.0.0.1:5"));
        assert_eq!(stun.confirmed(&[at("127.0.0.1:5")], page), None, "from nowhere");
        tokio::time::advance(REMEMBERED + Duration::from_secs(1)).await;
        assert_eq!(stun.confirmed(&named, page), None);
    }

    #[tokio::test(start_paused = true)]
    async fn one_household_is_answered_so_often_and_others_still_are() {
        let stun = Stun::new("localhost:3478");
        let ask = |from: &str| stun.answer(&ASKED, at(from), Instant::now()).is_some();
        let answered = (0..200).filter(|_| ask("203.0.113.5:9")).count();
        assert_eq!(answered, ANSWERS_OF_ONE as usize);
        assert!(ask("203.0.113.6:9"));
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        assert!(ask("203.0.113.5:9"));
    }
}
