//! A fake HTTP server that follows a script and keeps what it was asked, for providers that are
//! one request long (heartbeat, token endpoint). Plain HTTP/1.1, one request a connection.

use anyhow::Result;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One answer.
#[derive(Debug, Clone)]
pub enum HttpAnswer {
    /// Status, extra header lines, body.
    Say { status: u16, headers: Vec<(String, String)>, body: String },
    /// The connection closes without an answer.
    HangUp,
    /// Nothing is ever answered.
    Hang,
}

impl HttpAnswer {
    /// An answer with a JSON body.
    pub fn json(status: u16, body: &str) -> HttpAnswer {
        let headers = vec![("content-type".into(), "application/json".into())];
        HttpAnswer::Say { status, headers, body: body.into() }
    }

    /// An answer with one header line and no body.
    pub fn with_header(status: u16, name: &str, value: &str) -> HttpAnswer {
        HttpAnswer::Say { status, headers: vec![(name.into(), value.into())], body: String::new() }
    }
}

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl HttpRequest {
    /// The first header of this (lower-case) name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// A fake HTTP server on a loopback port.
#[derive(Debug)]
pub struct ScriptedHttp {
    port: u16,
    state: Arc<Mutex<State>>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    standing: HttpAnswer,
    next: VecDeque<HttpAnswer>,
    asked: Vec<HttpRequest>,
}

impl ScriptedHttp {
    /// A server that answers 200 without a body.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start() -> Result<ScriptedHttp> {
        let standing = HttpAnswer::Say { status: 200, headers: vec![], body: String::new() };
        let state = State { standing, next: VecDeque::new(), asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Arc::clone(&state);
        let listening = tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                sessions.spawn(session(stream, Arc::clone(&shared)));
            }
        });
        Ok(ScriptedHttp { port, state, listening })
    }

    /// `http://127.0.0.1:PORT` and this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// From now on, every request without an answer of its own gets this one.
    pub fn answer_always(&self, answer: HttpAnswer) {
        self.state.lock().expect("no panic while the script is open").standing = answer;
    }

    /// The next request that has no answer of its own yet gets this one, once.
    pub fn answer_next(&self, answer: HttpAnswer) {
        self.state.lock().expect("no panic while the script is open").next.push_back(answer);
    }

    /// Everything it was asked, in order.
    pub fn asked(&self) -> Vec<HttpRequest> {
        self.state.lock().expect("no panic while the script is open").asked.clone()
    }
}

impl Drop for ScriptedHttp {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn session(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let request = hear(&mut stream).await?;
    let answer = {
        let mut state = state.lock().expect("no panic while the script is open");
        state.asked.push(request);
        state.next.pop_front().unwrap_or_else(|| state.standing.clone())
    };
    match answer {
        HttpAnswer::HangUp => Ok(()),
        HttpAnswer::Hang => std::future::pending().await,
        HttpAnswer::Say { status, headers, body } => {
            let mut text = format!(
                "HTTP/1.1 {status} Scripted\r\ncontent-length: {}\r\nconnection: close\r\n",
                body.len()
            );
            for (name, value) in headers {
                text.push_str(&format!("{name}: {value}\r\n"));
            }
            text.push_str("\r\n");
            text.push_str(&body);
            stream.get_mut().write_all(text.as_bytes()).await?;
            stream.get_mut().shutdown().await
        }
    }
}

async fn hear(stream: &mut BufReader<TcpStream>) -> std::io::Result<HttpRequest> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let mut words = line.split_whitespace();
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (method, target) = (word(), word());
    let mut headers: Vec<(String, String)> = Vec::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':') {
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    let length = headers.iter().find(|(n, _)| n == "content-length");
    let length = length.and_then(|(_, v)| v.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(HttpRequest { method, target, headers, body: String::from_utf8_lossy(&body).into_owned() })
}
