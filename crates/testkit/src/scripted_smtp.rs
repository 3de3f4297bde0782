//! A fake mail server that follows a script: refusals, outages and the silence after DATA, which a
//! real server does not do on demand. What a real server does is tested with [`crate::smtp`].
//!
//! It keeps a log of every mail it took responsibility for, to be compared with the database.

use crate::poll::free_port;
use anyhow::Result;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What happens to one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SmtpAnswer {
    /// Taken: 250.
    Take,
    /// Taken after a pause.
    TakeAfter(Duration),
    /// The recipient is answered with this code and text (4xx or 5xx).
    AtRecipient(u16, String),
    /// The mail is read and then answered with this code and text.
    AtData(u16, String),
    /// The mail is read and taken, but the connection closes without an answer.
    TakeSilently,
    /// The mail is read, not taken, and the connection closes without an answer.
    LoseSilently,
    /// The connection closes before anything is read.
    HangUp,
    /// Nothing is ever answered to MAIL FROM.
    Hang,
}

/// A mail the server took responsibility for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    pub from: String,
    pub to: Vec<String>,
    /// As sent, without the dots that SMTP doubles.
    pub bytes: Vec<u8>,
    /// False where the sender could not learn that it was taken.
    pub answered: bool,
}

impl TakenMail {
    /// The Message-ID without angle brackets.
    pub fn message_id(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        let head = text.split("\r\n\r\n").next()?;
        let line = head.lines().find(|l| l.to_ascii_lowercase().starts_with("message-id:"))?;
        Some(line.split_once(':')?.1.trim().trim_matches(['<', '>']).to_owned())
    }
}

/// A fake mail server on a loopback port.
#[derive(Debug)]
pub struct ScriptedSmtp {
    port: u16,
    state: Arc<Mutex<State>>,
    listening: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct State {
    standing: SmtpAnswer,
    next: VecDeque<SmtpAnswer>,
    taken: Vec<TakenMail>,
    attempts: usize,
    /// `AUTH` argument lists this server lets in, decoded; empty: no sign-in is offered.
    accepted_sign_ins: Vec<String>,
    refused_sign_ins: usize,
}

impl ScriptedSmtp {
    /// A server that takes everything and asks for no sign-in.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start() -> Result<ScriptedSmtp> {
        let state = State {
            standing: SmtpAnswer::Take,
            next: VecDeque::new(),
            taken: Vec::new(),
            attempts: 0,
            accepted_sign_ins: Vec::new(),
            refused_sign_ins: 0,
        };
        let state = Arc::new(Mutex::new(state));
        let mut server = ScriptedSmtp { port: free_port()?, state, listening: None };
        server.up().await?;
        Ok(server)
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on, every mail without an answer of its own gets this one.
    pub fn answer_always(&self, answer: SmtpAnswer) {
        lock(&self.state).standing = answer;
    }

    /// The next mail that has no answer of its own yet gets this one, once.
    pub fn answer_next(&self, answer: SmtpAnswer) {
        lock(&self.state).next.push_back(answer);
    }

    /// Demands a sign-in by PLAIN or LOGIN with this name and password.
    pub fn demand_password(&self, user: &str, password: &str) {
        lock(&self.state).accepted_sign_ins.push(format!("\0{user}\0{password}"));
    }

    /// Demands a sign-in by XOAUTH2 with this token.
    pub fn demand_token(&self, user: &str, token: &str) {
        let sign_in = format!("user={user}\x01auth=Bearer {token}\x01\x01");
        lock(&self.state).accepted_sign_ins.push(sign_in);
    }

    /// Every mail it took responsibility for, in order.
    pub fn taken(&self) -> Vec<TakenMail> {
        lock(&self.state).taken.clone()
    }

    /// How many mails were begun (MAIL FROM, or hung up on).
    pub fn attempts(&self) -> usize {
        lock(&self.state).attempts
    }

    /// How many sign-ins were refused.
    pub fn refused_sign_ins(&self) -> usize {
        lock(&self.state).refused_sign_ins
    }

    /// Stops listening and cuts the connections.
    pub async fn down(&mut self) {
        if let Some(task) = self.listening.take() {
            task.abort();
            let _ = task.await;
        }
    }

    /// Listens again on the same port.
    ///
    /// # Errors
    /// If the port was taken by somebody else meanwhile.
    pub async fn up(&mut self) -> Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        let state = Arc::clone(&self.state);
        self.listening = Some(tokio::spawn(async move {
            let mut sessions = tokio::task::JoinSet::new(); // aborted with this task
            while let Ok((stream, _)) = listener.accept().await {
                sessions.spawn(session(stream, Arc::clone(&state)));
            }
        }));
        Ok(())
    }
}

