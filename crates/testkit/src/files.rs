//! A web server of files in memory, on a loopback port: what `muster` downloads in tests. It keeps
//! what was asked for.

use anyhow::Result;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Files by path (`/list.txt`), each with header lines of its own.
type Files = BTreeMap<String, (Vec<u8>, String)>;

/// A file server; it ends with this value.
#[derive(Debug)]
pub struct FileServer {
    port: u16,
    files: Arc<Mutex<Files>>,
    asked: Arc<Mutex<Vec<String>>>,
    listening: JoinHandle<()>,
}

impl FileServer {
    /// A server without a file.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start() -> Result<FileServer> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (files, asked) = (Arc::<Mutex<Files>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (served, heard) = (files.clone(), asked.clone());
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(session(stream, served.clone(), heard.clone()));
            }
        });
        Ok(FileServer { port, files, asked, listening })
    }

    /// `http://127.0.0.1:PORT` and this path.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Puts a file there, with header lines that each end with `\r\n`.
    pub fn put(&self, path: &str, bytes: Vec<u8>, headers: &str) {
        let mut files = self.files.lock().expect("no panic while files are put");
        files.insert(path.to_owned(), (bytes, headers.to_owned()));
    }

    /// Every path that was asked for, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic while paths are noted").clone()
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn session(
    stream: TcpStream,
    files: Arc<Mutex<Files>>,
    asked: Arc<Mutex<Vec<String>>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line.trim_end().is_empty() {
            break;
        }
    }
    let path = first.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let found = files.lock().expect("no panic while files are put").get(&path).cloned();
    asked.lock().expect("no panic while paths are noted").push(path);
    let (status, bytes, headers) = match found {
        Some((bytes, headers)) => ("200 OK", bytes, headers),
        None => ("404 Not Found", Vec::new(), String::new()),
    };
    let length = bytes.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\n{headers}connection: close\r\n\r\n"
    );
    stream.get_mut().write_all(head.as_bytes()).await?;
    stream.get_mut().write_all(&bytes).await?;
    stream.get_mut().shutdown().await
}
