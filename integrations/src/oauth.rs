//! Access tokens by the OAuth 2.0 client-credentials grant (RFC 6749 section 4.4), kept until
//! shortly before they run out. The protocol is crate `oauth2`; the wire is our own client.

use crate::fault::{Fault, Faults, is_private_transport};
use crate::http::{Http, failure};
use muster_domain::time::{MINUTE_MS, UtcMillis};
use muster_ports::{PortError, PortResult};
use oauth2::basic::{BasicClient, BasicErrorResponseType, BasicRequestTokenError};
use oauth2::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, Scope,
    TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::future::Future;
use std::pin::Pin;
use tokio::sync::Mutex;
use url::Url;

/// A token this close to its end is not used any more: the call it is for takes time too.
const LAST_USE_BEFORE_END_MS: i64 = MINUTE_MS;
/// How long a token is kept whose answer does not say how long it lives.
const UNSTATED_LIFE_MS: i64 = 5 * MINUTE_MS;

/// Where tokens come from.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthConfig {
    /// The token endpoint; https, or http on this machine.
    pub token_url: Url,
    pub client_id: String,
    pub client_secret: SecretString,
    /// What is asked for, e.g. `https://outlook.office365.com/.default`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Sends client id and secret in the body instead of the `Authorization` header.
    #[serde(default)]
    pub credentials_in_body: bool,
}

impl OAuthConfig {
    /// Every fault, by dotted key below `section`.
    pub fn validate(&self, section: &str) -> Vec<Fault> {
        let mut faults = Faults::of(section);
        let private = is_private_transport(&self.token_url);
        faults.expect(private, "token_url", "an https address (http only on this machine)");
        faults.expect(!self.client_id.is_empty(), "client_id", "the client id of the application");
        let secret = !self.client_secret.expose_secret().is_empty();
        faults.expect(secret, "client_secret", "the client secret of the application");
        faults.found()
    }
}

/// A source of access tokens.
pub struct TokenSource {
    config: OAuthConfig,
    http: Http,
    /// Held while a token is fetched, so that many callers cause one request.
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    token: SecretString,
    last_use: UtcMillis,
}

impl TokenSource {
    /// A source that has asked for nothing yet.
    pub fn new(config: OAuthConfig, http: Http) -> TokenSource {
        TokenSource { config, http, kept: Mutex::new(None) }
    }

    /// A token that is good for at least a minute, from memory if possible.
    ///
    /// # Errors
    /// `Reconnect` if the client is no longer accepted, `TryLater` for passing trouble, `Refused`
    /// if scope or grant are not allowed, `Broken` for an answer outside the protocol.
    pub async fn token(&self) -> PortResult<SecretString> {
        let mut kept = self.kept.lock().await;
        let now = self.http.clock().now();
        if let Some(kept) = kept.as_ref().filter(|kept| now <= kept.last_use) {
            return Ok(kept.token.clone());
        }
        let fresh = self.fetch(now).await?;
        let token = fresh.token.clone();
        *kept = Some(fresh);
        Ok(token)
    }

    /// Drops the kept token: the provider no longer took it.
    pub async fn forget(&self) {
        *self.kept.lock().await = None;
    }

    async fn fetch(&self, now: UtcMillis) -> PortResult<Kept> {
        let config = &self.config;
        let auth_type =
            if config.credentials_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        let client = BasicClient::new(ClientId::new(config.client_id.clone()))
            .set_client_secret(ClientSecret::new(config.client_secret.expose_secret().into()))
            .set_auth_type(auth_type)
            .set_token_uri(TokenUrl::from_url(config.token_url.clone()));
        let scopes = config.scopes.iter().map(|scope| Scope::new(scope.clone()));
        let answer = client
            .exchange_client_credentials()
            .add_scopes(scopes)
            .request_async(&Wire(&self.http))
            .await
            .map_err(meaning)?;
        let life_ms = answer
            .expires_in()
            .map_or(UNSTATED_LIFE_MS, |life| i64::try_from(life.as_millis()).unwrap_or(i64::MAX));
        let token = SecretString::from(answer.access_token().secret().clone());
        let last_use = UtcMillis(now.0.saturating_add(life_ms)).plus_ms(-LAST_USE_BEFORE_END_MS);
        Ok(Kept { token, last_use })
    }
}

/// Crate `oauth2` over our client.
struct Wire<'a>(&'a Http);

impl<'c> AsyncHttpClient<'c> for Wire<'_> {
    type Error = PortError;
    type Future = Pin<Box<dyn Future<Output = PortResult<HttpResponse>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.carry(request))
    }
}

impl Wire<'_> {
    async fn carry(&self, request: HttpRequest) -> PortResult<HttpResponse> {
        let request = reqwest::Request::try_from(request)
            .map_err(|_| PortError::Broken("token request cannot be sent".into()))?;
        let answer = self.0.exchange(request).await?;
        // 400 and 401 carry the protocol's own error codes, read by crate `oauth2`.
        if !matches!(answer.status.as_u16(), 400 | 401)
            && let Some(error) = failure(answer.status, &answer.headers, self.0.clock().now())
        {
            return Err(error);
        }
        let mut response = HttpResponse::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}

fn meaning(error: BasicRequestTokenError<PortError>) -> PortError {
    use oauth2::RequestTokenError as E;
    match error {
        E::Request(error) => error,
        E::ServerResponse(said) => match said.error() {
            BasicErrorResponseType::InvalidClient | BasicErrorResponseType::InvalidGrant => {
                PortError::Reconnect(format!("token endpoint: {}", said.error()))
            }
            other => PortError::Refused(format!("token endpoint: {other}")),
        },
        E::Parse(..) => PortError::Broken("the token answer is not the protocol's JSON".into()),
        E::Other(_) => PortError::Broken("the token answer is empty".into()),
    }
}
