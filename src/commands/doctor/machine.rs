//! What the programme stands on: keys, disk, names, mail, beacon, data packs, datagrams. Nothing here
//! opens the database.

use super::Check;
use crate::app;
use crate::config::{Config, Stun};
use crate::web::stun::asking;
use muster_domain::calendar::PLAN_DELAY_MS;
use muster_domain::draw::BeaconKind;
use muster_domain::draw::beacon::round_of;
use muster_domain::time::UtcMillis;
use muster_integrations::http::Http;
use muster_packs::{Freshness, PackAge, Packs};
use muster_ports::{Clock, Entropy, OsEntropy, SystemClock};
use std::net::SocketAddr;
use std::sync::Arc;

/// Free space below which the database may soon be unable to write.
const FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;
const DNS_ADVICE: &str =
    "enter the name of server.public_url in your DNS, or check /etc/resolv.conf";

pub(super) fn keys(config: &Config) -> Check {
    const NAME: &str = "keys";
    let dir = config.keys_dir();
    if !muster_store::KeyRing::exists(&dir) {
        let found = format!("there are none in {}", dir.display());
        return Check::attention(NAME, found, "muster migrate makes them for a new installation");
    }
    if let Err(error) = muster_store::KeyRing::open(&dir) {
        return Check::attention(
            NAME,
            error.to_string(),
            "restore the folder from your key backup",
        );
    }
    match readable_by_others(&dir) {
        Ok(files) if files.is_empty() => Check::ok(NAME, dir.display().to_string()),
        Ok(files) => {
            let found = format!("others can read {}", files.join(", "));
            Check::attention(NAME, found, format!("chmod 600 {}/*.key", dir.display()))
        }
        Err(error) => Check::attention(NAME, error.to_string(), "give this user the folder"),
    }
}

/// Names of key files that group or world can read.
fn readable_by_others(dir: &std::path::Path) -> std::io::Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if entry.metadata()?.permissions().mode() & 0o077 != 0 {
                files.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}

pub(super) fn disk(config: &Config) -> Check {
    const NAME: &str = "disk";
    let dir = config.data_dir();
    match rustix::fs::statvfs(dir) {
        Ok(stat) => {
            let free = stat.f_bavail.saturating_mul(stat.f_frsize);
            let found = format!("{} MiB free for {}", free / (1024 * 1024), dir.display());
            if free >= FREE_BYTES_MIN {
                return Check::ok(NAME, found);
            }
            Check::attention(NAME, found, "free at least 1 GiB: without space nothing is recorded")
        }
        Err(error) => {
            let found = format!("{} cannot be looked at: {error}", dir.display());
            Check::attention(NAME, found, "muster migrate makes the folder")
        }
    }
}

/// Whether this machine can look names up, and knows the one that people type.
pub(super) async fn dns(config: &Config) -> Check {
    const NAME: &str = "dns";
    let host = config.server.public_host();
    // Whether something listens there is asked of a browser, not of this machine.
    const ANY_PORT: u16 = 443;
    let found = tokio::net::lookup_host((host.trim_matches(['[', ']']), ANY_PORT)).await;
    match found.map(|mut addresses| addresses.next()) {
        Ok(Some(_)) => Check::ok(NAME, format!("{host} is known")),
        Ok(None) => Check::attention(NAME, format!("{host} has no address"), DNS_ADVICE),
        Err(error) => Check::attention(NAME, format!("{host} is not found: {error}"), DNS_ADVICE),
    }
}

pub(super) async fn mail(config: &Config) -> Check {
    const NAME: &str = "mail";
    let Some(smtp) = &config.smtp else {
        let advice = "add the section [smtp]; docs/operations.md shows it";
        return Check::attention(NAME, "there is no mail server", advice);
    };
    let server = format!("{} port {}", smtp.host, smtp.port());
    let port = Http::new(Arc::new(SystemClock)).map_err(anyhow::Error::from);
    let port = port.and_then(|http| app::mail(config, &http));
    let answer = match port {
        Ok(Some(port)) => port.check().await.map_err(anyhow::Error::from),
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    match answer {
        Ok(()) => Check::ok(NAME, format!("{server} answers")),
        Err(error) => {
            let advice = "check host, port, security and sign_in of [smtp], and the firewall";
            Check::attention(NAME, format!("{server}: {error:#}"), advice)
        }
    }
}

/// Whether the beacon answers with the round of a moment ago.
pub(super) async fn beacon(config: &Config) -> Check {
    const NAME: &str = "beacon";
    let port = match Http::new(Arc::new(SystemClock)) {
        Ok(http) => app::beacon(config, &http),
        Err(error) => return Check::attention(NAME, error.to_string(), "see the sentence itself"),
    };
    let Some(port) = port else {
        return Check::ok(
            NAME,
            "none: every day is a single lock, and whoever holds all tips can look ahead",
        );
    };
    if port.kind() == BeaconKind::Test {
        let advice = "set beacon.kind to \"drand\" with relays in beacon.urls";
        return Check::attention(NAME, "the test beacon protects nothing", advice);
    }
    // The formula adds two minutes; ten seconds ago every relay has it.
    let then = SystemClock.now().plus_ms(-PLAN_DELAY_MS - 10_000);
    match port.round(round_of(then)).await {
        Ok(answer) => Check::ok(NAME, format!("{} answers, round {}", port.kind(), answer.round)),
        Err(error) => {
            let advice =
                "check beacon.urls and the firewall; days without a round are single locks";
            Check::attention(NAME, format!("no relay has its round: {error}"), advice)
        }
    }
}

/// How old the data packs are, and whether they can be read.
pub(super) fn packs(config: &Config, now: UtcMillis) -> Check {
    const NAME: &str = "data-packs";
    const ADVICE: &str = "take newer ones: muster data update, or --from DIR with data of your own";
    let packs = Packs::open(&config.packs_dir());
    let installed = packs.freshness(now);
    let told = |pack: &PackAge<'_>| {
        let (kind, date, age) = (pack.manifest.kind, pack.manifest.date, pack.age_days);
        match pack.freshness {
            Freshness::Fresh => format!("{kind} of {date}"),
            Freshness::Old => format!("{kind} of {date} is old ({age} days)"),
            Freshness::Void => format!("{kind} of {date} counts no longer ({age} days)"),
        }
    };
    let damaged =
        packs.faults().iter().map(|(kind, fault)| format!("{kind} cannot be used: {fault}"));
    let found: Vec<String> = installed.iter().map(told).chain(damaged).collect();
    let is_well =
        packs.faults().is_empty() && installed.iter().all(|p| p.freshness == Freshness::Fresh);
    match (found.is_empty(), is_well) {
        (true, _) => Check::ok(
            NAME,
            "none: nothing is told of internet addresses; muster data update takes some",
        ),
        (_, true) => Check::ok(NAME, found.join(", ")),
        (_, false) => Check::attention(NAME, found.join(", "), ADVICE),
    }
}

