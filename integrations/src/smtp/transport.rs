//! Hands a message to the next server and waits for its word.

use super::verdict::{meaning, timed_out};
use super::{BounceAddress, Security, SignIn, SmtpConfig, message};
use crate::http::Http;
use crate::oauth::TokenSource;
use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use muster_ports::{Mail, MailPort, MailReceipt, PortError, PortResult};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;
use tokio::sync::Mutex;

/// Connections kept open at most; a relay rarely allows one client more than ten.
const CONNECTIONS_MAX: u32 = 4;
/// Idle connections are closed before servers usually do it (RFC 5321: five minutes).
const IDLE: Duration = Duration::from_secs(60);
/// A receipt keeps this much of the server's answer: enough for its queue id.
const RESPONSE_CHARS_MAX: usize = 200;

type Transport = AsyncSmtpTransport<Tokio1Executor>;

/// The SMTP provider.
pub struct Smtp {
    config: SmtpConfig,
    tls: Tls,
    tokens: Option<TokenSource>,
    bounces: Option<BounceAddress>,
    /// The pool of connections and the token it signs in with.
    current: Mutex<Option<(Option<SecretString>, Transport)>>,
}

impl Smtp {
    /// A provider that has not connected yet. `config` must be valid; `http` fetches tokens.
    ///
    /// # Errors
    /// `Broken` if the certificates cannot be read or used.
    pub fn new(config: SmtpConfig, http: &Http) -> PortResult<Smtp> {
        let tls = tls(&config)?;
        let tokens = config.oauth.clone().filter(|_| config.sign_in == SignIn::Oauth);
        let tokens = tokens.map(|oauth| TokenSource::new(oauth, http.clone()));
        let bounces = config.bounce_address();
        Ok(Smtp { config, tls, tokens, bounces, current: Mutex::new(None) })
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(self.config.timeout_seconds)
    }

    async fn transport(&self) -> PortResult<Transport> {
        let token = match &self.tokens {
            Some(tokens) => Some(tokens.token().await?),
            None => None,
        };
        let exposed = |token: &Option<SecretString>| {
            token.as_ref().map(|token| token.expose_secret().to_owned())
        };
        let mut current = self.current.lock().await;
        if let Some((used, transport)) = current.as_ref()
            && exposed(used) == exposed(&token)
        {
            return Ok(transport.clone());
        }
        let transport = self.build(token.as_ref());
        *current = Some((token, transport.clone()));
        Ok(transport)
    }

    fn build(&self, token: Option<&SecretString>) -> Transport {
        let config = &self.config;
        let mut builder = Transport::builder_dangerous(config.host.clone())
            .port(config.port())
            .tls(self.tls.clone())
            .timeout(Some(self.deadline()))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS_MAX).idle_timeout(IDLE));
        if let Some(name) = &config.hello_name {
            builder = builder.hello_name(ClientId::Domain(name.clone()));
        }
        let user = config.user.clone().unwrap_or_default();
        let (secret, mechanisms) = match (config.sign_in, token) {
            (SignIn::None, _) => return builder.build(),
            (SignIn::Oauth, token) => (token, vec![Mechanism::Xoauth2]),
            (SignIn::Password, _) => {
                (config.password.as_ref(), vec![Mechanism::Plain, Mechanism::Login])
            }
        };
        let secret = secret.map(|secret| secret.expose_secret().to_owned()).unwrap_or_default();
        builder.credentials(Credentials::new(user, secret)).authentication(mechanisms).build()
    }

    /// Whom it goes to, and where it comes back to.
    fn envelope(&self, mail: &Mail, message: &Message) -> PortResult<Envelope> {
        let Some(bounces) = &self.bounces else { return Ok(message.envelope().clone()) };
        let sender = bounces.of(&mail.message_id).parse();
        let sender = sender.map_err(|_| PortError::Refused("the bounce address is none".into()))?;
        Envelope::new(Some(sender), message.envelope().to().to_vec())
            .map_err(|error| PortError::Refused(error.to_string()))
    }

    /// A token the server no longer takes may have been withdrawn before its time.
    async fn settle(&self, error: PortError) -> PortError {
        if let (PortError::Reconnect(_), Some(tokens)) = (&error, &self.tokens) {
            tokens.forget().await;
        }
        error
    }
}

#[async_trait]
impl MailPort for Smtp {
    async fn send(&self, mail: &Mail) -> PortResult<MailReceipt> {
        let message = message(mail)?;
        let envelope = self.envelope(mail, &message)?;
        let exchange = async {
            let transport = self.transport().await?;
            let bytes = message.formatted();
            transport.send_raw(&envelope, &bytes).await.map_err(|error| meaning(&error))
        };
        match tokio::time::timeout(self.deadline(), exchange).await {
            Ok(Ok(response)) => {
                let said: Vec<&str> = response.message().collect();
                let said = format!("{} {}", response.code(), said.join(" "));
                Ok(MailReceipt { response: said.chars().take(RESPONSE_CHARS_MAX).collect() })
            }
            Ok(Err(error)) => Err(self.settle(error).await),
            Err(_) => Err(timed_out()),
        }
    }

    async fn check(&self) -> PortResult<()> {
        let exchange = async {
            let transport = self.transport().await?;
            transport.test_connection().await.map_err(|error| meaning(&error))
        };
        match tokio::time::timeout(self.deadline(), exchange).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => {
                Err(PortError::TryLater { not_before: None, detail: "NOOP not answered".into() })
            }
            Ok(Err(error)) => Err(self.settle(error).await),
            Err(_) => Err(timed_out()),
        }
    }
}

fn tls(config: &SmtpConfig) -> PortResult<Tls> {
    if config.security == Security::None {
        return Ok(Tls::None);
    }
    let broken = |what: &str| PortError::Broken(format!("TLS for SMTP: {what}"));
    let host = config.host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let mut parameters = TlsParameters::builder(host);
    if let Some(file) = &config.ca_file {
        let pem = std::fs::read(file).map_err(|_| broken("`ca_file` cannot be read"))?;
        let certificate = Certificate::from_pem(&pem);
        let certificate = certificate.map_err(|_| broken("`ca_file` is not PEM certificates"))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters.build_rustls().map_err(|_| broken("no usable certificates"))?;
    Ok(match config.security {
        Security::Tls => Tls::Wrapper(parameters),
        _ => Tls::Required(parameters),
    })
}
