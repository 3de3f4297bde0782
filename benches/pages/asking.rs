//! A visitor with a session: one connection that stays open, one request after the other.

use anyhow::{Context as _, ensure};
use muster_testkit::service::Service;
use serde_json::{Value, json};
use std::time::Instant;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::sync::Mutex;

pub struct Visitor {
    port: u16,
    token: String,
    connection: Mutex<Option<BufReader<TcpStream>>>,
}

/// An answer.
pub struct Asked {
    pub text: String,
    /// Of the body, as sent.
    pub bytes: usize,
}

impl Visitor {
    pub fn of(service: &Service, token: &str) -> Visitor {
        Visitor { port: service.port(), token: token.to_owned(), connection: Mutex::new(None) }
    }

    /// # Errors
    /// The page does not answer 200.
    pub async fn get(&self, path: &str) -> anyhow::Result<Asked> {
        let mut kept = self.connection.lock().await;
        if kept.is_none() {
            let stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
            stream.set_nodelay(true)?;
            *kept = Some(BufReader::new(stream));
        }
        let connection = kept.as_mut().context("just made")?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: localhost:{}\r\ncookie: muster={}\r\n\r\n",
            self.port, self.token
        );
        connection.write_all(request.as_bytes()).await?;
        let mut status = String::new();
        connection.read_line(&mut status).await?;
        let mut length = 0;
        loop {
            let mut line = String::new();
            connection.read_line(&mut line).await?;
            let line = line.trim_end().to_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body).await?;
        let text = String::from_utf8_lossy(&body).into_owned();
        ensure!(status.contains(" 200 "), "GET {path}: {status}{text}");
        Ok(Asked { text, bytes: length })
    }

    /// Wall times of so many requests, the way over the loopback included, in milliseconds.
    pub async fn times(&self, path: &str, count: usize) -> anyhow::Result<Value> {
        let mut times = Vec::with_capacity(count);
        for _ in 0..count.max(1) {
            let begun = Instant::now();
            self.get(path).await?;
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        }
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        let round = |ms: f64| (ms * 100.0).round() / 100.0;
        Ok(json!({"median": round(at(0.5)), "p95": round(at(0.95)), "max": round(at(1.0))}))
    }
}

/// Paths of our own files that a page or a script names.
pub fn named(text: &str, from: &str) -> Vec<String> {
    let folder = &from[..=from.rfind('/').unwrap_or_default()];
    let quoted = text.split(['"', '\'']).skip(1).step_by(2);
    let files = quoted.filter(|word| {
        [".css", ".js", ".svg"]
            .iter()
            .any(|end| word.split('#').next().unwrap_or("").ends_with(end))
    });
    let resolved = files.filter_map(|word| {
        let word = word.split('#').next()?;
        if word.starts_with("/assets/") {
            return Some(word.to_owned());
        }
        let base = url::Url::parse(&format!("http://localhost{folder}")).ok()?;
        (word.starts_with('.')).then(|| Some(base.join(word).ok()?.path().to_owned()))?
    });
    resolved.collect()
}