/// Whether our STUN responder answers, here and by the name that browsers are told.
pub(super) async fn stun(stun: Option<&Stun>) -> Check {
    const NAME: &str = "stun";
    const UNSEEN: &str = "that pages and datagrams take different ways is not measurable";
    let Some(stun) = stun else { return Check::ok(NAME, format!("none: {UNSEEN}")) };
    let answers = async |server: SocketAddr| {
        let transaction = (&OsEntropy as &dyn Entropy).bytes();
        asking::mapped(server, transaction).await.is_ok_and(|found| found.is_some())
    };
    if !answers(asking::reachable(stun.listen)).await {
        let found = format!("nothing answers on {}: {UNSEEN}", stun.listen);
        let advice = "start muster serve, and see that no other program has the port";
        return Check::attention(NAME, found, advice);
    }
    let advice = "let the port through the firewall for UDP and check stun.public; where this machine cannot \
                  reach its own public address, ask from outside";
    let named = match tokio::net::lookup_host(&stun.public).await {
        Ok(named) => named.collect::<Vec<_>>(),
        Err(error) => {
            let found = format!("{} is not found: {error}", stun.public);
            return Check::attention(NAME, found, DNS_ADVICE);
        }
    };
    let mut families = Vec::new();
    for (family, is_of) in
        [("IPv4", SocketAddr::is_ipv4 as fn(&SocketAddr) -> bool), ("IPv6", SocketAddr::is_ipv6)]
    {
        let Some(server) = named.iter().copied().find(is_of) else { continue };
        if answers(server).await {
            families.push(family);
        }
    }
    match families.as_slice() {
        [] => {
            let found = format!("{} does not answer from here: {UNSEEN}", stun.public);
            Check::attention(NAME, found, advice)
        }
        ["IPv4", "IPv6"] => Check::ok(NAME, format!("{} answers over IPv4 and IPv6", stun.public)),
        [one, ..] => Check::ok(
            NAME,
            format!(
                "{} answers over {one} only: pages that come over the other cannot be compared",
                stun.public
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::doctor::State;
    use crate::web::stun::Stun as Responder;
    use tokio::net::UdpSocket;
    use tokio_util::sync::CancellationToken;

    async fn found(listen: SocketAddr, public: &str) -> Check {
        stun(Some(&Stun { listen, public: public.to_owned() })).await
    }

    #[tokio::test]
    async fn a_responder_is_asked_as_a_browser_asks_it() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let listen = socket.local_addr().unwrap();
        let public = listen.to_string();
        let stop = CancellationToken::new();
        let responder = Arc::new(Responder::new(&public));
        let serving = tokio::spawn(responder.serve(socket, stop.clone()));
        let well = found(listen, &public).await;
        assert_eq!(well.state, State::Ok, "{}", well.found);
        assert!(well.found.contains("over IPv4 only"), "{}", well.found);
        let elsewhere = found(listen, "127.0.0.1:9").await;
        assert_eq!(elsewhere.state, State::Attention);
        assert!(elsewhere.found.contains("127.0.0.1:9 does not answer"), "{}", elsewhere.found);
        stop.cancel();
        serving.await.unwrap();
        let silent = found(listen, &public).await;
        assert_eq!(silent.state, State::Attention);
        assert!(silent.found.contains("nothing answers on 127.0.0.1"), "{}", silent.found);
        let none = stun(None).await;
        assert_eq!(none.state, State::Ok);
        assert!(none.found.contains("not measurable"), "{}", none.found);
    }
}