impl Drop for ScriptedSmtp {
    fn drop(&mut self) {
        if let Some(task) = self.listening.take() {
            task.abort();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().expect("no panic while the script is open")
}

/// One connection; ends quietly when the other side goes away.
async fn session(stream: TcpStream, state: Arc<Mutex<State>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 scripted.example ESMTP fake for tests").await?;
    let mut signed_in = lock(&state).accepted_sign_ins.is_empty();
    let mut mail = TakenMail { from: String::new(), to: vec![], bytes: vec![], answered: true };
    let mut answer = SmtpAnswer::Take;
    while let Some(line) = hear(&mut stream).await? {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" if signed_in => say(&mut stream, "250-scripted.example\r\n250 8BITMIME").await?,
            "EHLO" => {
                say(&mut stream, "250-scripted.example\r\n250 AUTH PLAIN LOGIN XOAUTH2").await?;
            }
            "AUTH" => {
                signed_in = sign_in(&mut stream, &line, &state).await?;
            }
            "MAIL" if !signed_in => say(&mut stream, "530 5.7.0 Sign in first").await?,
            "MAIL" => {
                answer = begin(&state);
                match answer {
                    SmtpAnswer::HangUp => return Ok(()),
                    SmtpAnswer::Hang => std::future::pending().await,
                    _ => {}
                }
                mail = TakenMail { from: address(&line), ..mail };
                mail.to.clear();
                say(&mut stream, "250 2.1.0 Ok").await?;
            }
            "RCPT" => match &answer {
                SmtpAnswer::AtRecipient(code, text) => {
                    say(&mut stream, &format!("{code} {text}")).await?;
                }
                _ => {
                    mail.to.push(address(&line));
                    say(&mut stream, "250 2.1.5 Ok").await?;
                }
            },
            "DATA" => {
                say(&mut stream, "354 Go on").await?;
                mail.bytes = hear_data(&mut stream).await?;
                match answer.clone() {
                    SmtpAnswer::AtData(code, text) => {
                        say(&mut stream, &format!("{code} {text}")).await?;
                    }
                    SmtpAnswer::LoseSilently => return Ok(()),
                    SmtpAnswer::TakeSilently => {
                        mail.answered = false;
                        lock(&state).taken.push(mail);
                        return Ok(());
                    }
                    other => {
                        if let SmtpAnswer::TakeAfter(pause) = other {
                            tokio::time::sleep(pause).await;
                        }
                        let count = {
                            let mut state = lock(&state);
                            state.taken.push(mail.clone());
                            state.taken.len()
                        };
                        say(&mut stream, &format!("250 2.0.0 Ok: taken as {count}")).await?;
                    }
                }
            }
            "NOOP" | "RSET" => say(&mut stream, "250 2.0.0 Ok").await?,
            "QUIT" => {
                say(&mut stream, "221 2.0.0 Bye").await?;
                return Ok(());
            }
            _ => say(&mut stream, "502 5.5.2 Not known here").await?,
        }
    }
    Ok(())
}

fn begin(state: &Mutex<State>) -> SmtpAnswer {
    let mut state = lock(state);
    state.attempts += 1;
    state.next.pop_front().unwrap_or_else(|| state.standing.clone())
}

async fn sign_in(
    stream: &mut BufReader<TcpStream>,
    line: &str,
    state: &Mutex<State>,
) -> std::io::Result<bool> {
    let mut words = line.split_whitespace().skip(1);
    let method = words.next().unwrap_or_default().to_ascii_uppercase();
    let given = if method == "LOGIN" {
        say(stream, "334 VXNlcm5hbWU6").await?;
        let user = decode(&hear(stream).await?.unwrap_or_default());
        say(stream, "334 UGFzc3dvcmQ6").await?;
        let password = decode(&hear(stream).await?.unwrap_or_default());
        format!("\0{user}\0{password}")
    } else {
        match words.next() {
            Some(initial) => decode(initial),
            None => {
                say(stream, "334 ").await?;
                decode(&hear(stream).await?.unwrap_or_default())
            }
        }
    };
    let accepted = {
        let mut state = lock(state);
        let accepted = state.accepted_sign_ins.contains(&given);
        state.refused_sign_ins += usize::from(!accepted);
        accepted
    };
    say(stream, if accepted { "235 2.7.0 Welcome" } else { "535 5.7.8 Not this way" }).await?;
    Ok(accepted)
}

fn decode(text: &str) -> String {
    String::from_utf8_lossy(&STANDARD.decode(text.trim()).unwrap_or_default()).into_owned()
}

/// The address between the angle brackets of `MAIL FROM:<...>` and `RCPT TO:<...>`.
fn address(line: &str) -> String {
    let inside = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await
}

async fn hear(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<String>> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await?;
    Ok((read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned()))
}

async fn hear_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(bytes);
        }
        let doubled = usize::from(line.starts_with(b"."));
        bytes.extend_from_slice(&line[doubled..]);
    }
}
