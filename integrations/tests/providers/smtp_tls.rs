//! SMTP over TLS against a server that is not ours: Python's aiosmtpd with a private certificate.

use crate::support::{http, in_cache, mail};
use muster_integrations::smtp::{Smtp, SmtpConfig};
use muster_ports::{MailPort, PortError};
use muster_testkit::{eventually, free_port};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const USER: &str = "muster";
const PASSWORD: &str = "correct horse";

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn make_certificate(folder: &Path) {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "3650", "-subj", "/CN=tls.example"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .output()
        .expect("openssl runs: `./test` installs it");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

async fn serve(security: &str, folder: &Path) -> (Server, u16) {
    let port = free_port().unwrap();
    let python = in_cache("venv/bin/python3");
    assert!(python.exists(), "{} is missing: run `./test`", python.display());
    let child = Command::new(python)
        .args(["-c", include_str!("tls_server.py"), security, &port.to_string()])
        .arg(folder)
        .args([USER, PASSWORD])
        .stdin(Stdio::piped()) // its end is the server's end, also when we are killed
        .spawn()
        .unwrap();
    let server = Server(child);
    eventually("the TLS server to listen", Duration::from_secs(20), async || {
        tokio::net::TcpStream::connect(("127.0.0.1", port)).await.ok()
    })
    .await
    .unwrap();
    (server, port)
}

async fn a_password_travels_only_over_tls_to_a_known_certificate(security: &str) {
    let folder = tempfile::tempdir().unwrap();
    make_certificate(folder.path());
    let (_server, port) = serve(security, folder.path()).await;
    let smtp = |password: &str, trusted: bool| {
        let mut text = format!(
            "host = \"127.0.0.1\"\nport = {port}\nsecurity = \"{security}\"\nsign_in = \"password\"\nuser = \"{USER}\"\npassword = \"{password}\"\n"
        );
        if trusted {
            let file = folder.path().join("certificate.pem");
            text.push_str(&format!("ca_file = \"{}\"\n", file.display()));
        }
        let config: SmtpConfig = toml::from_str(&text).unwrap();
        assert_eq!(config.validate("smtp"), vec![]);
        Smtp::new(config, &http().0).unwrap()
    };
    let stranger = smtp(PASSWORD, false).send(&mail("1@muster.example")).await;
    assert!(matches!(stranger, Err(PortError::TryLater { .. })), "{stranger:?}");
    let wrong = smtp("wrong", true).check().await;
    assert!(matches!(wrong, Err(PortError::Reconnect(_))), "{wrong:?}");
    let known = smtp(PASSWORD, true);
    known.check().await.unwrap();
    let receipt = known.send(&mail("1@muster.example")).await.unwrap();
    assert_eq!(receipt.response, "250 2.0.0 Ok: taken 1 over tls");
}

#[tokio::test]
async fn a_password_travels_after_starttls() {
    a_password_travels_only_over_tls_to_a_known_certificate("starttls").await;
}

#[tokio::test]
async fn a_password_travels_over_tls_from_the_first_byte() {
    a_password_travels_only_over_tls_to_a_known_certificate("tls").await;
}
