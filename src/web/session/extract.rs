//! Extractors as proof: a handler that takes a [`Verifier`] runs for verifiers only. The guard has
//! put the visitor and the posted form into the request before.

use crate::web::errors::Fail;
use crate::web::state::Web;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use muster_domain::access::{Act, Actor, any_permits};
use muster_domain::id::PersonId;
use muster_domain::person::Role;
use muster_messages::pages::Flash;
use muster_store::entities::person;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use uuid::Uuid;

/// Somebody's session.
#[derive(Debug, Clone)]
pub struct Session {
    pub token_hash: String,
    pub person: person::Model,
    pub roles: BTreeSet<Role>,
}

/// Whoever asks, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor(pub(in crate::web) Arc<VisitorData>);

#[derive(Debug)]
pub(in crate::web) struct VisitorData {
    pub host: String,
    pub client: IpAddr,
    pub is_proxied: bool,
    pub browser: String,
    pub csrf: String,
    pub session: Option<Session>,
    pub flash: Option<Flash>,
    pub request_id: String,
}

impl Visitor {
    /// The session, if somebody is signed in.
    pub fn session(&self) -> Option<&Session> {
        self.0.session.as_ref()
    }
    /// The accepted `Host`.
    pub fn host(&self) -> &str {
        &self.0.host
    }
    /// Where the request came from.
    pub fn client(&self) -> IpAddr {
        self.0.client
    }
    /// Whether one of our own proxies holds the connection.
    pub fn is_proxied(&self) -> bool {
        self.0.is_proxied
    }
    /// The browser's random name.
    pub fn browser(&self) -> &str {
        &self.0.browser
    }
    /// The token forms of this visitor carry.
    pub fn csrf(&self) -> &str {
        &self.0.csrf
    }
    /// What the last act did.
    pub fn flash(&self) -> Option<&Flash> {
        self.0.flash.as_ref()
    }
    /// The number to quote.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = Fail;
    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Visitor, Fail> {
        let visitor = parts.extensions.get::<Visitor>().cloned();
        visitor.ok_or_else(|| Fail::Broken("a route without the guard".to_owned()))
    }
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub person: person::Model,
    pub roles: BTreeSet<Role>,
    pub visitor: Visitor,
}

impl SignedIn {
    /// The person's id.
    pub fn id(&self) -> PersonId {
        PersonId(self.person.id)
    }

    /// As the domain's rules of access take it.
    pub fn actor(&self) -> Actor<'_> {
        Actor { id: self.id(), roles: &self.roles }
    }

    /// Whether one of the roles carries an act.
    pub fn may(&self, act: Act) -> bool {
        any_permits(&self.roles, act)
    }

    /// Whether the person holds a role.
    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

impl FromRequestParts<Web> for SignedIn {
    type Rejection = Fail;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<SignedIn, Fail> {
        let visitor = Visitor::from_request_parts(parts, web).await?;
        let session = visitor.session().cloned().ok_or(Fail::SignInFirst)?;
        Ok(SignedIn { person: session.person, roles: session.roles, visitor })
    }
}

macro_rules! proofs {
    ($($(#[$meta:meta])* $name:ident = $role:expr),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $name(pub SignedIn);

        impl Deref for $name {
            type Target = SignedIn;
            fn deref(&self) -> &SignedIn {
                &self.0
            }
        }

        impl FromRequestParts<Web> for $name {
            type Rejection = Fail;
            async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<$name, Fail> {
                let signed_in = SignedIn::from_request_parts(parts, web).await?;
                match signed_in.is($role) {
                    true => Ok($name(signed_in)),
                    false => Err(Fail::forbidden("None of your roles allows this.")),
                }
            }
        }
    )+ };
}

proofs! {
    /// Somebody who meets people.
    Verifier = Role::Verifier,
    /// Somebody with reports.
    Manager = Role::Manager,
    Hr = Role::Hr,
    Security = Role::Security,
    Auditor = Role::Auditor,
    Admin = Role::Admin,
}

/// The first path parameter as an id. What is no id leads nowhere.
#[derive(Debug, Clone, Copy)]
pub struct Id(pub Uuid);

impl FromRequestParts<Web> for Id {
    type Rejection = Fail;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Id, Fail> {
        let params = RawPathParams::from_request_parts(parts, web).await;
        let params = params.map_err(|_| Fail::NotFound)?;
        let first = params.iter().next().map(|(_, value)| value.parse());
        first.and_then(Result::ok).map(Id).ok_or(Fail::NotFound)
    }
}

/// The fields of a form, in order; read and checked by the guard.
#[derive(Debug, Clone, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// The first value of a field, without blanks around it. Empty where it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.trim())
    }

    /// All values of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A typed text, cut to what its field accepts (browsers keep to `maxlength`, programs need not).
    pub fn text_within(&self, name: &str, chars_max: usize) -> String {
        self.text(name).chars().take(chars_max).collect()
    }
}

/// The form of a POST whose token was checked.
#[derive(Debug, Clone)]
pub struct Posted(pub Arc<Form>);

impl Deref for Posted {
    type Target = Form;
    fn deref(&self) -> &Form {
        &self.0
    }
}

impl FromRequestParts<Web> for Posted {
    type Rejection = Fail;
    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Posted, Fail> {
        parts.extensions.get::<Posted>().cloned().ok_or_else(|| Fail::bad("A form was expected."))
    }
}
